"""Reading exports: files, cells, and the customers and properties in them. The rule: docs/rules/importing.md."""

from pathlib import Path

import pytest

from nextroute.core import scope
from nextroute.customers.importing import Fault, Findings, ImportRefused
from nextroute.customers.importing.sheets import lines
from nextroute.customers.models import Customer, Pause, Property
from nextroute.identity.models import Access, Login
from tests.cast import D
from tests.exports import TODAY, Export, a_row, contents, counts, found

pytestmark = pytest.mark.django_db


@pytest.fixture
def export(tmp_path: Path) -> Export:
    return Export(tmp_path)


def read(tmp_path: Path, text: str | bytes) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    path = tmp_path / "some.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    faults = Findings[Fault]()
    rows = [(line.number, line.cells) for line in lines(path, faults, required=("a", "b"), optional=("c",))]
    return rows, [str(fault) for fault in faults.listed]


# --- Files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_utf8_is_read_with_or_without_a_mark_and_with_either_line_end(tmp_path: Path, mark: bytes, end: bytes) -> None:
    rows, faults = read(tmp_path, mark + end.join([b"b,a", "Zoë,Díaz".encode(), b"x,=1+1", b""]))
    assert (rows, faults) == ([(2, {"b": "Zoë", "a": "Díaz"}), (3, {"b": "x", "a": "=1+1"})], [])


def test_a_row_is_numbered_by_the_line_it_begins_on(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, 'a,b\n"one\r\ntwo\n\nfour",1\n\n,\n"say ""hi""",2\nlast,3')
    assert rows == [
        (2, {"a": "one\r\ntwo\n\nfour", "b": "1"}),
        (8, {"a": 'say "hi"', "b": "2"}),
        (9, {"a": "last", "b": "3"}),
    ]


def test_cells_are_trimmed_and_composed(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, "a,b\n  Zoe\u0308 ,\t1\u00a0\n")
    assert rows == [(2, {"a": "Zoë", "b": "1"})]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["some.csv line 1: expected a header: a, b"]),
        ("\n\n", ["some.csv line 1: expected a header: a, b"]),
        ("a\n1\n", ["some.csv line 1, column b: expected this column in the header"]),
        ("a,b,x\n1,2,3\n", ["some.csv line 1, column x: expected only these columns: a, b, c"]),
        ("a,b,a\n1,2,3\n", ["some.csv line 1, column a: expected this column once"]),
        ("a,b\n1,2,3\n1\n", [
            "some.csv line 2: “3 cells” - expected 2, as in the header",
            "some.csv line 3: “1 cells” - expected 2, as in the header",
        ]),
        ("a,b\n1,2\0\n", ["some.csv line 2, column b: “2�” - expected a text without NUL characters"]),
        (b"a,b\n1,2\n3,caf\xe9\n", ["some.csv line 3: “e9” - expected text in UTF-8"]),
        ("a,b\n1,2\n\"3,4\n5,6\n", [
            "some.csv line 3: expected CSV: lines ending in LF or CRLF, cells in closed quotes, a quote in one doubled"
        ]),
        ("a,b\r1,2\r", [
            "some.csv line 1: expected CSV: lines ending in LF or CRLF, cells in closed quotes, a quote in one doubled"
        ]),
        ("a,b\n" + "x" * 1_000_001, ["some.csv line 2: expected at most 1,000,000 bytes on a line"]),
    ],
)  # fmt: skip
def test_what_is_no_table_is_said_with_its_line(tmp_path: Path, text: str | bytes, expected: list[str]) -> None:
    assert read(tmp_path, text)[1] == expected


def test_optional_columns_may_be_there(tmp_path: Path) -> None:
    assert read(tmp_path, "c,a,b\n1,2,3\n") == ([(2, {"c": "1", "a": "2", "b": "3"})], [])


def test_no_folder_and_no_file_are_named(export: Export, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="nowhere: expected a folder"):
        export.load(folder=tmp_path / "nowhere")
    export.drop("business.csv", "plans.csv", "zones.csv", "customers.csv")
    assert export.faults() == [
        "business.csv: expected this file in the folder, as there is no business “bright-bins” yet",
        "plans.csv: expected this file in the folder, as the business has no plans yet",
        "zones.csv: expected this file in the folder, as the business has no zones yet",
        "customers.csv: expected this file in the folder",
    ]


# --- Cells -------------------------------------------------------------------------------------------

LATITUDE = "degrees from -90 to 90, such as 39.789865"
LONGITUDE = "degrees from -180 to 180, such as 39.789865"
DAY = "a date, such as 2026-06-14"


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("customer_ref", "", "a text"),
        ("customer_ref", "C" * 201, "at most 200 characters"),
        ("email", "ada@", "an e-mail address, such as ada@example.com"),
        ("phone", "call me", "a phone number, such as (303) 555-0142"),
        ("phone", "12", "a phone number, such as (303) 555-0142"),
        ("language", "fr", "en or es"),
        ("status", "", "pending, active, paused or canceled"),
        ("status", "Active", "pending, active, paused or canceled"),
        ("address1", "", "a text"),
        ("postal_code", "", "a text"),
        ("lat", "91", LATITUDE),
        ("lat", "nan", LATITUDE),
        ("lng", "-180.1", LONGITUDE),
        ("lng", "105,1", LONGITUDE),
        ("bins", "0", "a whole number from 1 to 99"),
        ("bins", "100", "a whole number from 1 to 99"),
        ("bins", "2.0", "a whole number from 1 to 99"),
        ("bins", "٣", "a whole number from 1 to 99"),
        ("bins", "", "a whole number from 1 to 99"),
        ("plan", "", "a text"),
        ("plan", "daily", "a recurring plan: weekly, biweekly, monthly, seasonal"),
        ("plan", "one-time", "a recurring plan: weekly, biweekly, monthly, seasonal"),
        ("week_parity", "C", "A, B or every"),
        ("month_week", "5th", "1st, 2nd, 3rd, 4th or last"),
        ("starts_on", "", DAY),
        ("starts_on", "03/10/2023", DAY),
        ("starts_on", "20230310", DAY),
        ("starts_on", "2023-02-29", DAY),
        ("starts_on", "0023-03-10", "a date from 1900-01-01 to 2199-12-31"),
        ("postal_code", "99999", "a postal code of a zone: 80002, 80003"),
    ],
)
def test_a_bad_cell_is_named_with_what_was_expected(export: Export, column: str, value: str, expected: str) -> None:
    export.rows(a_row(customer_ref="C0"), a_row(**{column: value}))
    fault = f"customers.csv line 3, column {column}: “{value}” - expected {expected}"
    shown = fault.replace("C" * 201, "C" * 59 + "…")
    assert export.faults() == [shown]


def test_the_parity_of_a_biweekly_plan_is_needed(export: Export) -> None:
    export.rows(a_row(plan="biweekly", week_parity="C"), a_row(plan="biweekly", customer_ref="C2"))
    assert export.faults() == [
        "customers.csv line 2, column week_parity: “C” - expected A, B or every",
        "customers.csv line 3, column week_parity: “” - expected A, B or every",
    ]


def test_coordinates_come_in_pairs(export: Export) -> None:
    export.rows(a_row(lng=""), a_row(lat="", customer_ref="C2"))
    assert export.faults() == [
        "customers.csv line 2, column lng: “” - expected a longitude beside the latitude, or neither",
        "customers.csv line 3, column lat: “” - expected a latitude beside the longitude, or neither",
    ]


def test_a_cell_is_shown_on_one_line_without_control_characters(export: Export) -> None:
    export.rows(a_row(status="\x1b[31mred\nalert" + "!" * 100))
    shown = f"�[31mred�alert{'!' * 45}…"
    assert export.faults() == [
        f"customers.csv line 2, column status: “{shown}” - expected pending, active, paused or canceled"
    ]


def test_every_fault_of_every_file_is_listed_at_once_and_nothing_is_imported(export: Export) -> None:
    export.load()
    before = contents()
    export.business(timezone="Mars/Olympus", currency="dollars", hold_max_days="0")
    export.text("plans.csv", (export.folder / "plans.csv").read_text().replace("1600", "16.00"))
    export.text("zones.csv", (export.folder / "zones.csv").read_text().replace("tuesday", "someday"))
    export.rows(
        a_row(first_name="Eve"),
        a_row(bins="none", email="@"),
        a_row(plan="biweekly", week_parity="A"),
        a_row(customer_ref="C2", postal_code="80003"),
    )
    assert export.faults() == [
        "business.csv line 2, column timezone: “Mars/Olympus” - expected an IANA time zone, such as America/Denver",
        "business.csv line 2, column currency: “dollars” - expected a three-letter ISO 4217 code, such as USD",
        "business.csv line 2, column hold_max_days: “0” - expected a value that is accepted (Ensure this value is "
        "greater than or equal to 1)",
        "plans.csv line 3, column price_cents: “16.00” - expected a whole number from 0 to 1,000,000,000,000",
        "zones.csv line 3, column day_of_week: “someday” - expected monday, tuesday, wednesday, thursday, friday, "
        "saturday or sunday",
        "customers.csv line 3, column email: “@” - expected an e-mail address, such as ada@example.com",
        "customers.csv line 3, column bins: “none” - expected a whole number from 1 to 99",
        "customers.csv line 3, column plan: “weekly” - expected each plan once on a property; line 2 has it",
    ]
    assert contents() == before


def test_a_business_that_is_refused_is_not_made(export: Export) -> None:
    export.rows(a_row(status="gone"))
    assert len(export.faults()) == 1
    assert contents() == {}


def test_a_thousand_faults_are_listed_and_the_others_counted(export: Export) -> None:
    export.rows(*(a_row(customer_ref=f"C{n}", bins="x") for n in range(1203)))
    with pytest.raises(ImportRefused) as refused:
        export.load()
    assert (len(refused.value.faults), refused.value.total) == (1000, 1203)
    assert str(refused.value).splitlines()[-2:] == [
        "customers.csv line 1001, column bins: “x” - expected a whole number from 1 to 99",
        "… and 203 more",
    ]


# --- Customers ---------------------------------------------------------------------------------------


def test_contacts_are_stored_in_the_form_they_are_compared_in(export: Export) -> None:
    export.rows(a_row(email=" Ada@Example.COM ", phone="(303) 555.0142"))
    export.load()
    with scope.business(found().id):
        ada = Customer.objects.get()
    assert (ada.email, ada.phone) == ("ada@example.com", "+13035550142")


def test_national_phone_numbers_are_those_of_the_locale(export: Export) -> None:
    export.business(locale="en-GB")
    export.rows(a_row(phone="020 7946 0958"))
    export.load()
    with scope.business(found().id):
        assert Customer.objects.get().phone == "+442079460958"


def test_what_looks_like_a_formula_is_text(export: Export) -> None:
    export.rows(a_row(company="=HYPERLINK(1)", notes='+1; "two"\nthree'))
    export.load()
    with scope.business(found().id):
        assert Customer.objects.get().company == "=HYPERLINK(1)"
        assert Property.objects.get().notes == '+1; "two"\nthree'


def test_the_first_row_of_a_customer_counts_and_others_are_warned_about(export: Export) -> None:
    export.rows(
        a_row(),
        a_row(address1="1 Main St", phone="+1 303 555 0142", email="ADA@example.com"),  # the same, written otherwise
        a_row(address1="2 Main St", first_name="Adah", status="paused"),
    )
    report = export.load()
    assert [str(warning) for warning in report.warnings.listed] == [
        "customers.csv line 4, column first_name: “Adah” - differs from line 2 (“Ada”), which counts",
        "customers.csv line 4, column status: “paused” - differs from line 2 (“active”), which counts",
    ]
    with scope.business(found().id):
        assert Customer.objects.get().first_name == "Ada"
        assert not Pause.objects.exists()


def test_one_email_of_two_customers_is_one_login_with_two_accesses(export: Export) -> None:
    export.rows(
        a_row(), a_row(customer_ref="C2", email="Ada@example.com"), a_row(customer_ref="C3", email="eve@example.com"),
        a_row(customer_ref="C4", email=""),
    )  # fmt: skip
    export.load()
    with scope.business(found().id):
        ada, eve = Login.objects.order_by("email")
        assert sorted(access.customer.ref for access in ada.accesses.all()) == ["C1", "C2"]
        assert [access.customer.ref for access in eve.accesses.all()] == ["C3"]


def test_a_changed_email_takes_the_access_with_it(export: Export) -> None:
    export.rows(a_row(), a_row(customer_ref="C2"))
    export.load()
    export.rows(a_row(email="new@example.com"), a_row(customer_ref="C2"))
    report = export.load()
    assert counts(report)["accesses"] == (1, 0, 1, 1)
    with scope.business(found().id):
        assert sorted(Access.objects.values_list("login__email", "customer__ref")) == [
            ("ada@example.com", "C2"),
            ("new@example.com", "C1"),
        ]


# --- Status ------------------------------------------------------------------------------------------


def ada() -> Customer:
    with scope.business(found().id):
        return Customer.objects.prefetch_related("pauses").get()


@pytest.mark.parametrize("status", ["pending", "active", "paused", "canceled"])
def test_a_status_takes_effect_on_the_day_of_the_import(export: Export, status: str) -> None:
    export.rows(a_row(status=status))
    export.load()
    assert ada().billing_status(TODAY) == status
    assert ada().canceled_on == (TODAY if status == "canceled" else None)
    assert ada().activated_on == (TODAY if status in ("active", "paused") else None)


@pytest.mark.parametrize(
    ("before", "after", "now"),
    [
        ("pending", "active", "active"),
        ("pending", "paused", "paused"),
        ("pending", "canceled", "canceled"),
        ("active", "pending", "active"),
        ("active", "paused", "paused"),
        ("active", "canceled", "canceled"),
        ("paused", "pending", "paused"),
        ("paused", "active", "active"),
        ("paused", "canceled", "canceled"),
        ("canceled", "pending", "pending"),
        ("canceled", "active", "active"),
        ("canceled", "paused", "paused"),
    ],
)
def test_statuses_follow_one_another(export: Export, before: str, after: str, now: str) -> None:
    later = D("2026-07-20")
    export.rows(a_row(status=before))
    export.load()
    export.rows(a_row(status=after))
    report = export.load(later)
    assert ada().billing_status(later) == now
    assert bool(report.warnings.total) == (now != after)
    written = contents()
    export.load(later)
    assert contents() == written


def test_a_pause_ends_the_day_before_and_leaves_no_trace_when_it_began_today(export: Export) -> None:
    export.rows(a_row(status="paused"))
    export.load()
    export.load(D("2026-07-12"))  # no second one
    export.rows(a_row(status="active"))
    report = export.load(D("2026-07-15"))
    assert counts(report)["pauses"] == (0, 0, 0, 1)
    with scope.business(found().id):
        assert list(Pause.objects.values_list("first_day", "last_day", "cause")) == [(TODAY, D("2026-07-14"), "import")]
    export.rows(a_row(status="paused"))
    export.load(D("2026-07-20"))
    export.rows(a_row(status="active"))
    export.load(D("2026-07-20"))
    with scope.business(found().id):
        assert Pause.objects.count() == 1


def test_a_pause_for_another_cause_stays(export: Export) -> None:
    export.load()
    with scope.business(found().id):
        Pause.objects.create(
            business=found(), customer=ada(), first_day=D("2026-07-01"), last_day=D("2026-07-31"), cause="unpaid"
        )
    export.load()
    export.rows(a_row(status="paused"))
    export.load()
    with scope.business(found().id):
        assert Pause.objects.count() == 1


def test_an_import_pause_ends_where_another_begins(export: Export) -> None:
    export.load()
    with scope.business(found().id):
        Pause.objects.create(business=found(), customer=ada(), first_day=D("2026-08-01"), cause="unpaid")
    export.rows(a_row(status="paused"))
    export.load()
    with scope.business(found().id):
        assert Pause.objects.get(cause="import").last_day == D("2026-07-31")


def test_the_first_day_of_a_cancellation_stays(export: Export) -> None:
    export.rows(a_row(status="canceled"))
    export.load()
    export.load(D("2026-08-01"))
    assert ada().canceled_on == TODAY


# --- Properties --------------------------------------------------------------------------------------


def test_one_address_written_in_two_ways_is_one_property(export: Export) -> None:
    export.rows(
        a_row(address1="8447 West 51st Avenue", address2="Apartment 4"),
        a_row(address1="8447 W. 51st Ave.", address2="APT 4", plan="monthly"),
        a_row(address1="8447 W 51st Ave", address2="Apt 5"),
        a_row(address1="8447 W 51st Ave", address2="Apt 4", postal_code="80003"),
        a_row(customer_ref="C2", address1="8447 W 51st Ave", address2="Apt 4"),
    )
    assert counts(export.load())["properties"] == (4, 0, 0, 0)


def test_the_first_row_of_a_property_counts_and_others_are_warned_about(export: Export) -> None:
    export.rows(a_row(), a_row(plan="monthly", bins="2", notes="Dog", lat="39.7"))
    report = export.load()
    assert [str(warning) for warning in report.warnings.listed] == [
        "customers.csv line 3, column lat: “39.7” - differs from line 2 (“39.789865”), which counts",
        "customers.csv line 3, column bins: “2” - differs from line 2 (“1”), which counts",
        "customers.csv line 3, column notes: “Dog” - differs from line 2 (“”), which counts",
    ]


def test_changed_details_are_taken_over(export: Export) -> None:
    export.load()
    export.rows(a_row(last_name="Byron", address1="8447 W 51st Ave", bins="3", gate_code="#1", lat="", lng=""))
    report = export.load()
    assert counts(report)["customers"] == (0, 1, 0, 0)
    assert counts(report)["properties"] == (0, 1, 0, 0)
    with scope.business(found().id):
        place = Property.objects.get()
        assert (place.address1, place.bin_count, place.gate_code, place.lat) == ("8447 W 51st Ave", 3, "#1", None)


def test_zip_plus_four_is_in_the_zone_of_its_zip(export: Export) -> None:
    export.rows(a_row(postal_code="80002-1234"))
    export.load()
    with scope.business(found().id):
        zone = Property.objects.get().zone
        assert zone
        assert zone.name == "North"


def test_a_canceled_row_needs_no_zone(export: Export) -> None:
    export.rows(a_row(postal_code="99999", status="canceled"), a_row(postal_code="99998", status="active"))
    export.load()  # canceled, as their first row says
    with scope.business(found().id):
        assert not Property.objects.exclude(zone=None).exists()
