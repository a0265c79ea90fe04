"""`nextroute bill`, as an administrator runs it."""

import pytest

from nextroute.billing.models import Invoice
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import D, inside
from tests.config.conftest import Run


@pytest.fixture
def business(committed: None) -> Business:
    business = cast.a_business("bright-bins")
    with inside(business):
        cast.a_stop(cast.served(cast.a_customer(business, "ada")), "2026-06-02")
    return business


def test_a_month_is_billed_by_its_name_and_only_once(run: Run, business: Business) -> None:
    first = run("bill", "--period", "2026-06", "bright-bins")
    assert first.stdout == "Bright Bins: 1 drafts, 1 lines, 1 visits\n", first.stderr
    assert run("bill", "--period", "2026-06").stdout == "Bright Bins: 0 drafts, 0 lines, 0 visits\n"
    with inside(business):
        assert Invoice.objects.get().period_first == D("2026-06-01")


def test_a_month_that_is_none_is_refused(run: Run, business: Business) -> None:
    said = run("bill", "--period", "2026-13", "bright-bins")
    assert said.returncode == 2
    assert "2026-13" in said.stderr
