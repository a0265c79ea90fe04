"""A message of every kind, with values as they come, drawn without a database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.utils import translation
from django.utils.translation import gettext

from nextroute.core import words
from nextroute.notifications import messages, texts
from nextroute.notifications.messages import Message
from nextroute.notifications.models import Delivery
from nextroute.notifications.triggers import Channel, Trigger
from nextroute.tenancy.models import Branding, Business

LANGUAGES = ("en", "es")
TODAY, TOMORROW = date(2026, 6, 15), date(2026, 6, 16)
LINK = "https://portal.brightbins.example/portal/at/bright-bins/link/k3JcQ8x1fEwV2m0pYy6TqkS9uHn5rB7aLzD4oGtXeWs/"


@contextmanager
def speaking(language: str) -> Iterator[None]:
    with translation.override(words.speech(language, "en-US")):
        yield


def values(trigger: Trigger) -> dict[str, str]:
    """What the trigger's variables stand for, in the active language."""
    every = {
        "business_name": "Bright Bins",
        "business_phone": "(303) 555-0142",
        "business_email": "hello@brightbins.example",
        "customer_first_name": "Ada",
        "action_url": LINK,
        "code": "418206",
        "minutes": "10",
        "browser": "Firefox on Windows",
        "when": f"{words.day_long(TODAY, TODAY)}, 9:42",
        "service_date": words.day_long(TOMORROW, TODAY),
        "in_days": words.in_days(TOMORROW, TODAY),
        "old_date": words.day_long(date(2026, 11, 25), TODAY),
        "visits": "Weekly Bin Cleaning, 8447 West 51st Avenue\nBin Cleaning, every 2 weeks, 3120 Teller Street",
        "plan_name": "Weekly Bin Cleaning",
        "address": "8447 West 51st Avenue",
        "reason": "The gate was locked.",
        "next_visit": words.day_long(date(2026, 6, 23), TODAY),
        "staying": f"{words.day_long(TOMORROW, TODAY)}, Weekly Bin Cleaning, 8447 West 51st Avenue",
        "back": f"{words.day_long(date(2026, 6, 23), TODAY)}, Weekly Bin Cleaning, 8447 West 51st Avenue",
        "customer_name": "Ada Lovelace",
        "what": "is away July 3 to 17",
        "todo": "The money is back with you. Pay it out another way.",
        "notes": "The neighbor takes the bins in.",
        "request": "Driveway Wash, $65.00",
        "details": f"8447 West 51st Avenue\n{words.capital(words.day_long(TOMORROW, TODAY))}",
        "answer": "The crew brings everything it needs.",
        "invoice_number": "INV-1042",
        "amount": words.money(8119, "USD"),
        "amount_paid": words.money(2000, "USD"),
        "credit_note_number": "CN-0007",
        "amount_open": words.money(6119, "USD"),
        "due_date": words.day_short(date(2026, 6, 30), TODAY),
        "pay_by": "Pay by check to Bright Bins, 4990 Kipling Street, Wheat Ridge.",
        "method": gettext("by card"),
        "paid_on": words.day_short(TODAY, TODAY),
        "invoices": "INV-1041, INV-1042",
        "credit": words.money(500, "USD"),
        "charge_date": words.day_long(date(2026, 6, 30), TODAY),
        "saved_method": gettext("%(brand)s ending in %(last4)s") % {"brand": "Visa", "last4": "4242"},
        "ceiling": words.money(15000, "USD"),
        "next_try": words.day_long(date(2026, 7, 3), TODAY),
        "month": words.month_year(date(2026, 7, 31), TODAY),
        "hold_dates": words.span(date(2026, 7, 3), date(2026, 7, 17), TODAY),
    }
    return {name: every[name] for name in texts.ALWAYS | texts.VARIABLES[trigger]}


def a_business(colour: str = "#0e7490", **changes: str) -> Business:
    """One that is in no database."""
    fields = {
        "slug": "bright-bins",
        "name": "Bright Bins",
        "email": "hello@brightbins.example",
        "phone": "+13035550142",
        "address": "4990 Kipling Street\nWheat Ridge, CO 80033",
    }
    business = Business(**(fields | changes))
    business.branding = Branding(business=business, primary_color=colour)
    return business


def a_delivery(trigger: Trigger, business: Business | None = None, channel: Channel = Channel.EMAIL) -> Delivery:
    return Delivery(business=business or a_business(), trigger=trigger, channel=channel, address="ada@example.com")


def a_mail(trigger: Trigger, **changes: str) -> Message:
    """Of our own words, in the active language."""
    return messages.mail(texts.default(trigger, Channel.EMAIL), values(trigger) | changes)
