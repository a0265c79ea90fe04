"""A hold is made longer, shorter, moved and lifted; its visits follow. The rule: docs/rules/holds.md."""

from datetime import date, timedelta

import pytest

from nextroute.audit.models import Entry
from nextroute.core.actors import SYSTEM, Actor, ActorKind
from nextroute.customers.models import Customer, Pause
from nextroute.scheduling import blackouts, holds, locks, reconcile, routes, skips, times_away, visits
from nextroute.scheduling.calendar import Effect, Reason
from nextroute.scheduling.hold_limits import HoldRefused
from nextroute.scheduling.models import Hold, Route
from nextroute.scheduling.outlook import Outlook, Why
from nextroute.tenancy.businesses import Business
from nextroute.tenancy.permissions import NotPermitted
from tests.cast import NOON, D, days
from tests.doors import SOMEBODY

TODAY = D("2026-06-01")
STAFF = Actor(ActorKind.STAFF)


@pytest.fixture(autouse=True)
def _generated(bright: Business, ada: Customer) -> None:
    reconcile.reconcile(bright, TODAY, D("2026-06-30"), today=TODAY)


@pytest.fixture
def hold(ada: Customer) -> Hold:
    """June 8 to 17, without the visits of June 9 and 16."""
    return place(ada, "2026-06-08", "2026-06-17")


def place(customer: Customer, first: str, last: str, actor: Actor = SOMEBODY) -> Hold:
    return holds.place(customer=customer, start_date=D(first), end_date=D(last), actor=actor, now=NOON)[0]


def change(hold: Hold, first: str, last: str, actor: Actor = SOMEBODY, *, on: str = "2026-06-01") -> Outlook:
    now = NOON + (D(on) - TODAY)
    return holds.change(hold=hold, start_date=D(first), end_date=D(last), actor=actor, now=now)[1]


def lift(hold: Hold, actor: Actor = SOMEBODY, *, on: str = "2026-06-01") -> Outlook:
    return holds.lift(hold=hold, actor=actor, now=NOON + (D(on) - TODAY))[1]


def refused(hold: Hold, first: str, last: str, actor: Actor = SOMEBODY, *, on: str = "2026-06-01") -> HoldRefused:
    """Why; nothing is changed."""
    before = rows(), days(hold.customer)
    with pytest.raises(HoldRefused) as refusal:
        change(hold, first, last, actor, on=on)
    assert (rows(), days(hold.customer)) == before
    return refusal.value


def rows() -> list[tuple[str, str, str]]:
    """First day, first day in effect and last day of all that stand."""
    found = Hold.objects.filter(lifted_at=None).order_by("start_date")
    return [(short(one.start_date), short(one.effective_from), short(one.end_date)) for one in found]


def short(day: date) -> str:
    return day.isoformat()[5:]


def away(found: Outlook) -> list[str]:
    return [short(line.visit.day) for line in found.away]


def coming(found: Outlook) -> list[str]:
    return [short(line.visit.day) for line in found.coming]


def stays(found: Outlook) -> list[tuple[str, Why]]:
    return [(short(one.visit.day), one.why) for one in found.stays]


def reasons(customer: Customer, first: str, last: str) -> list[Reason | None]:
    customer.business.refresh_from_db()
    return [one.reason for one in visits.between(customer, D(first), D(last), today=TODAY)]


# Longer


def test_more_days_at_the_end_are_a_row_that_continues_it(hold: Hold, ada: Customer) -> None:
    found = change(hold, "2026-06-08", "2026-06-24")
    assert (away(found), coming(found), stays(found)) == (["06-23"], [], [])
    assert rows() == [("06-08", "06-08", "06-17"), ("06-18", "06-18", "06-24")]
    assert Hold.objects.get(start_date=D("2026-06-18")).continues == hold
    assert days(ada) == ["2026-06-02", "2026-06-30"]


def test_added_days_have_their_own_notice(hold: Hold) -> None:
    found = change(hold, "2026-06-08", "2026-06-24", on="2026-06-17")
    assert rows()[1] == ("06-18", "06-19", "06-24")
    assert (away(found), stays(found)) == (["06-23"], [])
    ada = hold.customer
    ada.business.hold_notice_hours = 24 * 7
    found = change(hold, "2026-06-08", "2026-07-05", on="2026-06-23")
    assert rows()[2] == ("06-25", "07-01", "07-05")
    assert (away(found), stays(found)) == ([], [("06-30", Why.NOTICE)])


def test_it_is_not_made_longer_when_none_of_the_added_days_remains(hold: Hold) -> None:
    refusal = refused(hold, "2026-06-08", "2026-06-18", on="2026-06-17")
    assert refusal.field == "end_date"
    assert "Friday, June 19" in refusal.sentence


def test_what_was_made_longer_twice_is_shown_and_limited_as_one(hold: Hold, ada: Customer) -> None:
    change(hold, "2026-06-08", "2026-06-24")
    change(Hold.objects.get(start_date=D("2026-06-18")), "2026-06-08", "2026-07-01")  # by its last part, too
    assert len(rows()) == 3
    held = [one for one in visits.between(ada, TODAY, D("2026-07-31"), today=TODAY) if one.reason is Reason.HOLD]
    assert [short(one.day) for one in held] == ["06-09", "06-16", "06-23", "06-30"]
    assert {(one.hold, one.hold_id) for one in held} == {((D("2026-06-08"), D("2026-07-01")), hold.pk)}
    ada.business.hold_max_days = 24
    assert refused(hold, "2026-06-08", "2026-07-02").field == "end_date"


def test_it_is_made_shorter_into_its_first_part_and_longer_again(hold: Hold, ada: Customer) -> None:
    change(hold, "2026-06-08", "2026-06-24")
    change(hold, "2026-06-08", "2026-07-01")
    found = change(hold, "2026-06-08", "2026-06-14")
    assert coming(found) == ["06-16", "06-23", "06-30"]
    assert found.next_day == D("2026-06-16")
    assert rows() == [("06-08", "06-08", "06-14")]
    assert away(change(hold, "2026-06-08", "2026-06-16")) == ["06-16"]
    assert days(ada) == ["2026-06-02", "2026-06-23", "2026-06-30"]


def test_it_does_not_grow_into_another_one(hold: Hold, ada: Customer) -> None:
    place(ada, "2026-06-22", "2026-06-25")
    assert refused(hold, "2026-06-08", "2026-06-22").field == "start_date"
    change(hold, "2026-06-08", "2026-06-21")


def test_the_days_it_has_are_no_change(hold: Hold) -> None:
    assert "June 8 to 17" in refused(hold, "2026-06-08", "2026-06-17").sentence


# Its first day


def test_before_it_begins_it_may_begin_earlier(hold: Hold) -> None:
    found = change(hold, "2026-06-01", "2026-06-17")
    assert rows() == [("06-01", "06-03", "06-17")]
    assert (away(found), stays(found)) == ([], [("06-02", Why.NOTICE)])


def test_what_was_held_in_time_stays_held_when_it_begins_earlier(hold: Hold, ada: Customer) -> None:
    """On the 7th the 9th is too near for a new hold; this one was placed long before."""
    found = change(hold, "2026-06-07", "2026-06-17", STAFF, on="2026-06-06")
    assert rows() == [("06-07", "06-07", "06-17")]
    assert (away(found), coming(found), stays(found)) == ([], [], [])
    change(hold, "2026-06-08", "2026-06-17", on="2026-06-06")
    change(hold, "2026-06-06", "2026-06-17", on="2026-06-06")
    assert rows() == [("06-06", "06-08", "06-17")]
    assert "2026-06-09" not in days(ada)


def test_before_it_begins_it_may_begin_later(hold: Hold) -> None:
    found = change(hold, "2026-06-10", "2026-06-17")
    assert rows() == [("06-10", "06-10", "06-17")]
    assert (coming(found), stays(found)) == (["06-09"], [])


def test_it_may_begin_later_and_end_earlier_at_once(hold: Hold) -> None:
    found = change(hold, "2026-06-10", "2026-06-12")
    assert rows() == [("06-10", "06-10", "06-12")]
    assert (coming(found), stays(found)) == (["06-09", "06-16"], [])


def test_it_is_not_moved_to_days_that_are_all_too_near(hold: Hold) -> None:
    refusal = refused(hold, "2026-06-02", "2026-06-02")
    assert (refusal.field, "Wednesday, June 3" in refusal.sentence) == ("end_date", True)


def test_other_days_altogether_are_a_new_hold(hold: Hold) -> None:
    assert refused(hold, "2026-06-18", "2026-06-20").field == "start_date"


def test_it_begins_today_at_the_earliest(hold: Hold) -> None:
    assert refused(hold, "2026-05-31", "2026-06-17").field == "start_date"


@pytest.mark.parametrize("today", ["2026-06-08", "2026-06-12", "2026-06-17"])
def test_once_it_has_begun_its_first_day_stays(hold: Hold, today: str) -> None:
    for first in ("2026-06-07", "2026-06-09"):
        assert refused(hold, first, "2026-06-17", STAFF, on=today).field == "start_date"


# Shorter, and back


@pytest.mark.parametrize(
    ("on", "back", "left"),
    [
        ("2026-06-01", ["06-09", "06-16"], []),  # before it begins
        ("2026-06-08", ["06-09", "06-16"], []),  # on its first day
        ("2026-06-09", ["06-09", "06-16"], [("06-08", "06-08", "06-08")]),  # on a day of service: at once
        ("2026-06-12", ["06-16"], [("06-08", "06-08", "06-11")]),
        ("2026-06-17", [], [("06-08", "06-08", "06-16")]),  # on its last day
    ],
)
def test_who_is_back_is_served_at_once_without_notice(
    hold: Hold, on: str, back: list[str], left: list[tuple[str, str, str]]
) -> None:
    found = lift(hold, on=on)
    assert (coming(found), away(found), stays(found)) == (back, [], [])
    assert rows() == left


def test_what_is_over_or_lifted_cannot_be_lifted_or_changed(hold: Hold) -> None:
    with pytest.raises(HoldRefused):
        lift(hold, on="2026-06-18")
    refused(hold, "2026-06-08", "2026-06-20", on="2026-06-18")
    lift(hold, on="2026-06-10")
    with pytest.raises(HoldRefused):
        lift(hold, on="2026-06-10")
    refused(hold, "2026-06-08", "2026-06-20", on="2026-06-10")


def test_the_next_visit_of_who_is_back_may_be_the_next_one(hold: Hold) -> None:
    assert lift(hold, on="2026-06-08").next_day == D("2026-06-09")


def test_ending_it_yesterday_is_being_back(hold: Hold, ada: Customer) -> None:
    found = change(hold, "2026-06-08", "2026-06-11", on="2026-06-12")
    assert coming(found) == ["06-16"]
    assert rows() == [("06-08", "06-08", "06-11")]
    lifted = [entry for entry in ada_trail(ada) if entry == "hold.lifted"]
    assert len(lifted) == 1


def test_ending_it_before_it_takes_effect_is_being_back(ada: Customer) -> None:
    ada.business.hold_notice_hours = 24 * 7
    hold = place(ada, "2026-06-01", "2026-06-17")  # takes effect on the 9th
    assert coming(change(hold, "2026-06-01", "2026-06-05", on="2026-06-02")) == ["06-09", "06-16"]
    assert rows() == []
    assert ada_trail(ada)[-1] == "hold.lifted"


def test_before_it_begins_a_day_must_remain(ada: Customer) -> None:
    ada.business.hold_notice_hours = 24 * 7
    hold = place(ada, "2026-06-08", "2026-06-17")
    assert refused(hold, "2026-06-08", "2026-06-08").field == "end_date"


def test_it_does_not_end_before_yesterday(hold: Hold) -> None:
    assert refused(hold, "2026-06-08", "2026-06-09", on="2026-06-12").field == "end_date"


def test_who_comes_home_early_may_have_been_away_for_less_than_the_least(hold: Hold, ada: Customer) -> None:
    ada.business.hold_min_days = 7
    assert refused(hold, "2026-06-08", "2026-06-10").field == "end_date"
    change(hold, "2026-06-08", "2026-06-10", on="2026-06-09")
    assert rows() == [("06-08", "06-08", "06-10")]


def ada_trail(ada: Customer) -> list[str]:
    return list(Entry.objects.filter(customer_id=ada.pk).order_by("id").values_list("verb", flat=True))


# Who


def test_where_the_office_is_asked_a_customer_may_have_fewer_days_and_not_more(hold: Hold, ada: Customer) -> None:
    ada.business.hold_mode = "approval"
    for first, last in (("2026-06-08", "2026-06-18"), ("2026-06-05", "2026-06-12")):
        with pytest.raises(NotPermitted):
            change(hold, first, last)
    change(hold, "2026-06-08", "2026-06-16")
    change(hold, "2026-06-08", "2026-06-18", STAFF)
    lift(hold)


def test_where_holds_are_off_only_staff_change_them(hold: Hold, ada: Customer) -> None:
    ada.business.hold_mode = "off"
    with pytest.raises(NotPermitted):
        change(hold, "2026-06-08", "2026-06-16")
    with pytest.raises(NotPermitted):
        lift(hold)
    lift(hold, STAFF)


# What else keeps visits away


def test_lifting_leaves_what_another_reason_keeps_away(hold: Hold, ada: Customer, bright: Business) -> None:
    subscription = ada.subscriptions.get()
    lift(hold)
    skips.place(subscription=subscription, due_on=D("2026-06-09"), actor=SOMEBODY, now=NOON)
    blackouts.add(business=bright, date=D("2026-06-23"), name="Off", effect=Effect.SKIP, actor=SYSTEM, now=NOON)
    again = place(ada, "2026-06-08", "2026-07-10")
    Pause.objects.create(business=bright, customer=ada, first_day=D("2026-07-01"))
    locks.schedule_of(ada)
    reconcile.reconcile(bright, TODAY, D("2026-07-10"), today=TODAY, customers=[ada])
    assert coming(lift(again)) == ["06-16", "06-30"]
    expected = [Reason.SKIP, None, Reason.HOLIDAY, None, Reason.PAUSED]
    assert reasons(ada, "2026-06-08", "2026-07-10") == expected


def test_lifting_one_of_two_holds_leaves_the_other(hold: Hold, ada: Customer) -> None:
    own = holds.place(
        customer=ada,
        property=ada.properties.get(),
        start_date=D("2026-06-15"),
        end_date=D("2026-06-24"),
        actor=SOMEBODY,
        now=NOON,
    )[0]
    assert coming(lift(hold)) == ["06-09"]
    assert coming(lift(own)) == ["06-16", "06-23"]


def test_a_visit_does_not_come_back_to_a_day_that_is_settled(hold: Hold, ada: Customer, eve: Customer) -> None:
    bright = ada.business
    reconcile.reconcile(bright, TODAY, D("2026-06-30"), today=TODAY)
    routes.dispatch(route=Route.objects.get(date=D("2026-06-09")), actor=SYSTEM, now=NOON)
    found = lift(hold)
    assert (coming(found), stays(found)) == (["06-16"], [])
    assert reasons(ada, "2026-06-09", "2026-06-16") == [Reason.OFFICE, None]


def test_a_visit_of_a_day_whose_routes_were_made_in_the_meantime_is_inserted(ada: Customer, bright: Business) -> None:
    hold = place(ada, "2026-07-06", "2026-07-15")
    reconcile.reconcile(bright, TODAY, D("2026-07-20"), today=TODAY)
    found = lift(hold, on="2026-06-20")
    assert (coming(found), found.change.inserted) == (["07-07", "07-14"], 2)
    assert days(ada)[-2:] == ["2026-07-07", "2026-07-14"]


def test_a_part_leads_to_the_whole_time_away_and_to_nobody_elses(hold: Hold, ada: Customer, eve: Customer) -> None:
    change(hold, "2026-06-08", "2026-06-24")
    part = Hold.objects.get(start_date=D("2026-06-18"))
    for key in (part.pk, hold.pk):
        away = times_away.find(ada, key)
        assert away
        assert (away.hold, away.first, away.last) == (hold, D("2026-06-08"), D("2026-06-24"))
        assert times_away.coming(ada, TODAY) == [away]
    assert times_away.find(eve, hold.pk) is None
    assert times_away.coming(eve, TODAY) == times_away.coming(ada, D("2026-06-25")) == []


def test_what_was_lifted_may_be_placed_again(hold: Hold, ada: Customer) -> None:
    lift(hold, on="2026-06-12")
    assert place_on(ada, "2026-06-12", "2026-06-17", "2026-06-12") == ["06-16"]


def place_on(customer: Customer, first: str, last: str, on: str) -> list[str]:
    now = NOON + timedelta(days=(D(on) - TODAY).days)
    return away(holds.place(customer=customer, start_date=D(first), end_date=D(last), actor=SOMEBODY, now=now)[1])
