"""Pages drawn without a database: sample visits, and the shell's request."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.utils import translation

import nextroute
from nextroute.billing.account import Account, Entry
from nextroute.billing.account import Kind as EntryKind
from nextroute.billing.autopay.announcements import Stopped
from nextroute.billing.autopay.upcoming import Next
from nextroute.billing.documents import entry_words
from nextroute.billing.models import Invoice, Mandate, SavedMethod, Setup
from nextroute.core import words
from nextroute.dashboard.service_requests import AnswerForm
from nextroute.portal import calendar_month, extra_forms, hold_forms, turning
from nextroute.portal import history as past_visits
from nextroute.portal import statement as statements
from nextroute.portal.autopay_forms import AutopayForm
from nextroute.portal.cancel import End, Help, Offer
from nextroute.portal.cancel_forms import CancelForm
from nextroute.portal.extra_forms import ExtraForm
from nextroute.portal.hold_forms import HoldForm
from nextroute.portal.may import May
from nextroute.portal.plans import PlanForm
from nextroute.portal.problems import ProblemForm
from nextroute.portal.schedule import Place
from nextroute.portal.statement import PeriodForm
from nextroute.scheduling.outlook import Outlook, Stays, Why
from nextroute.scheduling.prices import Line, Money
from nextroute.service_requests.words import Description
from nextroute.ui import pages
from nextroute.ui.brand import Brand
from nextroute.ui.choices import Choice
from tests.ui import money_pages, office_money

PACKAGE = Path(nextroute.__file__).parent
TODAY = date(2026, 6, 13)
HOLD = (date(2026, 7, 3), date(2026, 7, 17))
BRIGHT = Brand(
    slug="bright-bins",
    name="Bright Bins",
    phone="+13035550142",
    phone_display="(303) 555-0142",
    email="hello@brightbins.example",
    address="4990 Kipling St, Wheat Ridge, CO 80033",
    primary_color="#0e7490",
    accent_color="#f59e0b",
    version="1",
)


@dataclass(frozen=True)
class Visit:
    """The attributes templates read of scheduling's visits."""

    day: date
    state: str = "scheduled"
    plan: str = "Weekly Bin Cleaning"
    address: str = "8447 West 51st Avenue, #4"
    bins: int = 2
    reason: str | None = None
    note: str = ""
    moved_from: date | None = None
    window: tuple[time, time] | None = None
    bin_location: str = ""
    hold: tuple[date, date] | None = None
    resumes_on: date | None = None
    hold_id: str | None = None
    skip_id: str | None = None
    extra_id: str | None = None
    subscription_id: str | None = "a"
    attempt: int = 1

    @property
    def due_on(self) -> date:
        return self.moved_from or self.day


NEXT = Visit(date(2026, 6, 16), window=(time(8), time(10)), bin_location="Alley")
TELLER: Any = {"plan": "Bin Cleaning, every 2 weeks", "address": "3120 Teller Street", "bins": 1}
VISITS = [
    Visit(date(2026, 6, 2), "skipped", note="The gate was locked."),
    Visit(date(2026, 6, 5), "done", **TELLER),
    Visit(date(2026, 6, 9), "unconfirmed"),
    NEXT,
    Visit(date(2026, 6, 24), moved_from=date(2026, 6, 23)),
    Visit(date(2026, 6, 30), "expected"),
    Visit(
        date(2026, 7, 3),
        "off",
        reason="holiday",
        note="Independence Day",
        resumes_on=date(2026, 7, 31),
        **TELLER,
    ),
    Visit(date(2026, 7, 7), "off", reason="hold", hold=HOLD, hold_id="h"),
    Visit(date(2026, 7, 14), "off", reason="hold", hold=HOLD, hold_id="h"),
    Visit(date(2026, 7, 17), "off", reason="hold", hold=HOLD, hold_id="h", **TELLER),
    Visit(date(2026, 7, 21), "expected"),
    Visit(date(2026, 7, 28), "off", reason="skip", note="Family is over.", skip_id="s"),
    Visit(date(2026, 8, 4), "off", reason="office"),
    Visit(date(2026, 8, 11), "off", reason="paused"),
    Visit(date(2026, 8, 18), "off", reason="paused"),
    Visit(date(2026, 8, 25), "off", reason="canceled"),
]


MAY = May(hold=True, skip_from=date(2026, 6, 15), extra=True, change_plan=True, cancel=True)


class SignIn(forms.Form):
    email = forms.EmailField(
        label="Your e-mail", widget=forms.EmailInput({"autocomplete": "username"}), help_text="Any of yours."
    )
    password = forms.CharField(label="Password", widget=forms.PasswordInput({"autocomplete": "current-password"}))


class Code(forms.Form):
    code = forms.CharField(
        label="Or type the six digits we sent",
        max_length=20,
        help_text="Handy when the e-mail is on another device.",
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class NewPassword(forms.Form):
    current = forms.CharField(label="Present password", widget=forms.PasswordInput)
    password = forms.CharField(label="New password", widget=forms.PasswordInput, help_text="At least 10 characters.")


def wrong_code() -> Code:
    form = Code({"code": "000000"})
    form.add_error("code", "Those aren’t the digits we sent. Look at the newest e-mail and try again.")
    return form


def wrong_sign_in() -> SignIn:
    form = SignIn({"email": "maria", "password": ""})
    form.add_error(None, "That e-mail and password don’t go together.")
    return form


def request(*, brand: Brand | None = BRIGHT, person: str = "", tab: str = "") -> Any:
    """A request as the portal's doors hand it to a view."""
    made: Any = RequestFactory().get("/")
    made.today = TODAY
    if brand:
        made.brand, made.link, made.person = brand, lambda name, **_: f"/at/bright-bins/{name}/", person
        made.brand_css_url = "/brand.css"
    if tab:
        made.tabs = [
            pages.Tab("Home", "house", "/home/", current=tab == "home"),
            pages.Tab("Schedule", "calendar-days", "/schedule/", current=tab == "schedule"),
            pages.Tab("Invoices", "receipt-text", "/invoices/", current=tab == "invoices"),
        ]
    return made


@contextmanager
def speaking(language: str = "en") -> Iterator[None]:
    """Plain static addresses, and a reader's language."""
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=plain), translation.override(words.speech(language, "en_US")):
        yield


def home(**changes: Any) -> HttpResponse:
    """Home, with everything on it unless `changes` say otherwise."""
    context: dict[str, Any] = {
        "next_visits": [NEXT],
        "expected": False,
        "coming": VISITS[4:9],
        "arranged": [SimpleNamespace(id="h", first_day=HOLD[0], last_day=HOLD[1], visits=3, property="")],
        "may": MAY,
        "asked": [("r", "Driveway Wash, Friday, July 24")],
        "notices": [SimpleNamespace(day=date(2026, 7, 3), name="Independence Day")],
        "properties_count": 2,
        "standing": "active",
        "owing": money_pages.owing(1242686, can_pay=True, processing=4871),
        "due": money_pages.DUE,
    }
    answer = request(person="Maria Alvarez", tab="home")
    return pages.page(answer, "portal/home.html", **{**context, **changes})


def schedule(**changes: Any) -> HttpResponse:
    """The schedule of VISITS over three months."""
    months = calendar_month.months(VISITS, today=TODAY, count=3, first_weekday=words.first_weekday())
    properties = [SimpleNamespace(id="a", address="8447 West 51st Avenue, #4")]
    properties.append(SimpleNamespace(id="b", address="3120 Teller Street"))
    context: dict[str, Any] = {
        "standing": None,
        "sentences": ["Tuesdays at 8447 West 51st Avenue, #4."],
        "months": months,
        "more_link": "?months=6",
        "properties": properties,
        "chosen": None,
        "may": MAY,
    }
    answer = request(person="Maria Alvarez", tab="schedule")
    return pages.page(answer, "portal/schedule.html", **{**context, **changes})


AWAY = SimpleNamespace(
    hold=SimpleNamespace(pk="h", notes="Neighbor has the key.", property_id=""),
    first=HOLD[0], last=HOLD[1], place="3120 Teller Street", stands=True,
)  # fmt: skip
OUTLOOK = Outlook(
    away=tuple(Line(visit, 1500) for visit in VISITS[7:10]),  # type: ignore[arg-type]
    stays=tuple(Stays(NEXT, why) for why in Why),  # type: ignore[arg-type]
    money=Money(less_cents=4500, credit_cents=730),
    next_day=date(2026, 7, 21),
)
BACK = Outlook(coming=OUTLOOK.away, money=Money(less_cents=-4500, uncredited=True))


def going_away(asked: dict[str, str] | None = None, **changes: Any) -> HttpResponse:
    """The form, with a preview when days are asked for."""
    places = [Place("a", "8447 West 51st Avenue, #4"), Place("b", "3120 Teller Street")]  # type: ignore[arg-type]
    form = HoldForm(asked, places=places, today=TODAY, hint=hold_forms.hint(date(2026, 6, 15), 36, TODAY))
    context: dict[str, Any] = {"form": form, "away": None, "preview": OUTLOOK if asked and form.is_valid() else None}
    context |= {"notes": "", "noted": False, "by_approval": False, "currency": "USD"}
    return pages.page(_task(), "portal/going_away.html", **{**context, **changes})


def holds(*away: Any) -> HttpResponse:
    return pages.page(_task(), "portal/holds.html", away=away, can_plan=True)


def hold(**changes: Any) -> HttpResponse:
    context: dict[str, Any] = {
        "away": AWAY,
        "over": False,
        "begun": False,
        "effect": OUTLOOK,
        "done": "",
        "again": None,
    }
    context |= {"email": "maria@example.com", "can_change": True, "currency": "USD"}
    return pages.page(_task(), "portal/hold.html", **{**context, **changes})


def hold_lift(**changes: Any) -> HttpResponse:
    context: dict[str, Any] = {"away": AWAY, "begun": True, "preview": BACK, "refusal": "", "currency": "USD"}
    return pages.page(_task(), "portal/hold_lift.html", **{**context, **changes})


def skip(state: str = "can", **changes: Any) -> HttpResponse:
    context: dict[str, Any] = {"visit": NEXT, "state": state, "can_undo": True, "preview": None, "refusal": ""}
    context |= {"done": "", "by_approval": False, "email": "maria@example.com", "currency": "USD"}
    return pages.page(_task(), "portal/skip.html", **{**context, **changes})


def _task() -> Any:
    return request(person="Maria Alvarez", tab="schedule")


def _past(day: date, state: str = "done", **changes: Any) -> Any:
    """A row of scheduling's PastVisit, as templates read it."""
    row = {"id": day, "plan": "Weekly Bin Cleaning", "address": "8447 West 51st Avenue, #4", "reason": None, "note": ""}
    row |= {"category": None, "moved_from": None, "done_at": time(9, 42) if state == "done" else None}
    return SimpleNamespace(**{**row, "per_visit": True, "photos": [], "day": day, "state": state, **changes})


PICTURES = [SimpleNamespace(id="b", kind="before"), SimpleNamespace(id="a", kind="after")]
PAST = [
    _past(date(2026, 6, 12), "unconfirmed"),
    _past(date(2026, 6, 9), photos=PICTURES),
    _past(date(2026, 6, 5), plan="Bin Cleaning, every 2 weeks", address="3120 Teller Street", done_at=time(13, 15)),
    _past(date(2026, 6, 2), "skipped", category="no_access", note="The gate was locked and nobody answered"),
    _past(date(2026, 5, 27), moved_from=date(2026, 5, 26)),
    _past(date(2026, 5, 25), "off", reason="holiday", note="Memorial Day"),
    _past(date(2026, 5, 19), "skipped", category="customer_request"),
    _past(date(2026, 5, 12), "skipped", category="operational"),
    _past(date(2026, 5, 5), "off", reason="office", note="Flooded street"),
    _past(date(2026, 4, 28), "skipped", category="weather", note="Hail; we kept the crew off the road."),
    _past(date(2026, 4, 21), "off", reason="skip"),
    _past(date(2026, 4, 14), "off", reason="hold"),
    _past(date(2026, 1, 27), "off", reason="paused"),
    _past(date(2026, 1, 20), "off", reason="paused"),
    _past(date(2025, 12, 30), "off", reason="canceled"),
    _past(date(2025, 12, 23), moved_from=date(2025, 12, 22), done_at=None),
]


def history(**changes: Any) -> HttpResponse:
    """The past, with a row of every kind."""
    context: dict[str, Any] = {
        "came": 33,
        "missed": 2,
        "months": past_visits.months(PAST),
        "earlier_link": "?before=x",
        "newest_link": None,
        "properties": [],
        "chosen": None,
        "report_from": date(2026, 6, 6),
    }
    answer = request(person="Maria Alvarez", tab="schedule")
    return pages.page(answer, "portal/history.html", **{**context, **changes})


def statement(*entries: Entry, first: str = "2026-01-01", last: str = "2026-06-13") -> HttpResponse:
    """A customer's account; where its days cannot be taken, the form alone."""
    form = PeriodForm({"first": first, "last": last}, today=TODAY)
    account = Account(form.cleaned_data["first"], TODAY, "USD", 4871, entries) if form.is_valid() else None
    return pages.page(
        request(person="Maria Alvarez", tab="home"),
        "portal/statement.html",
        status=200 if account else 422,
        form=form,
        account=account,
        lines=[statements.Line(one, entry_words.said(one)) for one in entries],
        period={"first": first, "last": last},
    )


ENTRIES = [
    Entry(date(2026, 1, 12), EntryKind.PAYMENT, UUID(int=1), "1042", "check", "", -4871, 0),
    Entry(date(2026, 2, 1), EntryKind.INVOICE, UUID(int=2), "INV-1042", "", "", 123_456, 123_456),
    Entry(date(2026, 2, 3), EntryKind.VOIDED, UUID(int=2), "INV-1042", "", "Billed twice", -123_456, 0),
    Entry(date(2026, 2, 4), EntryKind.CREDIT_NOTE, UUID(int=3), "CN-0001", "", "For the broken lid", -500, -500),
]


def sign_in(form: SignIn | None = None, throttled_seconds: int | None = None, notice: str = "") -> HttpResponse:
    context: dict[str, Any] = {"form": form or SignIn(), "throttled_seconds": throttled_seconds, "notice": notice}
    return pages.page(request(), "portal/sign_in.html", by_password=form is not None, **context)


def shared_sign_in(throttled_seconds: int | None = None) -> HttpResponse:
    context: dict[str, Any] = {"form": SignIn(), "action": "/sign-in/", "throttled_seconds": throttled_seconds}
    return pages.page(request(brand=None), "portal/shared_sign_in.html", **context)


def sign_in_sent(form: Code | None = None, throttled_seconds: int | None = None) -> HttpResponse:
    context: dict[str, Any] = {"form": form or Code(), "throttled_seconds": throttled_seconds, "minutes": 10}
    context |= {"email": "maria.of.the.long.name@alvarez-family.example", "back_link": "/", "again_link": "/again/"}
    return pages.page(request(), "portal/sign_in_sent.html", **context)


def sign_in_link(brand: Brand | None = BRIGHT) -> HttpResponse:
    return pages.page(request(brand=brand), "portal/sign_in_link.html", email="m•••@alvarez-family.example")


def sign_in_closed(why: str, *, is_in: bool = False) -> HttpResponse:
    context: dict[str, Any] = {"why": why, "is_in": is_in, "home_link": "/", "again_link": "/sign-in/"}
    return pages.page(request(), "portal/sign_in_closed.html", **context)


def choose_business() -> HttpResponse:
    businesses = [SimpleNamespace(id=1, name="Bright Bins"), SimpleNamespace(id=2, name="Silk City Cans")]
    return pages.page(request(brand=None), "portal/choose_business.html", businesses=businesses)


def password(**changes: Any) -> HttpResponse:
    context: dict[str, Any] = {"form": NewPassword(), "email": "maria@alvarez.example", "throttled_seconds": None}
    context |= {"has_one": True, "must_prove": False, "is_set": False}
    answer = request(person="Maria Alvarez", tab="home")
    return pages.page(answer, "portal/password.html", **{**context, **changes})


def choose() -> HttpResponse:
    customers = [SimpleNamespace(id=1, name="Maria Alvarez", address="8447 West 51st Avenue")]
    customers.append(SimpleNamespace(id=2, name="Alvarez & Sons", address=""))
    return pages.page(request(), "portal/choose_customer.html", customers=customers)


def calendar(*, standing: bool = True, hidden: bool = False, done: str = "") -> HttpResponse:
    """The page about one's own calendar, with an address that stands, or none."""
    plain = f"https://portal.example.com/portal/calendar/{'x' * 43}.ics"
    addresses = {"plain": plain, "apple": plain, "google": plain, "outlook": plain}
    context: dict[str, Any] = {
        "standing": standing,
        "addresses": addresses if standing and not hidden else None,
        "done": done,
    }
    return pages.page(request(person="Maria Alvarez", tab="schedule"), "portal/calendar.html", **context)


def staff_request(*, brand: Brand | None = BRIGHT, others: bool = False) -> Any:
    """A request as the dashboard's door hands it to a view."""
    made = request(brand=brand, person="Dana Whitfield")
    made.link = lambda name, **_: f"/at/bright-bins/{name}/"
    made.path = made.link("dashboard_home")
    made.others = others
    made.tabs = [
        pages.Tab("Today", "sun", "/today/", current=True),
        pages.Tab("Requests", "message-square-warning", "/requests/", count=4),
    ]
    return made


def today() -> HttpResponse:
    role = SimpleNamespace(get_role_display=lambda: "Owner")
    money: dict[str, Any] = {"failed": 2, "totals": office_money.SOME, "currency": "USD"}
    return pages.page(staff_request(others=True), "dashboard/today.html", at=time(10, 42), member=role, **money)


def staff_sign_in(form: SignIn | None = None, throttled_seconds: int | None = None, notice: str = "") -> HttpResponse:
    context: dict[str, Any] = {"form": form or SignIn(), "throttled_seconds": throttled_seconds, "notice": notice}
    return pages.page(staff_request(brand=None), "dashboard/sign_in.html", **context, link=None)


def wrong_staff_sign_in() -> SignIn:
    form = SignIn({"email": "dana@example.com", "password": "wrong"})
    form.add_error("password", "That e-mail and password don’t go together.")
    return form


def businesses() -> HttpResponse:
    both = [SimpleNamespace(id=1, name="Bright Bins"), SimpleNamespace(id=2, name="Silk City Cans")]
    return pages.page(staff_request(others=True), "dashboard/businesses.html", businesses=both)


def _asked(state: str, kind: str = "extra", day: date | None = date(2026, 7, 24), **row: Any) -> Any:
    """A Line of what was asked for."""
    of = SimpleNamespace(
        pk=state + kind, kind=kind, answer="", note="", photo_digest="", extra=None, answer_state=state
    )
    vars(of).update(row)
    said = Description("Driveway Wash, $65.00", ("8447 West 51st Avenue, #4", "Friday, July 24"))
    return SimpleNamespace(request=of, state=state, said=said, asked_on=date(2026, 6, 9), day=day, lost="extra" in row)


WAITING, LOST = _asked("pending"), _asked("pending", extra=SimpleNamespace(dropped_note="Crew training"))
OVER = [
    _asked("declined", answer="Our truck is in the shop that day. Would the week after do?"),
    _asked("withdrawn", day=None),
    _asked("expired"),
    _asked("done"),
    _asked("done", "problem", answer="We’re sorry. A new lid is on its way."),
]


def asked_for(*groups: tuple[str, list[Any]], **changes: Any) -> HttpResponse:
    context: dict[str, Any] = {"groups": groups, "more_link": "?after=x", "first_link": "?", "may": MAY}
    return pages.page(request(person="Maria Alvarez", tab="home"), "portal/requests.html", **{**context, **changes})


def asked(line: Any, **changes: Any) -> HttpResponse:
    context: dict[str, Any] = {"line": line, "until": "", "again": "", "refusal": "", "done": ""}
    return pages.page(request(person="Maria Alvarez", tab="home"), "portal/request.html", **{**context, **changes})


PLACES = [SimpleNamespace(pk="a", bin_count=2), SimpleNamespace(pk="b", bin_count=1)]
WASH = SimpleNamespace(pk="wash", name="Driveway Wash")
MONDAYS = [date(2026, 6, 15) + timedelta(weeks=n) for n in range(13)]


def extra(act: bool = False, days: Sequence[date] = MONDAYS, **data: str) -> HttpResponse:
    """The form of an extra visit; with `act`, as it was sent."""
    plans = [("wash", Choice("Driveway Wash", "$65.00. Salt and moss, too.")), ("deep", Choice("Deep Clean", "$39.00"))]
    choices = extra_forms.day_choices(days, TODAY)
    form = ExtraForm({"note": "", **data}, plans=plans, places=PLACES, days=choices)  # type: ignore[arg-type]
    form.fields["day"].help_text = extra_forms.day_hint(days, 48, TODAY)
    if not act:
        form.overlook()
    known = "plan" in data
    wish = SimpleNamespace(
        offers=["wash"], places=PLACES, plan=WASH if known else None, place=PLACES[0], days=days if known else []
    )
    day = date.fromisoformat(data["day"]) if "day" in data else None
    context: dict[str, Any] = {"form": form, "wish": wish, "day": day, "price": 6500, "by_approval": True}
    return pages.page(_task(), "portal/extra.html", currency="USD", **context)


def _having(**changes: Any) -> Any:
    of = SimpleNamespace(pk="s", plan="Weekly Bin Cleaning", property="8447 West 51st Avenue, #4", property_id="a")
    vars(of).update({"starts_on": date(2026, 1, 1), "ends_on": None} | changes)
    return of


TELLERS = _having(property="3120 Teller Street", property_id="b")


def plans(*have: Any) -> HttpResponse:
    services = [SimpleNamespace(of=of, rate="$12.50 a visit, every week", can_change=True, asked=None) for of in have]
    if services:
        services[-1].asked = SimpleNamespace(pk="r", plan="Monthly Bin Cleaning")
    return pages.page(_task(), "portal/plans.html", services=services, may=MAY)


def change_plan(chosen: str | None = None, act: bool = False, choices: bool = True) -> HttpResponse:
    offers = [
        ("m", Choice("Monthly Bin Cleaning", "$24.00 a visit, once a month")),
        ("q", Choice("Quarterly", "$45.00")),
    ]
    form = PlanForm({"plan": chosen or "", "note": ""}, plans=offers if choices else [])
    if not act:
        form.overlook()
    context: dict[str, Any] = {"form": form, "of": _having(), "plan": chosen, "by_approval": True, "currency": "USD"}
    context |= {"rate": "$12.50 a visit, every week", "new_rate": "$24.00 a visit, once a month"}
    turn = turning.of(Outlook(away=OUTLOOK.away, coming=OUTLOOK.away[:1]), date(2026, 7, 1)) if chosen else None
    return pages.page(_task(), "portal/change_plan.html", first_day=date(2026, 7, 1), turn=turn, **context)


def cancel(act: bool = False, services: Sequence[str] = (), running: int = 2, **data: str) -> HttpResponse:
    choices = [("s", Choice("Weekly Bin Cleaning", "8447 West 51st Avenue, #4")), ("t", Choice("Monthly", "Teller"))]
    filled = {"last_day": "2026-06-30", "topic": "", "comment": "", "services": list(services), **data}
    form = CancelForm(filled, services=choices, earliest=date(2026, 6, 20), days=7, today=TODAY)
    if not act:
        form.overlook()
    end = End(OUTLOOK, date(2026, 6, 30), by_visit=True, by_month=True) if services else None
    offers = [Offer("s", "m", "Monthly Bin Cleaning, $24.00 a visit, once a month", "Teller")]  # type: ignore[arg-type]
    instead = {"away": Help(True, []), "price": Help(False, offers)}
    context: dict[str, Any] = {"form": form, "running": [_having()] * running, "end": end, "instead": instead}
    context |= {"waiting": [], "last_day": date(2026, 6, 30), "by_approval": False, "currency": "USD"}
    return pages.page(_task(), "portal/cancel.html", **context)


def problem(form: ProblemForm | None = None) -> HttpResponse:
    stop = SimpleNamespace(service_date=date(2026, 6, 9), property="3120 Teller Street", plan_told=lambda: "Weekly")
    return pages.page(_task(), "portal/problem.html", form=form or ProblemForm(None, None), stop=stop, again=bool(form))


class _Maria(str):
    """A customer, as tables write one."""

    __slots__ = ()
    email = "maria@example.com"


def _line(state: str = "pending", kind: str = "extra", **changes: Any) -> Any:
    """A request as the office's tables read it."""
    details = ("8447 West 51st Avenue, #4", "Friday, July 24")
    row = {"pk": state, "kind": kind, "customer": _Maria("Maria Alvarez"), "answer": "", "note": "", "photo_digest": ""}
    row |= {"extra": SimpleNamespace(dropped_note="Crew training")} | changes
    said = SimpleNamespace(title="Driveway Wash, $65.00", details=details)
    lost = changes.get("lost", False)
    return SimpleNamespace(request=SimpleNamespace(**row), said=said, since=date(2026, 6, 11), state=state, lost=lost)


def queue(*waiting: Any, **changes: Any) -> HttpResponse:
    over = [_line(state, answer="Gladly.") for state in ("approved", "declined", "withdrawn", "expired", "done")]
    context: dict[str, Any] = {"waiting": waiting, "answered": over if waiting else [], "done": None}
    return pages.page(staff_request(), "dashboard/requests.html", **{**context, **changes})


def answering(line: Any, words: str | None = None, topic: str = "") -> HttpResponse:
    form = AnswerForm(None if words is None else {"words": words, "day": "tomorrow"})
    context: dict[str, Any] = {"line": line, "form": form, "topic": topic, "moves": line.request.kind == "extra"}
    context["phone"] = "(303) 555-0190"
    return pages.page(staff_request(), "dashboard/request.html", **context)


VISA = SavedMethod(
    id=UUID(int=1), kind="card", brand="visa", last4="4242", good_through=date(2027, 8, 31), is_default=True
)
BANK = SavedMethod(id=UUID(int=2), kind="us_bank_account", brand="FIRST BANK OF COLORADO", last4="6789")
MANDATE = Mandate(ceiling_cents=15_000, agreed_at=datetime(2026, 5, 1, 12, tzinfo=UTC))


def _next_charge(number: int, cents: int, stopped: str = "") -> Next:
    invoice = Invoice(number=f"INV-{number}", sequence=number, due_date=date(2026, 6, 30), currency="USD")
    return Next(invoice, cents, date(2026, 6, 30), stopped)


COMING = [_next_charge(1042, 8119), _next_charge(1043, 1250)]
NEVER = [_next_charge(1044 + n, 20_000, why) for n, why in enumerate(Stopped.values)]


def autopay(**changes: Any) -> HttpResponse:
    """On, with all there can be on it, unless `changes` say otherwise."""
    context: dict[str, Any] = {
        "refusal": "",
        "methods": [VISA, BANK],
        "chosen": VISA,
        "mandate": MANDATE,
        "can_charge": True,
        "under_way": 0,
        "coming": COMING + NEVER[:1],
        "email": "maria@example.com",
        "currency": "USD",
        "instructions": "Pay by check to Bright Bins.",
        "done": "",
    }
    return pages.page(_task(), "portal/autopay.html", **{**context, **changes})


def autopay_on(**data: str) -> HttpResponse:
    asked: Any = SimpleNamespace(business=SimpleNamespace(name="Bright Bins", currency="USD"))
    form = AutopayForm(data, VISA, asked)
    if not data:
        form.overlook()
    context: dict[str, Any] = {"form": form, "on": False, "method": VISA, "coming": COMING, "currency": "USD"}
    return pages.page(_task(), "portal/autopay_on.html", **context, email="maria@example.com")


def autopay_added(state: str, **changes: Any) -> HttpResponse:
    setup = Setup(id=UUID(int=3), state=state, page_url="https://stripe.example/")
    context: dict[str, Any] = {"setup": setup, "known": True, "newest": VISA, "on": False, "email": "maria@example.com"}
    return pages.page(_task(), "portal/autopay_added.html", **{**context, **changes})


EVERY_PAGE: dict[str, Callable[[], HttpResponse]] = {
    "home": home,
    "home today": lambda: home(next_visits=[Visit(TODAY, "on_the_way"), Visit(TODAY, "done", **TELLER)]),
    "home expected": lambda: home(next_visits=[VISITS[5]], expected=True),
    "home paused": lambda: home(
        owing=None, next_visits=[], coming=[], arranged=[], asked=[], notices=[], standing="paused"
    ),
    "home, all paid": lambda: home(due=[], owing=money_pages.owing(0, invoiced=1, credit=1200)),
    "home, by check": lambda: home(owing=money_pages.owing(8119)),
    **money_pages.MONEY_PAGES,
    **office_money.OFFICE_PAGES,
    "schedule": schedule,
    "going away": going_away,
    "going away, preview": lambda: going_away({"first": "2026-07-03", "back": "2026-07-18", "place": "b"}),
    "going away, wrong": lambda: going_away({"first": "2026-06-10", "back": "2026-06-08"}, noted=True, notes="Hello"),
    "going away, other days": lambda: going_away({"first": "2026-07-03", "back": "2026-07-18"}, away=AWAY),
    "holds": lambda: holds(AWAY),
    "holds, none": holds,
    "hold": hold,
    "hold, placed": lambda: hold(done="placed"),
    "hold, called off": lambda: hold(over=True, effect=None, done="lifted", again={"first": "a", "back": "b"}),
    "hold, back": hold_lift,
    "hold, over": lambda: hold_lift(preview=None, refusal="This time away is over."),
    "skip": lambda: skip(preview=OUTLOOK),
    "skip, done": lambda: skip("skipped", done="skipped"),
    "skip, too late": lambda: skip("late", refusal="This visit is already on the truck."),
    "skip, back": lambda: skip("can", done="back"),
    "asked for": lambda: asked_for(
        ("open", [_asked("pending"), LOST]), ("arranged", [_asked("approved")]), ("over", OVER)
    ),
    "asked for, nothing": lambda: asked_for(more_link=None, first_link=None),
    "asked, sent": lambda: asked(_asked("pending"), until="You can take this back until we answer.", done="sent"),
    "asked, arranged": lambda: asked(_asked("approved"), until="You can undo this through June 15.", done="arranged"),
    "asked, lost": lambda: asked(LOST, until="You can take this back until we answer."),
    "asked, declined": lambda: asked(OVER[0], again="/extras/"),
    "asked, too late": lambda: asked(OVER[2], refusal="It’s too late for this: its day is over."),
    "asked, answered": lambda: asked(
        _asked("done", "problem", note="The lid broke.", photo_digest="x", answer="Sorry.")
    ),
    "extra": extra,
    "extra, days": lambda: extra(plan="wash", place="a"),
    "extra, price": lambda: extra(plan="wash", place="a", day="2026-06-22"),
    "extra, wrong": lambda: extra(act=True, plan="", day="2026-06-16", note="Mind the dog."),
    "extra, no day": lambda: extra(days=[], plan="wash", place="a"),
    "plans": lambda: plans(_having(ends_on=HOLD[0]), _having(starts_on=HOLD[1]), TELLERS),
    "plans, none": plans,
    "change plan": change_plan,
    "change plan, preview": lambda: change_plan("m"),
    "change plan, wrong": lambda: change_plan("x", act=True),
    "change plan, none": lambda: change_plan(choices=False),
    "cancel": cancel,
    "cancel, preview": lambda: cancel(services=["s"], topic="price"),
    "cancel, wrong": lambda: cancel(act=True, last_day="soon", comment="Thank you!"),
    "cancel, nothing": lambda: cancel(running=0),
    "problem": problem,
    "problem, wrong": lambda: problem(ProblemForm({"topic": "", "note": "x" * 2000}, None)),
    "statement": lambda: statement(*ENTRIES),
    "statement, nothing": statement,
    "statement, wrong": lambda: statement(first="2026-06-14", last="soon"),
    "autopay": autopay,
    "autopay, off": lambda: autopay(mandate=None, coming=[], done="off"),
    "autopay, nothing saved": lambda: autopay(mandate=None, coming=[], methods=[], chosen=None),
    "autopay, nothing open": lambda: autopay(coming=[], under_way=8119, done="on"),
    "autopay, nothing to charge": lambda: autopay(methods=[], chosen=None),
    "autopay, never": lambda: autopay(coming=NEVER, refusal="Autopay is on, and this is what it charges."),
    "autopay, not at the moment": lambda: autopay(can_charge=False),
    "autopay on": autopay_on,
    "autopay on, wrong": lambda: autopay_on(ceiling="a little"),
    "autopay added": lambda: autopay_added("saved"),
    "autopay added, confirm": lambda: autopay_added("confirming"),
    "autopay added, open": lambda: autopay_added("open"),
    "autopay added, silence": lambda: autopay_added("open", known=False),
    "history": history,
    "history without a past": lambda: history(came=0, missed=0, months=[], earlier_link=None),
    "sign in": sign_in,
    "sign in, wrong": lambda: sign_in(wrong_sign_in()),
    "sign in, too often": lambda: sign_in(throttled_seconds=95),
    "sign in, again": lambda: sign_in(notice="You were signed out after a while."),
    "calendar": calendar,
    "calendar, new": lambda: calendar(done="renew"),
    "calendar, none": lambda: calendar(standing=False),
    "calendar, stopped": lambda: calendar(standing=False, done="revoke"),
    "calendar, not to be shown": lambda: calendar(hidden=True),
    "choose": choose,
    "shared sign in": shared_sign_in,
    "shared sign in, too often": lambda: shared_sign_in(throttled_seconds=95),
    "sent": sign_in_sent,
    "sent, wrong": lambda: sign_in_sent(wrong_code()),
    "sent, too often": lambda: sign_in_sent(throttled_seconds=95),
    "link": sign_in_link,
    "link, shared": lambda: sign_in_link(brand=None),
    "link used": lambda: sign_in_closed("used"),
    "link used, in": lambda: sign_in_closed("used", is_in=True),
    "link expired": lambda: sign_in_closed("expired"),
    "link overtaken": lambda: sign_in_closed("overtaken"),
    "link unknown": lambda: sign_in_closed("unknown"),
    "choose business": choose_business,
    "password": password,
    "password, first": lambda: password(has_one=False),
    "password, proof needed": lambda: password(has_one=False, must_prove=True),
    "password set": lambda: password(is_set=True),
    "staff sign in": staff_sign_in,
    "staff sign in, wrong": lambda: staff_sign_in(wrong_staff_sign_in()),
    "staff sign in, too often": lambda: staff_sign_in(throttled_seconds=95),
    "staff sign in, again": lambda: staff_sign_in(notice="You were signed out after a while."),
    "today": today,
    "businesses": businesses,
    "queue": lambda: queue(_line(), _line(lost=True), _line(kind="problem")),
    "queue, answered": lambda: queue(_line(), done=_line("approved")),
    "queue, empty": queue,
    "answering": lambda: answering(_line(lost=True, note="The gate is open.")),
    "answering, wrong": lambda: answering(_line(), words="x" * 1001),
    "answering, a problem": lambda: answering(_line(kind="problem", photo_digest="a"), topic="We were missed"),
    "answering, over": lambda: answering(_line("declined", answer="The washer is broken.")),
    "not for your role": lambda: pages.page(staff_request(others=True), "dashboard/forbidden.html", status=403),
    "staff 404": lambda: pages.not_found(staff_request()),
    "404": lambda: pages.not_found(request()),
    "403": lambda: pages.forbidden(request()),
    "500": lambda: pages.broken(request(brand=None)),
    "503": lambda: pages.unavailable(request()),
}


def html(response: HttpResponse) -> str:
    return response.content.decode()
