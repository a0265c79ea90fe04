"""Reporting a problem with a visit of the last days; the office answers it in words."""

from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from nextroute.core import files, pictures, scope
from nextroute.core.actors import Actor
from nextroute.core.pictures import Picture
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.scheduling import locks
from nextroute.scheduling.photos import LARGE, SMALL
from nextroute.scheduling.stops import WITH_PLAN, Stop
from nextroute.service_requests import asking
from nextroute.service_requests.kinds import Kind, State, Trouble
from nextroute.service_requests.requests import RequestRefused, ServiceRequest

FOR = timedelta(days=7)  # how long after a visit


def visits(customer: Customer, today: date) -> QuerySet[Stop]:
    """Those a problem can be reported with: of the last week, made, missed or not confirmed yet; the latest first.
    Unbuilt; with plans and properties at hand."""
    over = Q(status__in=Stop.DONE) | Q(service_date__lt=today)
    recent = customer.stops.filter(over, removed_at=None, service_date__range=(today - FOR, today))
    return recent.select_related(*WITH_PLAN, "property").order_by("-service_date", "id")


def ask(
    *,
    customer: Customer,
    stop: Stop,
    topic: str,
    note: str,
    actor: Actor,
    now: datetime,
    photo: bytes | None = None,
) -> ServiceRequest:
    """Report a problem (a Trouble) with a visit, in the customer's words, perhaps with a picture (JPEG, PNG or WebP, at
    most 15 MB).

    Raises RequestRefused (`field` topic, note or stop) when there is nothing to go by, the visit is older than a week
    or to come, or a report of it is open; Refused (`field` content) when `photo` is no such picture.
    """
    drawn = pictures.made_anew(photo, (LARGE, SMALL)) if photo else []  # slow, so before the transaction
    return _ask(customer=customer, stop=stop, topic=topic, note=note, photo=drawn, actor=actor, now=now)


@verb
def _ask(
    *, customer: Customer, stop: Stop, topic: str, note: str, photo: list[Picture], actor: Actor, now: datetime
) -> ServiceRequest:
    if topic not in Trouble.values:
        raise RequestRefused(_("Choose what went wrong."), field="topic")
    if topic == Trouble.OTHER and not note.strip():
        raise RequestRefused(_("Tell us in a few words what went wrong."), field="note")
    locks.schedule_of(customer)
    with scope.business(customer.business_id):
        found = visits(customer, customer.business.today(now)).filter(id=stop.pk).first()
        _guard(customer, found)
        assert found
        digests = [files.keep(picture.content) for picture in photo]  # bytes before the row that names them
        of_photo = dict(zip(("photo_digest", "small_photo_digest"), digests, strict=False))
        about = {"stop": found, "property": found.property, "day": found.service_date}
        request = asking.put(customer, Kind.PROBLEM, now=now, topic=topic, note=note.strip(), **about, **of_photo)
        return asking.wait(request, actor=actor, now=now)


def _guard(customer: Customer, stop: Stop | None) -> None:
    if stop is None:
        raise RequestRefused(_("This visit is more than a week ago, or not over yet. Please call us."), field="stop")
    if customer.service_requests.filter(kind=Kind.PROBLEM, stop=stop, answer_state=State.PENDING).exists():
        raise RequestRefused(_("You’ve told us about this visit already. We’ll answer soon."), field="stop")
