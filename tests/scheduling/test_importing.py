"""Importing a folder, all or nothing, any number of times. The rule: docs/rules/importing.md."""

import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nextroute.audit.models import Entry
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer, Property
from nextroute.customers.properties import normalised_address
from nextroute.scheduling import importing
from nextroute.scheduling.models import MasterRoute, MasterStop, Plan, Stop, Subscription, Zone
from nextroute.scheduling.reconcile import reconcile
from nextroute.tenancy.businesses import Business
from tests.cast import D
from tests.exports import NOW, PLANS, SLUG, TODAY, Export, a_plan, a_row, a_zone, contents, counts, found

pytestmark = pytest.mark.django_db

DEMO = Path(__file__).parents[2] / "demo"
TOMORROW = TODAY + timedelta(days=1)
NOTHING = (0, 0)


@pytest.fixture
def export(tmp_path: Path) -> Export:
    return Export(tmp_path)


def subscriptions() -> list[tuple[str, date, date | None]]:
    with scope.business(found().id):
        rows = Subscription.objects.order_by("starts_on", "plan__code").select_related("plan")
        return [(row.plan.code, row.starts_on, row.ends_on) for row in rows]


def places() -> list[tuple[str, int, str]]:
    """Customer, weekday and status of every master stop on an active master route."""
    with scope.business(found().id):
        rows = MasterStop.objects.filter(master_route__active=True).select_related("customer")
        return sorted((row.customer.ref, row.weekday, row.status) for row in rows)


# --- Whole exports -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "slug", "expected"),
    [
        (
            "arvada",
            "bright-bins",
            {
                "business": 1, "plans": 8, "zones": 6, "customers": 146, "pauses": 2, "properties": 189, "logins": 140,
                "accesses": 141, "subscriptions": 189, "master routes": 6, "master stops": 181,
            },
        ),
        (
            "manchester",
            "silk-city-cans",
            {
                "business": 1, "plans": 8, "zones": 2, "customers": 154, "pauses": 2, "properties": 191, "logins": 149,
                "accesses": 149, "subscriptions": 191, "master routes": 2, "master stops": 182,
            },
        ),
    ],
)  # fmt: skip
def test_an_operators_export_is_imported_once_and_importing_again_changes_nothing(
    folder: str, slug: str, expected: dict[str, int]
) -> None:
    for today in (TODAY, TODAY, TODAY + timedelta(days=30)):
        report = importing.import_folder(
            DEMO / folder, slug=slug, today=today, now=NOW, actor=SYSTEM, progress=lambda _, __: None
        )
        if today == TODAY and not report.counts["business"].unchanged:
            assert counts(report) == {noun: (count, 0, 0, 0) for noun, count in expected.items()}
            written = contents(slug)
        assert (report.warnings.total, report.absent.total) == NOTHING
    assert not report.changed_anything
    assert contents(slug) == written


def test_an_import_leaves_one_entry_with_its_counts(export: Export) -> None:
    export.load()
    with scope.business(found().id):
        entry = Entry.objects.get(verb=Verb.CUSTOMERS_IMPORTED)
    assert entry.counts["customers created"] == 1


def test_both_exports_live_side_by_side() -> None:
    for folder, slug in (("arvada", "bright-bins"), ("manchester", "silk-city-cans")):
        importing.import_folder(
            DEMO / folder, slug=slug, today=None, now=NOW, actor=SYSTEM, progress=lambda _, __: None
        )
    arvada = contents("bright-bins")
    assert len(arvada["customers_customer"]) == 146
    assert len(contents("silk-city-cans")["customers_customer"]) == 154
    with scope.business(found("bright-bins").id):
        status = Counter(one.billing_status(TODAY).value for one in Customer.objects.prefetch_related("pauses"))
        assert status == {"active": 134, "canceled": 8, "paused": 2, "pending": 2}
        for route in MasterRoute.objects.all():
            sequences = route.stops.order_by("sequence").values_list("sequence", flat=True)
            assert list(sequences) == list(range(1, len(sequences) + 1))


def test_an_export_of_another_business_is_refused(export: Export) -> None:
    shutil.copy(DEMO / "manchester" / "business.csv", export.folder)
    fault = "business.csv line 2, column slug: “silk-city-cans” - expected bright-bins, the business to import into"
    assert export.faults() == [fault]


def test_today_is_the_business_s_own_when_none_is_given(export: Export) -> None:
    export.business(timezone="Pacific/Kiritimati")  # NOW is the next morning there
    export.load(today=None)
    with scope.business(found().id):
        assert Customer.objects.get().activated_on == TOMORROW


def test_progress_grows_to_its_end(export: Export) -> None:
    told: list[tuple[int, int]] = []
    importing.import_folder(
        export.folder, slug=SLUG, today=TODAY, now=NOW, actor=SYSTEM, progress=lambda *step: told.append(step)
    )
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] > 0


def test_a_report_reads_as_text(export: Export) -> None:
    export.load()
    export.rows(a_row(customer_ref="C2"), a_row(customer_ref="C2", address1="1 Main St", first_name="Adah"))
    text = str(export.load())
    assert "customers: 1 created\n" in text
    assert "subscriptions: 2 created\n" in text
    assert text.endswith(
        "Not taken as they stand (1):\n"
        "customers.csv line 3, column first_name: “Adah” - differs from line 2 (“Ada”), which counts\n\n"
        "Not in the files, and left as they are (1):\n"
        "customer C1"
    )


# --- Business, plans, zones --------------------------------------------------------------------------


def test_a_business_that_exists_needs_only_customers(export: Export) -> None:
    export.load()
    export.drop("business.csv", "plans.csv", "zones.csv")
    export.rows(a_row(), a_row(customer_ref="C2", plan="monthly", postal_code="80003"))
    report = export.load()
    assert counts(report)["customers"] == (1, 0, 1, 0)
    assert (report.warnings.total, report.absent.total) == NOTHING


def test_settings_follow_the_file_but_for_its_empty_cells(export: Export) -> None:
    export.load()
    export.business(payment_terms_days="30", default_tax_rate="", phone="")
    assert counts(export.load())["business"] == (0, 1, 0, 0)
    business = found()
    assert (business.payment_terms_days, str(business.default_tax_rate), business.phone) == (30, "8.250", "")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"slug": "Bright Bins"}, "slug: “Bright Bins” - expected bright-bins, the business to import into"),
        ({"timezone": ""}, "timezone: “” - expected a value that is accepted (This field cannot be blank)"),
        ({"name": ""}, "name: “” - expected a value that is accepted (This field cannot be blank)"),
        (
            {"locale": "fr-FR"},
            "locale: “fr-FR” - expected a value that is accepted (Value 'fr-FR' is not a valid choice)",
        ),
        ({"phone": "5550142"}, "phone: “5550142” - expected an international number, such as +13035550142"),
        ({"primary_color": "teal"}, "primary_color: “teal” - expected a colour such as #0e7490"),
        ({"working_days": "daily"}, "working_days: “daily” - expected weekdays such as mon-fri or mon,wed,fri"),
    ],
)
def test_a_bad_setting_is_named(export: Export, changes: dict[str, str], fault: str) -> None:
    export.business(**changes)
    assert export.faults() == [f"business.csv line 2, column {fault}"]


def test_settings_that_contradict_each_other_are_refused(export: Export) -> None:
    export.business(hold_min_days="9", hold_max_days="3")
    assert export.faults() == [
        "business.csv line 2: expected a value that is accepted (hold_max_days must be at least hold_min_days)"
    ]


def test_a_slug_that_is_none_is_refused(export: Export) -> None:
    export.slug = "Bright_Bins"
    export.business(slug="Bright_Bins")
    assert export.faults() == [
        "business.csv line 2, column slug: “Bright_Bins” - expected small letters, digits and single hyphens"
    ]


def test_a_folder_is_one_business(export: Export) -> None:
    with (export.folder / "business.csv").open("a") as file:
        file.write((export.folder / "business.csv").read_text().splitlines()[1] + "\n")
    assert export.faults() == [
        "business.csv line 3, column slug: “bright-bins” - expected no second row: a folder is one business"
    ]
    export.text("business.csv", "slug,name,timezone\n")
    assert export.faults() == ["business.csv: expected one row below the header"]


CENTS = "a whole number from 0 to 1,000,000,000,000"
FREQUENCY = "weekly, biweekly, monthly, quarterly, annually, seasonal or one_time"
NOT_RECURRING = "one_time for a plan that is not recurring, and no other frequency"
MONTHS = "months, such as 4-10, 11-3 or 4,6,8"
PERCENT = "percent from 0 to 100, with at most three decimals"


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("name", "", "a text"),
        ("plan_type", "weekly", "recurring, one_time or addon"),
        ("frequency", "daily", FREQUENCY),
        ("frequency", "one_time", NOT_RECURRING),
        ("frequency", "", FREQUENCY),
        ("price_cents", "12.50", CENTS),
        ("price_cents", "", CENTS),
        ("setup_fee_cents", "-1", CENTS),
        ("billing_mode", "monthly", "per_visit or flat"),
        ("visibility", "all", "public, portal or internal"),
        ("season_months", "0-13", MONTHS),
        ("tax_rate", "8,25", PERCENT),
        ("tax_rate", "8.2555", PERCENT),
        ("tax_rate", "NaN", PERCENT),
        ("sort_order", "first", "a whole number from -1,000,000 to 1,000,000"),
    ],
)
def test_a_bad_plan_is_named_and_rows_on_it_are_not_blamed(
    export: Export, column: str, value: str, expected: str
) -> None:
    export.plans(a_plan(**{"frequency": "weekly", "tax_rate": "", "sort_order": "", column: value}))
    assert export.faults() == [f"plans.csv line 2, column {column}: “{value}” - expected {expected}"]


def test_what_of_a_plan_must_fit_together(export: Export) -> None:
    export.plans(
        a_plan(), a_plan("clean", frequency="weekly", plan_type="addon"), a_plan("summer", frequency="seasonal")
    )
    assert export.faults() == [
        f"plans.csv line 3, column frequency: “weekly” - expected {NOT_RECURRING}",
        f"plans.csv line 4, column season_months: “” - expected {MONTHS}",
    ]


def test_files_without_rows_are_faults_when_nothing_is_there_yet(export: Export) -> None:
    for file in ("plans.csv", "zones.csv"):
        export.text(file, (export.folder / file).read_text().splitlines()[0])
    assert export.faults() == [
        "plans.csv: expected a plan below the header",
        "zones.csv: expected a zone below the header",
    ]


def test_plans_are_known_by_their_code_and_follow_the_file(export: Export) -> None:
    export.load()
    export.plans(a_plan(price_cents="1300"), *PLANS[1:4])
    report = export.load()
    assert counts(report)["plans"] == (0, 1, 3, 0)
    assert report.absent.listed == ["plan one-time"]
    with scope.business(found().id):
        assert Plan.objects.get(code="weekly").price_cents == 1300
        assert list(Plan.objects.order_by("sort_order").values_list("code", flat=True)) == [p["code"] for p in PLANS]
        assert Plan.objects.get(code="seasonal").season_months == [4, 5, 6, 7, 8, 9, 10]


def test_a_code_twice_is_a_fault(export: Export) -> None:
    export.plans(a_plan(), a_plan(price_cents="1"))
    assert export.faults() == ["plans.csv line 3, column code: “weekly” - expected each code once; line 2 has it"]


def test_what_a_frequency_does_not_use_is_left_out_with_a_warning(export: Export) -> None:
    export.plans(a_plan(season_months="4-10"))
    export.rows(a_row(week_parity="A", month_week="2nd"))
    assert [str(warning) for warning in export.load().warnings.listed] == [
        "plans.csv line 2, column season_months: “4-10” - is not used by this frequency, and left out",
        "customers.csv line 2, column week_parity: “A” - is not used by the plan weekly, and left out",
        "customers.csv line 2, column month_week: “2nd” - is not used by the plan weekly, and left out",
    ]
    with scope.business(found().id):
        assert list(Subscription.objects.values_list("week_parity", "month_week")) == [(None, None)]


def test_a_plan_may_not_become_one_its_subscriptions_cannot_be_on(export: Export) -> None:
    export.rows(a_row(), a_row(customer_ref="C2"))
    export.load()
    before = contents()
    export.plans(a_plan(frequency="biweekly"), *PLANS[1:])
    export.rows(a_row(week_parity="A"))
    assert export.faults() == [
        "plans.csv line 2, column frequency: “biweekly” - expected what it was: customers.csv has no row for 1 "
        "of the subscriptions on this plan"
    ]
    assert contents() == before
    export.rows(a_row(week_parity="A"), a_row(customer_ref="C2", week_parity="B"))
    assert counts(export.load())["subscriptions"] == (0, 2, 0, 0)


CODES = "postal codes, such as 80002 or 80002;80003"
DAY_OF_WEEK = "monday, tuesday, wednesday, thursday, friday, saturday or sunday"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": ""}, "name: “” - expected a text"),
        ({"name": "North"}, "name: “North” - expected each zone once; line 2 has it"),
        ({"zip_codes": ""}, f"zip_codes: “” - expected {CODES}"),
        ({"zip_codes": "80002/3"}, f"zip_codes: “80002/3” - expected {CODES}"),
        ({"zip_codes": "80002"}, "zip_codes: “80002” - expected postal codes of no other zone; North has 80002"),
        ({"day_of_week": "mon"}, f"day_of_week: “mon” - expected {DAY_OF_WEEK}"),
    ],
)  # fmt: skip
def test_a_bad_zone_is_named(export: Export, changes: dict[str, str], fault: str) -> None:
    export.zones(a_zone(), a_zone("South", "80003") | changes)
    assert export.faults() == [f"zones.csv line 3, column {fault}"]


def test_a_zone_the_file_does_not_name_keeps_its_postal_codes(export: Export) -> None:
    export.load()
    export.zones(a_zone("South", "80003", "tuesday"))
    report = export.load()
    assert report.absent.listed == ["zone North"]
    export.zones(a_zone("Middle", "80002"))
    assert export.faults() == [
        "zones.csv line 2, column zip_codes: “80002” - expected postal codes of no other zone; North has 80002"
    ]


@pytest.mark.parametrize("codes", ["80002 80003", "80002,80003", "80002; 80003", "80003|80002|80003"])
def test_a_zone_may_have_several_postal_codes(export: Export, codes: str) -> None:
    export.zones(a_zone("All", codes, "Friday"))
    export.rows(a_row(), a_row(postal_code="80003"))
    export.load()
    assert places() == [("C1", 5, "approved")] * 2


# --- Subscriptions -----------------------------------------------------------------------------------


def test_rows_of_one_property_are_its_subscriptions(export: Export) -> None:
    export.rows(
        a_row(),
        a_row(plan="biweekly", week_parity="B", starts_on="2024-01-01"),
        a_row(plan="monthly", month_week="last", starts_on="2026-12-01"),
    )
    export.load()
    assert subscriptions() == [
        ("weekly", D("2023-03-10"), None),
        ("biweekly", D("2024-01-01"), None),
        ("monthly", D("2026-12-01"), None),
    ]


def test_the_same_plan_twice_on_a_property_is_a_fault(export: Export) -> None:
    export.rows(a_row(), a_row(address1="8447 West 51st Ave."), a_row(customer_ref="C2"), a_row(bins="0"))
    assert export.faults() == [
        "customers.csv line 3, column plan: “weekly” - expected each plan once on a property; line 2 has it",
        "customers.csv line 5, column bins: “0” - expected a whole number from 1 to 99",
        "customers.csv line 5, column plan: “weekly” - expected each plan once on a property; line 2 has it",
    ]


def test_another_plan_is_a_plan_change_from_tomorrow(export: Export) -> None:
    export.load()
    export.rows(a_row(plan="monthly"))
    report = export.load()
    assert counts(report)["subscriptions"] == (1, 0, 0, 1)
    assert subscriptions() == [("weekly", D("2023-03-10"), TODAY), ("monthly", TOMORROW, None)]
    assert (report.warnings.total, report.absent.total) == NOTHING
    for day in (TODAY, TOMORROW, TODAY + timedelta(days=40)):
        assert not export.load(day).changed_anything


def test_a_plan_change_may_begin_later(export: Export) -> None:
    export.load()
    export.rows(a_row(plan="monthly", starts_on="2026-09-01"))
    export.load()
    assert subscriptions() == [("weekly", D("2023-03-10"), TODAY), ("monthly", D("2026-09-01"), None)]


def test_left_over_rows_and_subscriptions_pair_in_order(export: Export) -> None:
    export.rows(
        a_row(starts_on="2023-01-01"),
        a_row(plan="monthly", starts_on="2024-01-01"),
        a_row(plan="seasonal", starts_on="2025-01-01"),
    )
    export.load()
    export.rows(a_row(plan="biweekly", week_parity="A"), a_row(plan="monthly"))
    report = export.load()
    assert counts(report)["subscriptions"] == (1, 0, 1, 1)
    assert report.absent.listed == ["subscription C1, 8447 West 51st Avenue, seasonal"]
    assert subscriptions() == [
        ("weekly", D("2023-01-01"), TODAY),
        ("monthly", D("2024-01-01"), None),
        ("seasonal", D("2025-01-01"), None),
        ("biweekly", TOMORROW, None),
    ]


def test_more_rows_than_subscriptions_are_new_ones(export: Export) -> None:
    export.load()
    export.rows(a_row(plan="monthly"), a_row(plan="seasonal", starts_on="2024-01-01"))
    export.load()
    assert subscriptions() == [
        ("weekly", D("2023-03-10"), TODAY),
        ("seasonal", D("2024-01-01"), None),
        ("monthly", TOMORROW, None),
    ]


def test_a_plan_change_taken_back_the_same_day_leaves_one_subscription_running(export: Export) -> None:
    export.load()
    export.rows(a_row(plan="monthly"))
    export.load()
    export.rows(a_row())
    export.load()
    assert subscriptions() == [
        ("weekly", D("2023-03-10"), TODAY),
        ("monthly", TOMORROW, TODAY),
        ("weekly", TOMORROW, None),
    ]
    assert not export.load().changed_anything


def test_a_subscription_that_has_not_begun_ends_before_it_begins(export: Export) -> None:
    export.rows(a_row(starts_on="2026-12-01"))
    export.load()
    export.rows(a_row(plan="monthly", starts_on="2026-12-01"))
    export.load()
    assert subscriptions() == [("monthly", D("2026-12-01"), None), ("weekly", D("2026-12-01"), D("2026-11-30"))]
    report = export.load()
    assert not report.changed_anything
    assert report.absent.total == 0


@pytest.mark.parametrize(
    ("before", "after", "now"),
    [
        ("2026-09-01", "2026-10-01", "2026-10-01"),  # still ahead: moved
        ("2026-09-01", "2026-06-01", "2026-09-01"),
        ("2026-06-01", "2026-09-01", "2026-06-01"),  # history
        ("2026-06-01", "2025-06-01", "2026-06-01"),
    ],
)
def test_only_a_start_still_ahead_can_be_moved(export: Export, before: str, after: str, now: str) -> None:
    export.rows(a_row(starts_on=before))
    export.load()
    export.rows(a_row(starts_on=after))
    export.load()
    assert subscriptions() == [("weekly", D(now), None)]


def test_changed_day_rules_update_the_subscription(export: Export) -> None:
    export.rows(a_row(plan="biweekly", week_parity="A"))
    export.load()
    export.rows(a_row(plan="biweekly", week_parity="B"))
    assert counts(export.load())["subscriptions"] == (0, 1, 0, 0)


def test_an_end_still_ahead_stays_and_one_that_passed_begins_anew_both_with_a_warning(export: Export) -> None:
    export.load()
    with scope.business(found().id):
        Subscription.objects.update(ends_on=D("2026-07-20"))
    report = export.load()
    assert [str(w) for w in report.warnings.listed] == [
        "customers.csv line 2, column plan: its subscription ends on 2026-07-20, and the import leaves it so"
    ]
    assert not report.changed_anything
    report = export.load(D("2026-07-20"))
    assert [str(w) for w in report.warnings.listed] == [
        "customers.csv line 2, column plan: its subscription had ended; a new one begins on 2026-07-21"
    ]
    assert subscriptions() == [
        ("weekly", D("2023-03-10"), D("2026-07-20")),
        ("weekly", D("2026-07-21"), None),
    ]


def test_absent_rows_are_reported_and_nothing_is_deleted(export: Export) -> None:
    export.rows(a_row(), a_row(address1="1 Main St"), a_row(customer_ref="C2"), a_row(customer_ref="C3"))
    export.load()
    before = contents()
    export.rows(a_row())
    report = export.load()
    assert report.absent.listed == ["customer C2", "customer C3", "subscription C1, 1 Main St, weekly"]
    assert contents() == before


def test_no_rows_at_all_are_everything_absent(export: Export) -> None:
    export.load()
    header = (export.folder / "customers.csv").read_text().splitlines()[0]
    export.text("customers.csv", header)
    report = export.load()
    assert report.absent.listed == ["customer C1"]
    assert not report.changed_anything


# --- Routes ------------------------------------------------------------------------------------------


def test_every_served_property_has_an_approved_place_on_its_zones_route(export: Export) -> None:
    export.rows(
        a_row(), a_row(address1="1 Main St", postal_code="80003"), a_row(customer_ref="C2", status="paused"),
        a_row(customer_ref="C3", status="pending"), a_row(customer_ref="C4", status="canceled"),
    )  # fmt: skip
    export.load()
    assert places() == [("C1", 1, "approved"), ("C1", 2, "approved"), ("C2", 1, "approved"), ("C3", 1, "approved")]


def test_stops_are_numbered_along_a_tour_and_those_nowhere_come_last(export: Export) -> None:
    spots = ["39.80", "39.70", "39.75", "39.65"]
    rows = [a_row(customer_ref=f"C{spot}", lat=spot, lng="-105") for spot in spots]
    export.rows(a_row(customer_ref="nowhere", lat="", lng=""), *rows)
    export.load()
    with scope.business(found().id):
        order = list(MasterStop.objects.order_by("sequence").values_list("customer__ref", "sequence"))
    refs = [ref for ref, _ in order]
    assert refs[-1] == "nowhere"
    assert refs[:-1] in (sorted(refs[:-1]), sorted(refs[:-1], reverse=True))
    assert [sequence for _, sequence in order] == [1, 2, 3, 4, 5]


def test_the_offices_order_stays_until_the_routes_places_change(export: Export) -> None:
    export.rows(*(a_row(customer_ref=f"C{n}", lat=f"39.{n}", lng="-105") for n in range(1, 5)))
    export.load()
    with scope.business(found().id):
        MasterStop.objects.filter(customer__ref="C2").update(sequence=99)
    assert not export.load().changed_anything
    with scope.business(found().id):
        assert MasterStop.objects.filter(sequence=99).exists()
    export.rows(*(a_row(customer_ref=f"C{n}", lat=f"39.{n}", lng="-105") for n in range(1, 6)))
    export.load()
    with scope.business(found().id):
        assert sorted(MasterStop.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]


def test_a_canceled_customers_place_waits_and_is_approved_again(export: Export) -> None:
    export.load()
    export.rows(a_row(status="canceled"))
    report = export.load()
    assert counts(report)["master stops"] == (0, 0, 0, 1)
    assert places() == [("C1", 1, "pending")]
    export.rows(a_row())
    report = export.load()
    assert counts(report)["master stops"] == (0, 1, 0, 0)
    assert places() == [("C1", 1, "approved")]


def test_where_the_office_put_a_property_it_stays(export: Export) -> None:
    export.load()
    with scope.business(found().id):
        other = MasterRoute.objects.create(business=found(), zone=Zone.objects.get(name="North"), weekday=4)
        MasterStop.objects.update(master_route=other, weekday=4)
    assert not export.load().changed_anything
    assert places() == [("C1", 4, "approved")]


def test_a_zones_new_weekday_takes_its_places_to_a_new_route(export: Export) -> None:
    export.rows(a_row(), a_row(customer_ref="C2", status="canceled"), a_row(customer_ref="C3"))
    export.load()
    with scope.business(found().id):
        MasterRoute.objects.update(max_stops=40)
    export.zones(a_zone(day_of_week="thursday"), a_zone("South", "80003", "tuesday"))
    export.rows(a_row(), a_row(customer_ref="C2", status="canceled"))  # C3 goes with its zone, too
    report = export.load()
    assert counts(report)["zones"] == (0, 1, 1, 0)
    assert counts(report)["master routes"] == (1, 0, 1, 1)
    assert places() == [("C1", 4, "approved"), ("C3", 4, "approved")]
    with scope.business(found().id):
        routes = MasterRoute.objects.filter(zone__name="North").order_by("weekday")
        assert list(routes.values_list("weekday", "active", "max_stops")) == [(1, False, 40), (4, True, 40)]
    written = contents()
    export.load()
    assert contents() == written
    export.zones(a_zone(), a_zone("South", "80003", "tuesday"))
    assert counts(export.load())["master routes"] == (0, 1, 1, 1)
    assert places() == [("C1", 1, "approved"), ("C3", 1, "approved")]


def test_two_zones_may_swap_their_weekdays_under_one_property(export: Export) -> None:
    export.load()
    with scope.business(found().id):
        place = MasterStop.objects.get()
        south = MasterRoute.objects.get(zone__name="South")
        MasterStop.objects.create(
            business=found(), master_route=south, weekday=2, property=place.property, customer=place.customer
        )
    export.zones(a_zone(day_of_week="tuesday"), a_zone("South", "80003", "monday"))
    export.load()
    assert places() == [("C1", 1, "approved"), ("C1", 2, "approved")]


def test_a_place_that_is_there_already_is_not_made_twice(export: Export) -> None:
    export.load()
    with scope.business(found().id):
        place = MasterStop.objects.get()
        thursday = MasterRoute.objects.create(business=found(), zone=Zone.objects.get(name="North"), weekday=4)
        MasterStop.objects.create(
            business=found(), master_route=thursday, weekday=4, property=place.property, customer=place.customer
        )
    export.zones(a_zone(day_of_week="thursday"))
    export.load()
    assert places() == [("C1", 4, "approved")]


def test_a_postal_code_that_moves_to_another_zone_takes_its_places_along(export: Export) -> None:
    export.rows(a_row(), a_row(customer_ref="C2", status="canceled"))
    export.load()
    export.zones(a_zone(zip_codes="80001"), a_zone("South", "80002 80003", "tuesday"))
    report = export.load()
    assert counts(report)["properties"] == (0, 2, 0, 0)
    assert counts(report)["master stops"] == (0, 1, 0, 0)
    assert places() == [("C1", 2, "approved")]


# --- Routes that are generated already ---------------------------------------------------------------


def generate(business: Business) -> None:
    reconcile(business, TODAY, TODAY + timedelta(days=14), today=TODAY)


def days() -> list[str]:
    with scope.business(found().id):
        stops = Stop.objects.filter(removed_at=None).order_by("service_date")
        return [str(stop.service_date) for stop in stops]


def test_an_import_brings_generated_routes_up_to_date(export: Export) -> None:
    export.load()
    generate(found())
    assert days() == ["2026-07-13", "2026-07-20"]
    written = contents()
    export.load()
    assert contents() == written
    export.zones(a_zone(day_of_week="thursday"), a_zone("South", "80003", "tuesday"))
    export.load()
    assert days() == ["2026-07-16", "2026-07-23"]
    export.rows(a_row(status="paused"))
    export.load()
    assert days() == []
    export.rows(a_row(), a_row(customer_ref="C2", postal_code="80003"))
    export.load()
    assert days() == ["2026-07-14", "2026-07-16", "2026-07-21", "2026-07-23"]


def test_days_generated_in_the_past_are_left_alone(export: Export) -> None:
    export.load()
    generate(found())
    export.rows(a_row(status="canceled"))
    export.load(TODAY + timedelta(days=30))
    assert days() == ["2026-07-13", "2026-07-20"]


# --- Any export --------------------------------------------------------------------------------------

ADDRESSES = st.sampled_from(["1 Main Street", "1 main st.", "2 Main Street", "3 North Avenue"])
ROWS = st.builds(
    a_row,
    customer_ref=st.sampled_from(["C1", "C2", "C3"]),
    first_name=st.sampled_from(["Ada", "Eve"]),
    email=st.sampled_from(["", "ada@example.com", "eve@example.com"]),
    status=st.sampled_from(["active", "active", "pending", "paused", "canceled"]),
    address1=ADDRESSES,
    postal_code=st.sampled_from(["80002", "80003"]),
    plan=st.sampled_from(["weekly", "biweekly", "monthly"]),
    week_parity=st.sampled_from(["A", "B"]),
    bins=st.sampled_from(["1", "2"]),
    lat=st.sampled_from(["39.7", "39.8"]),
    starts_on=st.sampled_from(["2023-01-01", "2026-07-10", "2026-07-11", "2026-07-12", "2026-08-01"]),
)
DAYS = st.sampled_from(["monday", "tuesday", "friday"])


def _plan_on_property(row: dict[str, str]) -> tuple[str, str, str]:
    return row["customer_ref"], normalised_address(row["address1"], row["postal_code"]), row["plan"]


EXPORTS = st.tuples(st.lists(ROWS, min_size=1, max_size=8, unique_by=_plan_on_property), DAYS, DAYS)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EXPORTS, min_size=1, max_size=3), st.booleans())
def test_importing_any_export_again_changes_nothing(
    tmp_path: Path, exports: list[tuple[list[dict[str, str]], str, str]], generated: bool
) -> None:
    today = TODAY
    with transaction.atomic():
        export = Export(tmp_path)
        for rows, north, south in exports:
            export.zones(a_zone(day_of_week=north), a_zone("South", "80003", south))
            export.rows(*rows)
            export.load(today)
            if generated:
                reconcile(found(), today, today + timedelta(days=7), today=today)
            written = contents()
            assert not export.load(today).changed_anything
            assert contents() == written
            today += timedelta(days=1)
            assert not export.load(today).changed_anything
            _check_promises(rows, today)
        transaction.set_rollback(True)


def _check_promises(rows: list[dict[str, str]], today: date) -> None:
    """What holds after any import: what is in the file runs, and is routed once."""
    with scope.business(found().id):
        running = Subscription.objects.exclude(ends_on__lte=today)
        assert {row["customer_ref"] for row in rows} <= set(Customer.objects.values_list("ref", flat=True))
        for row in rows:
            where = normalised_address(row["address1"], row["address2"], row["postal_code"])
            place = Property.objects.get(customer__ref=row["customer_ref"], normalised=where)
            assert running.filter(property=place, plan__code=row["plan"]).exists()
            served = place.customer.canceled_on is None
            assert place.master_stops.filter(status="approved").count() == (1 if served else 0)
