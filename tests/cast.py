"""The fixed cast of the tests, and short words for building what a test is about.

Ada and Eve are customers of Bright Bins (Denver), Dee is a customer of Silk City (New York).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Any
from unittest import mock

from django.db import transaction
from django.db.models import Model
from PIL import Image

from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer, Property
from nextroute.customers.properties import normalised_address
from nextroute.scheduling import extras
from nextroute.scheduling.models import Extra, MasterRoute, MasterStop, Plan, Route, Stop, Subscription, Zone
from nextroute.tenancy import settings
from nextroute.tenancy.businesses import Business

NOON = datetime(2026, 6, 1, 18, tzinfo=UTC)  # noon in Denver


def D(text: str) -> date:  # noqa: N802
    """A day, as short as it is written."""
    return date.fromisoformat(text)


def noon(day: date) -> datetime:
    """Noon of a day in Denver, in summer."""
    return datetime.combine(day, NOON.timetz())


@contextmanager
def inside(business: Business) -> Iterator[None]:
    """A transaction in the business's scope."""
    with transaction.atomic(), scope.business(business.id):
        yield


def a_business(slug: str = "bright-bins", **changes: str) -> Business:
    """Its constraints hold when the rows are written; asked one by one before, for the sentences of a refusal, they
    take three statements each, in nearly every test. tests/tenancy/test_settings.py proves those sentences."""
    names = {"name": slug.replace("-", " ").title(), "timezone": "America/Denver"}
    with mock.patch.object(Model, "validate_constraints"):
        return settings.create(slug, names | changes, actor=SYSTEM)


def a_zone(business: Business, name: str = "North", weekday: int = 2, max_stops: int | None = None) -> Zone:
    """A zone with its master route on `weekday` (default: Tuesday)."""
    zone = Zone.objects.create(business=business, name=name, zip_codes=["80002"], weekday=weekday)
    MasterRoute.objects.create(business=business, zone=zone, weekday=weekday, max_stops=max_stops)
    return zone


def a_plan(business: Business, frequency: str = "weekly", **changes: Any) -> Plan:
    """Found by its frequency unless `code` says otherwise."""
    if frequency == "seasonal":
        changes.setdefault("season_months", [4, 5, 6, 7, 8, 9, 10])
    names = {"name": f"{frequency.title()} Bin Cleaning", "frequency": frequency, "price_cents": 1250}
    return Plan.objects.get_or_create(business=business, code=changes.pop("code", frequency), defaults=names | changes)[
        0
    ]


def a_customer(business: Business, ref: str, **changes: Any) -> Customer:
    names = {"first_name": ref.title(), "email": f"{ref}@example.com", "activated_on": D("2020-01-01")}
    return Customer.objects.create(business=business, ref=ref, **(names | changes))


def a_property(customer: Customer, zone: Zone, address: str = "8447 West 51st Avenue", **changes: Any) -> Property:
    """A property of the customer with an approved place on each of the zone's master routes."""
    made = Property.objects.create(
        business_id=customer.business_id,
        customer=customer,
        address1=address,
        postal_code="80002",
        normalised=normalised_address(address),
        zone=zone,
        **changes,
    )
    for route in zone.master_routes.all():
        a_place(made, route)
    return made


def a_place(prop: Property, route: MasterRoute, **changes: Any) -> MasterStop:
    return MasterStop.objects.create(
        business_id=prop.business_id,
        master_route=route,
        property=prop,
        customer_id=prop.customer_id,
        weekday=route.weekday,
        **changes,
    )


def a_subscription(prop: Property, plan: Plan, starts_on: str = "2026-01-01", **changes: Any) -> Subscription:
    return Subscription.objects.create(
        business_id=prop.business_id,
        customer_id=prop.customer_id,
        property=prop,
        plan=plan,
        starts_on=D(starts_on),
        **changes,
    )


def served(customer: Customer, frequency: str = "weekly", zone: Zone | None = None, **changes: Any) -> Subscription:
    """The customer's first property, and a subscription on it, all made as needed."""
    business = customer.business
    zone = zone or Zone.objects.first() or a_zone(business)
    return a_subscription(a_property(customer, zone), a_plan(business, frequency), **changes)


def an_extra(prop: Property, day: str = "2026-06-02", **changes: Any) -> Extra:
    """A driveway wash for $65 at the property, ordered by the office on June 1 unless `changes` say otherwise."""
    order: dict[str, Any] = {"plan": a_wash(prop.customer.business), "price_cents": 6500, "actor": SYSTEM, "now": NOON}
    return extras.order(customer=prop.customer, property=prop, day=D(day), **(order | changes))


def a_wash(business: Business) -> Plan:
    """What can be ordered for a single day."""
    return a_plan(business, "one_time", code="wash", name="Driveway Wash", plan_type="one_time", price_cents=6500)


def a_route(subscription: Subscription, day: date, status: str = "dispatched") -> Route:
    """A run on any day of the master route that serves the subscription's property."""
    master = MasterRoute.objects.get(stops__property=subscription.property)
    return Route.objects.create(
        business_id=subscription.business_id, master_route=master, date=day, original_date=day, status=status
    )


def a_planned_stop(subscription: Subscription, route: Route, **changes: Any) -> Stop:
    """Pending, on its route's own day."""
    return Stop.objects.create(
        business_id=subscription.business_id,
        customer_id=subscription.customer_id,
        property=subscription.property,
        subscription=subscription,
        route=route,
        due_on=route.date,
        service_date=route.date,
        **changes,
    )


def days(customer: Customer) -> list[str]:
    """The days of the customer's live stops, in order."""
    stops = Stop.objects.filter(customer=customer, removed_at=None).order_by("service_date")
    return [stop.service_date.isoformat() for stop in stops]


def a_stop(subscription: Subscription, day: str, **changes: Any) -> Stop:
    """A visit of the past, on a completed route: made a minute before noon UTC, unless `changes` say otherwise."""
    on = D(day)
    route, _ = Route.objects.get_or_create(
        business_id=subscription.business_id,
        master_route=subscription.property.master_stops.get().master_route,
        date=on,
        defaults={"original_date": on, "status": "completed"},
    )
    row: dict[str, Any] = {"due_on": on, "service_date": on, "route": route, "status": "completed"} | changes
    if row["status"] == "completed":
        made = {"completed_at": datetime.combine(on, time(11, 59), UTC), "plan_name": "Weekly"}
        row = made | {"price_cents": 1250, "bins": 1, "additional_bin_price_cents": 0, "tax_rate": 0} | row
    return Stop.objects.create(
        business_id=subscription.business_id,
        customer_id=subscription.customer_id,
        property_id=subscription.property_id,
        subscription=subscription,
        **row,
    )


def not_made(subscription: Subscription, day: str, reason: str, by: str = "close", **changes: Any) -> Stop:
    """The record of a visit that was due and not made."""
    removed = {"removed_at": NOON, "removed_by": by, "removed_reason": reason, "route": None, "status": "pending"}
    return a_stop(subscription, day, **(removed | changes))


def a_picture(size: tuple[int, int] = (64, 48), kind: str = "JPEG", colour: str = "teal", **options: Any) -> bytes:
    """The bytes of a picture of one colour."""
    written = BytesIO()
    Image.new("RGB", size, colour).save(written, kind, **options)
    return written.getvalue()
