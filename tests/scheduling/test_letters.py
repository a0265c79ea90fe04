"""What messages about visits say, and to whom they go."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import pytest
from django.utils import translation

from nextroute.config import links
from nextroute.core.actors import SYSTEM, Actor, ActorKind
from nextroute.customers.models import Customer
from nextroute.notifications.composing import compose
from nextroute.notifications.models import Delivery
from nextroute.notifications.texts import variables_of
from nextroute.notifications.triggers import Channel
from nextroute.scheduling import blackouts, extras, holds, routes, skips, stops
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.models import Hold, Route, Stop
from nextroute.scheduling.reconcile import nightly
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D
from tests.doors import SOMEBODY, statements

TODAY, TUESDAY = D("2026-06-01"), D("2026-06-02")


@pytest.fixture
def generated(bright: Business, ada: Customer, eve: Customer) -> Business:
    nightly(bright, today=TODAY, days=14)
    return bright


def route_on(day: date = TUESDAY) -> Route:
    return Route.objects.select_related("business").get(date=day)


def stop_of(customer: Customer, day: date = TUESDAY) -> Stop:
    return Stop.objects.select_related("route").get(customer=customer, service_date=day)


def told(trigger: str) -> list[str]:
    return sorted(row.address for row in Delivery.objects.filter(trigger=trigger))


def said(trigger: str, to: str = "ada@example.com") -> Mapping[str, str] | None:
    """The variables of its text, none of which is missing."""
    delivery = Delivery.objects.select_related("business__branding", "customer").get(trigger=trigger, address=to)
    words = compose(delivery, links.to, NOON)
    assert words is None or variables_of(delivery.about, Channel.SMS) <= words.keys()
    return words


def test_everybody_on_a_route_hears_once_that_it_is_out(generated: Business) -> None:
    routes.dispatch(route=route_on(), actor=SYSTEM, now=NOON)
    routes.recall(route=route_on(), actor=SYSTEM, today=TODAY)
    routes.dispatch(route=route_on(), actor=SYSTEM, now=NOON)
    assert told("route_dispatched") == ["ada@example.com", "eve@example.com"]
    words = said("route_dispatched")
    assert words
    assert words["service_date"] == "Tuesday, June 2"
    assert words["visits"] == "Weekly Bin Cleaning, 8447 West 51st Avenue"
    assert words["action_url"].endswith("/portal/at/bright-bins/")


def test_dispatching_costs_the_same_statements_for_two_customers_and_for_twenty(generated: Business) -> None:
    with statements() as few:
        routes.dispatch(route=route_on(), actor=SYSTEM, now=NOON)
    for n in range(20):
        cast.served(cast.a_customer(generated, f"c{n}"))
    nightly(generated, today=TODAY, days=14)
    with statements() as many:
        routes.dispatch(route=route_on(D("2026-06-09")), actor=SYSTEM, now=NOON)
    assert len(many) == len(few)
    assert len(told("route_dispatched")) == 24


def test_a_completed_visit_is_told_to_its_customer(generated: Business, ada: Customer) -> None:
    routes.dispatch(route=route_on(), actor=SYSTEM, now=NOON)
    stops.complete(stop=stop_of(ada), actor=SYSTEM, now=NOON)
    assert told("service_completed") == ["ada@example.com"]
    words = said("service_completed")
    assert words
    assert (words["plan_name"], words["address"]) == ("Weekly Bin Cleaning", "8447 West 51st Avenue")


def test_a_skipped_visit_is_told_with_its_reason_and_the_next_one(generated: Business, ada: Customer) -> None:
    routes.dispatch(route=route_on(), actor=SYSTEM, now=NOON)
    gate = "The gate was locked."
    stops.skip(stop=stop_of(ada), category=Stop.SkipCategory.NO_ACCESS, reason=gate, actor=SYSTEM, now=NOON)
    words = said("service_skipped")
    assert words
    assert (words["reason"], words["next_visit"]) == ("The gate was locked.", "Tuesday, June 9")


def test_a_canceled_route_is_told_to_all_on_it_with_the_offices_words(generated: Business) -> None:
    routes.cancel(route=route_on(), reason="The truck broke down.", actor=SYSTEM, now=NOON)
    assert told("service_skipped") == ["ada@example.com", "eve@example.com"]
    words = said("service_skipped")
    assert words
    assert (words["reason"], words["next_visit"]) == ("The truck broke down.", "Tuesday, June 9")


def test_a_moved_route_is_told_with_both_days(generated: Business) -> None:
    routes.move(route=route_on(), to=D("2026-06-04"), reason="Snow", actor=SYSTEM, now=NOON)
    assert told("visit_moved") == ["ada@example.com", "eve@example.com"]
    words = said("visit_moved")
    assert words
    assert (words["old_date"], words["service_date"], words["reason"]) == (
        "Tuesday, June 2",
        "Thursday, June 4",
        "Snow",
    )


def test_what_was_moved_again_before_the_message_left_is_told_once(generated: Business) -> None:
    routes.move(route=route_on(), to=D("2026-06-04"), reason="Snow", actor=SYSTEM, now=NOON)
    routes.move(route=route_on(D("2026-06-04")), to=D("2026-06-05"), reason="More snow", actor=SYSTEM, now=NOON)
    found = Delivery.objects.filter(trigger="visit_moved", address="ada@example.com").order_by("id")
    words = [compose(row, links.to, NOON) for row in found.select_related("business__branding", "customer")]
    assert words[0] is None
    assert words[1]
    assert words[1]["service_date"] == "Friday, June 5"


@pytest.mark.parametrize(
    ("effect", "trigger", "variable", "value"),
    [
        (Effect.NEXT_DAY, "visit_moved", "service_date", "Wednesday, June 3"),
        (Effect.SHIFT_WEEK, "visit_moved", "old_date", "Tuesday, June 2"),
        (Effect.SKIP, "service_skipped", "reason", "Flood"),
    ],
)
def test_a_day_off_is_told_to_those_it_moves_or_leaves_out(
    generated: Business, effect: Effect, trigger: str, variable: str, value: str
) -> None:
    with statements() as sent:
        blackouts.add(business=generated, date=TUESDAY, name="Flood", effect=effect, actor=SYSTEM, now=NOON)
    assert told(trigger) == ["ada@example.com", "eve@example.com"]
    words = said(trigger)
    assert words
    assert words[variable] == value
    assert len(sent) <= 16


def test_a_day_off_that_changes_nobodys_visits_is_told_to_nobody(generated: Business) -> None:
    blackouts.add(business=generated, date=D("2026-06-03"), name="Off", effect=Effect.SKIP, actor=SYSTEM, now=NOON)
    assert not Delivery.objects.exists()


LOSE: list[Callable[[Business], object]] = [
    lambda b: blackouts.add(business=b, date=TUESDAY, name="Flood", effect=Effect.NEXT_DAY, actor=SYSTEM, now=NOON),
    lambda b: routes.cancel(route=route_on(), reason="Flood", actor=SYSTEM, now=NOON),
]


@pytest.mark.parametrize("lose", LOSE)
def test_an_extra_that_lost_its_day_is_told_as_one(
    generated: Business, ada: Customer, eve: Customer, lose: Callable[[Business], object]
) -> None:
    eve.stops.all().delete()
    ada.stops.all().delete()
    cast.an_extra(ada.properties.get())
    lose(generated)
    assert told("extra_dropped") == ["ada@example.com"]
    assert not Delivery.objects.exclude(trigger="extra_dropped").filter(customer=ada).exists()
    words = said("extra_dropped")
    assert words
    assert (words["service_date"], words["plan_name"], words["reason"]) == ("Tuesday, June 2", "Driveway Wash", "Flood")
    assert words["address"] == "8447 West 51st Avenue"


def test_an_extra_that_has_another_day_before_the_message_left_is_not_told_of_the_first(
    generated: Business, ada: Customer
) -> None:
    extra = cast.an_extra(ada.properties.get())
    LOSE[0](generated)
    extras.reschedule(extra=extra, day=D("2026-06-09"), actor=SYSTEM, now=NOON)
    assert said("extra_dropped") is None
    second = D("2026-06-09")
    blackouts.add(business=generated, date=second, name="Snow", effect=Effect.SKIP, actor=SYSTEM, now=NOON)
    found = Delivery.objects.filter(trigger="extra_dropped").order_by("id")
    words = [compose(row, links.to, NOON) for row in found.select_related("business__branding", "customer")]
    assert [one and one["reason"] for one in words] == [None, "Snow"]


def test_an_extra_that_is_not_wanted_any_more_is_not_told_of(generated: Business, ada: Customer) -> None:
    extra = cast.an_extra(ada.properties.get())
    LOSE[0](generated)
    extras.call_off(extra=extra, actor=SYSTEM, now=NOON)
    assert said("extra_dropped") is None


def test_letters_about_an_extras_visit_name_its_plan(generated: Business, ada: Customer) -> None:
    ada.stops.all().delete()
    extra = cast.an_extra(ada.properties.get())
    routes.move(route=route_on(), to=D("2026-06-04"), reason="Snow", actor=SYSTEM, now=NOON)
    moved = route_on(D("2026-06-04"))
    routes.dispatch(route=moved, actor=SYSTEM, now=NOON)
    stops.complete(stop=extra.stops.select_related("route").get(), actor=SYSTEM, now=NOON)
    words = [said(trigger) for trigger in ("visit_moved", "service_completed")]
    assert [one and (one.get("visits") or one["plan_name"]) for one in words] == [
        "Driveway Wash, 8447 West 51st Avenue",
        "Driveway Wash",
    ]


def test_a_hold_is_confirmed_with_the_visits_it_takes_off(generated: Business, ada: Customer) -> None:
    holds.place(customer=ada, start_date=D("2026-06-08"), end_date=D("2026-06-17"), actor=SYSTEM, now=NOON)
    words = said("hold_placed")
    assert words
    assert words["hold_dates"] == "June 8 to 17"
    assert words["next_visit"] == "Tuesday, June 23"
    assert words["visits"].splitlines() == [
        "Tuesday, June 9, Weekly Bin Cleaning, 8447 West 51st Avenue",
        "Tuesday, June 16, Weekly Bin Cleaning, 8447 West 51st Avenue",
    ]


def test_a_skip_is_confirmed_with_its_day(generated: Business, ada: Customer) -> None:
    skips.place(subscription=ada.subscriptions.get(), due_on=D("2026-06-09"), actor=SYSTEM, now=NOON)
    words = said("skip_placed")
    assert words
    assert words["service_date"] == "Tuesday, June 9"


def test_what_was_taken_back_before_the_message_left_is_confirmed_without_visits(
    generated: Business, ada: Customer
) -> None:
    hold, _ = holds.place(customer=ada, start_date=D("2026-06-08"), end_date=D("2026-06-17"), actor=SYSTEM, now=NOON)
    holds.lift(hold=hold, actor=SYSTEM, now=NOON)
    words = said("hold_placed")
    assert words
    assert (words["hold_dates"], words["visits"], words["staying"]) == ("June 8 to 17", "", "")


def a_hold(customer: Customer, first: str = "2026-06-01", last: str = "2026-06-10", actor: Actor = SOMEBODY) -> Hold:
    return holds.place(
        customer=customer, start_date=D(first), end_date=D(last), actor=actor, now=NOON, notes="The neighbor helps."
    )[0]


def test_a_confirmed_hold_says_which_visits_stay(generated: Business, ada: Customer) -> None:
    a_hold(ada)
    words = said("hold_placed")
    assert words
    assert words["staying"] == "Tuesday, June 2, Weekly Bin Cleaning, 8447 West 51st Avenue"
    assert words["visits"] == "Tuesday, June 9, Weekly Bin Cleaning, 8447 West 51st Avenue"


def test_a_changed_hold_is_confirmed_with_the_days_it_has_when_the_message_leaves(
    generated: Business, ada: Customer
) -> None:
    hold = a_hold(ada)
    for last in ("2026-06-24", "2026-06-17"):
        holds.change(hold=hold, start_date=hold.start_date, end_date=D(last), actor=SOMEBODY, now=NOON)
    found = Delivery.objects.filter(address="ada@example.com").select_related("business__branding", "customer")
    words = [compose(row, links.to, NOON) for row in found.order_by("id")]
    assert [row.trigger for row in found.order_by("id")] == ["hold_placed", "hold_changed", "hold_changed"]
    assert [one and one["hold_dates"] for one in words] == ["June 1 to 17"] * 3
    assert words[0]
    assert len(words[0]["visits"].splitlines()) == 2


def test_who_is_back_reads_what_comes_after_all_and_not_what_was_never_stopped(
    generated: Business, ada: Customer
) -> None:
    holds.lift(hold=a_hold(ada, last="2026-06-17"), actor=SOMEBODY, now=NOON)
    words = said("hold_lifted")
    assert words
    assert words["hold_dates"] == "June 1 to 17"
    assert [line.partition(", W")[0] for line in words["visits"].splitlines()] == [
        "Tuesday, June 9",
        "Tuesday, June 16",
    ]


def test_who_is_back_before_a_visit_fell_away_reads_when_we_come_next(generated: Business, ada: Customer) -> None:
    holds.lift(hold=a_hold(ada, "2026-06-03", "2026-06-08"), actor=SOMEBODY, now=NOON)
    words = said("hold_lifted")
    assert words
    assert (words["visits"], words["next_visit"]) == ("", "Tuesday, June 2")


def test_a_hold_that_ended_before_its_message_left_is_confirmed_by_its_days(generated: Business, ada: Customer) -> None:
    hold = a_hold(ada, "2026-06-03", "2026-06-17")
    tuesday_after = NOON + timedelta(days=8)
    holds.lift(hold=hold, actor=SOMEBODY, now=tuesday_after)
    delivery = Delivery.objects.select_related("business__branding", "customer").get(trigger="hold_placed")
    words = compose(delivery, links.to, tuesday_after)
    assert words
    assert words["visits"] == ""


def test_a_skip_taken_back_is_confirmed_as_its_skip_was(generated: Business, ada: Customer) -> None:
    skip, _ = skips.place(subscription=ada.subscriptions.get(), due_on=D("2026-06-09"), actor=SOMEBODY, now=NOON)
    assert said("skip_placed")
    skips.undo(skip=skip, actor=SOMEBODY, now=NOON)
    assert said("skip_placed")
    words = said("skip_undone")
    assert words
    assert (words["service_date"], words["plan_name"]) == ("Tuesday, June 9", "Weekly Bin Cleaning")


# The office


@pytest.fixture
def office(generated: Business) -> Business:
    """It has a mailbox."""
    generated.email = "office@brightbins.example"
    generated.save()
    return generated


def news(language: str = "en-us") -> list[Mapping[str, str]]:
    """What the office reads, in order, in its language; its dashboard is not there yet."""

    def link(*_names: object, **_more: object) -> str:
        return "https://dashboard.example/"

    found = Delivery.objects.filter(trigger="office_schedule").select_related("business__branding", "customer")
    with translation.override(language):
        words = [compose(row, link, NOON) for row in found.order_by("id")]
    assert all(row.address == "office@brightbins.example" for row in found)
    return [one for one in words if one]


def test_the_office_hears_what_customers_arrange_and_not_what_it_does_itself(office: Business, ada: Customer) -> None:
    for actor in (SYSTEM, Actor(ActorKind.STAFF), SOMEBODY):
        holds.lift(hold=a_hold(ada, actor=actor), actor=actor, now=NOON)
        skip, _ = skips.place(subscription=ada.subscriptions.get(), due_on=D("2026-06-09"), actor=actor, now=NOON)
        skips.undo(skip=skip, actor=actor, now=NOON)
    assert [one["what"] for one in news()] == [
        "was going to be away June 1 to 10",
        "is back, and had been away June 1 to 10",
        "does without the visit on Tuesday, June 9",
        "wants the visit on Tuesday, June 9 after all",
    ]
    assert {one["customer_name"] for one in news()} == {"Ada"}
    assert len(told("hold_placed")) == 3


def test_without_a_mailbox_the_office_is_not_told(generated: Business, ada: Customer) -> None:
    a_hold(ada)
    assert told("office_schedule") == []


def test_the_office_reads_what_leaves_its_routes_and_what_stays(office: Business, ada: Customer) -> None:
    a_hold(ada)
    (one,) = news()
    assert one["what"] == "is away June 1 to 10"
    assert one["visits"].startswith("Tuesday, June 9")
    assert one["staying"].startswith("Tuesday, June 2")
    assert one["notes"] == "The neighbor helps."


def test_the_office_reads_what_comes_back_to_its_routes_as_such(office: Business, ada: Customer) -> None:
    holds.lift(hold=a_hold(ada), actor=SOMEBODY, now=NOON)
    skip, _ = skips.place(subscription=ada.subscriptions.get(), due_on=D("2026-06-09"), actor=SOMEBODY, now=NOON)
    skips.undo(skip=skip, actor=SOMEBODY, now=NOON)
    placed, lifted, skipped, undone = news()
    assert not {"visits", "staying"} & placed.keys()  # it is over: nothing stays because it was too late
    assert lifted["back"].startswith("Tuesday, June 9")
    assert (skipped["visits"], undone["back"]) == ("Weekly Bin Cleaning, 8447 West 51st Avenue",) * 2
    assert not {"visits", "staying"} & undone.keys()


def test_the_office_reads_days_in_its_own_language(office: Business, ada: Customer) -> None:
    office.locale = "es-US"
    office.save()
    ada.language = "en"
    ada.save()
    a_hold(Customer.objects.get(pk=ada.pk))
    assert Delivery.objects.get(trigger="office_schedule").language == "es"
    (one,) = news("es-us")
    assert "martes 9 de junio" in one["visits"]


def test_who_was_told_of_a_day_off_that_was_taken_back_still_hears_of_a_visit_that_failed(
    generated: Business, ada: Customer
) -> None:
    flood, _ = blackouts.add(business=generated, date=TUESDAY, name="Flood", effect=Effect.SKIP, actor=SYSTEM, now=NOON)
    blackouts.remove(blackout=flood, actor=SYSTEM, now=NOON)
    routes.dispatch(route=route_on(), actor=SYSTEM, now=NOON)
    gate = "The gate was locked."
    stops.skip(stop=stop_of(ada), category=Stop.SkipCategory.NO_ACCESS, reason=gate, actor=SYSTEM, now=NOON)
    found = Delivery.objects.filter(trigger="service_skipped", address="ada@example.com").order_by("id")
    words = [compose(row, links.to, NOON) for row in found.select_related("business__branding", "customer")]
    assert [one and one["reason"] for one in words] == [None, gate]
