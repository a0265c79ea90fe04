"""Discarding a draft: the next run bills what is on it, or it is not discarded. The rule: docs/rules/invoicing.md."""

from typing import Any

import pytest

from nextroute.billing import discarding, invoices
from nextroute.billing.models import BilledStop, Invoice, InvoiceLine, UnbilledVisit
from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.scheduling.models import Plan, Subscription
from nextroute.tenancy import settings
from tests import cast
from tests.billing.books import JULY, at, draft, lines, send, visit
from tests.cast import D


@pytest.fixture
def weekly(ada: Customer) -> Subscription:
    return ada.subscriptions.get()


def the_draft(month: str = "2026-06-01") -> Invoice:
    return Invoice.objects.select_related("customer__business").get(state="draft", period_first=month)


def discard(invoice: Invoice) -> None:
    discarding.discard(invoice=invoice, actor=SYSTEM)


def test_its_visits_stand_on_the_next_months_draft_at_their_price(ada: Customer, weekly: Subscription) -> None:
    visit(weekly, "2026-06-02", price_cents=1250, bins=3, additional_bin_price_cents=300, tax_rate="8.25")
    visit(weekly, "2026-06-09", price_cents=1400)
    draft(ada.business)
    before = lines(ada)
    discard(the_draft())
    assert (Invoice.objects.count(), InvoiceLine.objects.count(), BilledStop.objects.count()) == (0, 0, 0)
    assert UnbilledVisit.objects.count() == 2
    draft(ada.business, JULY, "2026-08-01")
    assert lines(ada) == before
    assert Invoice.objects.get().period_first == JULY


def test_an_extra_is_charged_by_the_next_run_too(ada: Customer) -> None:
    wash = cast.an_extra(ada.properties.get())
    made: dict[str, Any] = {"status": "completed", "completed_at": at("2026-06-02"), "plan_name": "Driveway Wash"}
    made |= {"price_cents": 6500, "bins": 1, "additional_bin_price_cents": 0, "tax_rate": 0}
    assert wash.stops.update(**made) == 1
    draft(ada.business)
    before = lines(ada)
    discard(the_draft())
    draft(ada.business, JULY, "2026-08-01")
    assert lines(ada) == before


def test_only_a_draft_is_discarded_and_only_once(ada: Customer, weekly: Subscription) -> None:
    visit(weekly, "2026-06-02")
    draft(ada.business)
    found = the_draft()
    discard(found)
    with pytest.raises(Refused):
        discard(found)
    draft(ada.business, JULY, "2026-08-01")
    sent = send(the_draft("2026-07-01"), "2026-08-01")
    with pytest.raises(Refused):
        discard(Invoice.objects.select_related("customer__business").get(id=sent.pk))
    assert Invoice.objects.count() == 1


def test_other_drafts_keep_what_is_on_them(ada: Customer, eve: Customer, weekly: Subscription) -> None:
    visit(weekly, "2026-06-02")
    visit(eve.subscriptions.get(), "2026-06-02")
    draft(ada.business)
    discard(Invoice.objects.select_related("customer__business").get(customer=ada))
    assert [one.customer_id for one in Invoice.objects.all()] == [eve.pk]
    assert BilledStop.objects.count() == UnbilledVisit.objects.count() == 1


@pytest.mark.parametrize("billing", ["in_arrears", "in_advance"])
def test_a_month_of_a_plan_keeps_its_draft(ada: Customer, weekly: Subscription, billing: str) -> None:
    """No later run charges that month again, so it would be lost."""
    settings.change(ada.business, {"flat_billing": billing}, actor=SYSTEM)
    Plan.objects.filter(id=weekly.plan_id).update(billing_mode="flat", price_cents=4900)
    draft(ada.business)
    before = lines(ada)
    with pytest.raises(Refused, match="no later run"):
        discard(the_draft())
    assert lines(ada) == before


def test_a_set_up_fee_is_charged_again_with_the_visits(ada: Customer, weekly: Subscription) -> None:
    Plan.objects.filter(id=weekly.plan_id).update(setup_fee_cents=2000)
    Subscription.objects.filter(id=weekly.pk).update(starts_on=D("2026-06-01"))
    visit(weekly, "2026-06-02")
    draft(ada.business)
    before = lines(ada)
    assert before[0][0] == "setup"
    discard(the_draft())
    draft(ada.business, JULY, "2026-08-01")
    assert lines(ada) == before


def test_a_set_up_fee_whose_visits_are_elsewhere_keeps_its_draft(ada: Customer, weekly: Subscription) -> None:
    Plan.objects.filter(id=weekly.plan_id).update(setup_fee_cents=2000)
    Subscription.objects.filter(id=weekly.pk).update(starts_on=D("2026-06-01"))
    visit(weekly, "2026-06-02")
    draft(ada.business)
    visit(weekly, "2026-07-07")
    draft(ada.business, JULY, "2026-08-01")
    with pytest.raises(Refused, match="set-up fee"):
        discard(the_draft())
    discard(the_draft("2026-07-01"))
    discard(the_draft())
    draft(ada.business, JULY, "2026-08-01")
    assert [line[0] for line in lines(ada)] == ["setup", "visit"]
    assert invoices.find(the_draft("2026-07-01").pk).total_cents == 2000 + 2 * 1250
