"""The demo: two real service areas with eight weeks behind them, replayed day by day through the verbs themselves."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import holidays
from django.db import transaction

from nextroute.config import demo_money, demo_photos, links
from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.core.days import ONE_DAY, each_day
from nextroute.customers.models import Customer
from nextroute.identity import logins, passwords
from nextroute.identity.models import Login
from nextroute.notifications import consents, sms_numbers
from nextroute.scheduling import blackouts, closing, extras, holds, importing, prices, routes, skips, stops, visits
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.models import BlackoutDate, Hold, Plan, Route, Stop
from nextroute.scheduling.reconcile import nightly
from nextroute.staff import members
from nextroute.staff.members import Role
from nextroute.tenancy import businesses
from nextroute.tenancy.businesses import Business

DATA = Path(__file__).resolve().parents[2] / "demo"
WEEKS_BEHIND = 8
PASSWORD = "Tuesday-is-bin-day"  # noqa: S105 - of the demo's made-up people

# Folder, slug, what its holidays do to their visits.
OPERATORS = (("arvada", "bright-bins", Effect.SHIFT_WEEK), ("manchester", "silk-city-cans", Effect.SKIP))
# Who is worth signing in as: by slug, the customers' refs.
SHOWN = {"bright-bins": ("C0001", "C0025", "C0006", "C0017", "C0013", "C0021"), "silk-city-cans": ("C0001", "C0010")}
# Who works there: name, e-mail, role.
STAFF = {
    "bright-bins": (
        ("Dana Whitfield", "dana@bright-bins.example", Role.OWNER),
        ("Marco Ruiz", "marco@bright-bins.example", Role.DISPATCHER),
    ),
    "silk-city-cans": (
        ("Ruth Abrams", "ruth@silk-city-cans.example", Role.OWNER),
        ("Theo Banks", "theo@silk-city-cans.example", Role.DISPATCHER),
    ),
}
SENDERS = {"bright-bins": "+13035550100", "silk-city-cans": "+16035550100"}
CLOSED_ON = {"New Year's Day", "Memorial Day", "Independence Day", "Labor Day", "Thanksgiving Day", "Christmas Day"}

type Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class SignIn:
    """One that works: as it stands in var/demo.json."""

    role: str
    business: str
    url: str
    email: str
    password: str


def prepare(now: datetime, origin: str, progress: Progress, till: demo_money.Till | None = None) -> list[SignIn]:
    """Import what is not there yet, and live through every day up to today. Again: only the days since.

    `origin` is where the web server will answer; `till`: the stand-in for Stripe, if there is one.
    """
    found = [_operator(*operator, now, progress) for operator in OPERATORS]
    for business in found:
        demo_money.this_month(business, today=business.today(now), now=now)
        demo_money.be_paid_online(business, till, SHOWN[business.slug][2:4], now=now)
    return [one for business in found for one in (*_sign_ins(business, origin, now), *_staff(business, origin))]


def write(sign_ins: list[SignIn], file: Path) -> None:
    file.write_text(json.dumps([asdict(sign_in) for sign_in in sign_ins], indent=2) + "\n")


def _operator(folder: str, slug: str, effect: Effect, now: datetime, progress: Progress) -> Business:
    business = businesses.find(slug) or _imported(folder, slug, now, progress)
    today = business.today(now)
    with transaction.atomic(), scope.business(business.id):
        business.refresh_from_db()
    begins = business.closed_through + ONE_DAY if business.closed_through else today - timedelta(weeks=WEEKS_BEHIND)
    if business.closed_through is None:
        _days_off(business, begins, today, effect)
    days = list(each_day(begins, today - ONE_DAY))
    for done, day in enumerate(days):
        progress(f"{business.name}: living through {day:%b %d}", done, len(days))
        _live_through(business, day)
        demo_money.live_through(business, day + ONE_DAY, _morning(day + ONE_DAY), set(SHOWN[slug][:4]))
    nightly(business, today=today)
    _arrange(business, today, now)
    demo_photos.take(business, SHOWN[slug][:3], today=today)
    return business


def _imported(folder: str, slug: str, now: datetime, progress: Progress) -> Business:
    """The operator's export, imported as of the day the demo begins."""
    then = now - timedelta(weeks=WEEKS_BEHIND)
    importing.import_folder(
        DATA / folder,
        slug=slug,
        today=None,
        now=then,
        actor=SYSTEM,
        progress=lambda done, total: progress(f"{slug}: importing customers", done, total),
    )
    business = businesses.find(slug)
    assert business is not None
    _text_messages(business, then)
    demo_money.agree(business)
    return business


def _days_off(business: Business, begins: date, today: date, effect: Effect) -> None:
    """The public holidays of the demo's weeks, and one of the business's own: something is always coming up."""
    last = today + timedelta(weeks=9)
    calendar = holidays.country_holidays("US", years=range(begins.year, last.year + 1))
    for day, name in sorted(calendar.items()):
        if name in CLOSED_ON and begins <= day <= last:
            blackouts.add(business=business, date=day, name=name, effect=effect, actor=SYSTEM, now=_morning(begins))
    training = today + timedelta(days=17)
    with transaction.atomic(), scope.business(business.id):
        taken = BlackoutDate.objects.filter(date=training).exists()
    if not taken:
        blackouts.add(
            business=business,
            date=training,
            name="Crew training",
            effect=Effect.NEXT_DAY,
            actor=SYSTEM,
            now=_morning(begins),
        )


def _live_through(business: Business, day: date) -> None:
    """One past day: generated in the night, dispatched in the morning, driven, and closed the night after."""
    morning = _morning(day)
    nightly(business, today=day)
    chance = random.Random(f"{business.slug} {day}")  # noqa: S311 - the same demo every time
    for route in _routes(business, day):
        routes.dispatch(route=route, actor=SYSTEM, now=morning)
        for minutes, stop in enumerate(_stops(business, route)):
            _drive(stop, chance, morning + timedelta(minutes=7 * minutes))
    closing.close(business, today=day + ONE_DAY, now=morning + ONE_DAY)


def _morning(day: date) -> datetime:
    """Of either business, which are two hours apart."""
    return datetime.combine(day, time(13), UTC)


def _drive(stop: Stop, chance: random.Random, now: datetime) -> None:
    match chance.random():
        case luck if luck < 0.02:
            words = "The gate was locked and nobody answered."
            stops.skip(stop=stop, category=Stop.SkipCategory.NO_ACCESS, reason=words, actor=SYSTEM, now=now)
        case luck if luck < 0.03:
            words = "Hail made the hill unsafe."
            stops.skip(stop=stop, category=Stop.SkipCategory.WEATHER, reason=words, actor=SYSTEM, now=now)
        case _:
            stops.complete(stop=stop, actor=SYSTEM, now=now)


def _routes(business: Business, day: date) -> list[Route]:
    with transaction.atomic(), scope.business(business.id):
        return list(Route.objects.filter(date=day, status__in=Route.OPEN).order_by("id"))


def _stops(business: Business, route: Route) -> Iterator[Stop]:
    with transaction.atomic(), scope.business(business.id):
        found = list(Stop.objects.filter(route=route, removed_at=None).select_related("route").order_by("sequence"))
    yield from found


def _arrange(business: Business, today: date, now: datetime) -> None:
    """What customers have asked for: one is away in three weeks, one does without their next visit but one and has the
    driveway washed."""
    with transaction.atomic(), scope.business(business.id):
        if Hold.objects.exists():
            return
        traveller, sparing = (_customer(business, ref) for ref in SHOWN[business.slug][:2])
        away = today + timedelta(days=20)
        holds.place(
            customer=traveller,
            start_date=away,
            end_date=away + timedelta(days=15),
            actor=SYSTEM,
            now=now,
            notes="Visiting family.",
        )
        later = today + timedelta(days=42)
        coming = [v for v in visits.between(sparing, today, later, today=today) if v.coming and v.subscription_id]
        skips.place(
            subscription=sparing.subscriptions.get(id=str(coming[1].subscription_id)),
            due_on=coming[1].due_on,
            actor=SYSTEM,
            now=now,
            notes="Bins will be empty, family is over.",
        )
        wash, home = Plan.objects.get(business=business, code="pressure-wash"), coming[0].property_id
        at = sparing.properties.get(id=home)
        days = extras.days(sparing, at, wash, first=today + timedelta(days=4), last=later)
        price = prices.in_all(wash, at.bin_count)
        extras.order(customer=sparing, property=at, plan=wash, day=days[0], price_cents=price, actor=SYSTEM, now=now)


def _text_messages(business: Business, now: datetime) -> None:
    """A number to send them from, and those worth signing in as have agreed to them."""
    sms_numbers.give(business=business, number=SENDERS[business.slug], actor=SYSTEM, now=now)
    with transaction.atomic(), scope.business(business.id):
        for phone in {_customer(business, ref).phone for ref in SHOWN[business.slug]} - {""}:
            consents.give(business.id, phone, how="the demo", actor=SYSTEM, now=now)


def _customer(business: Business, ref: str) -> Customer:
    return Customer.objects.select_related("business").get(business=business, ref=ref)


def _sign_ins(business: Business, origin: str, now: datetime) -> list[SignIn]:
    """A password for everybody worth signing in as, set once."""
    shown: list[SignIn] = []
    with transaction.atomic(), scope.business(business.id):
        for ref in SHOWN[business.slug]:
            email = _customer(business, ref).email
            login = Login.objects.get(email=email)
            if not login.password:
                logins.set_password(login, PASSWORD, actor=SYSTEM, now=now)
            url = origin + links.to("portal_sign_in", business)
            shown.append(SignIn("customer", business.name, url, email, PASSWORD))
    return shown


def _staff(business: Business, origin: str) -> Iterator[SignIn]:
    """Those who work there, hired once."""
    hired = {one.user.email for one in members.every(business)}
    for name, email, role in STAFF[business.slug]:
        if email not in hired:
            password = passwords.hashed(PASSWORD)
            members.add(business=business, email=email, name=name, role=role, password=password, actor=SYSTEM)
        yield SignIn(role.value, business.name, origin + links.to("dashboard_sign_in"), email, PASSWORD)
