"""The monthly run. The rule: docs/rules/invoicing.md."""

from nextroute.billing import run
from nextroute.billing.models import BilledStop, Invoice, InvoiceLine
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.scheduling.models import Extra, Stop
from nextroute.tenancy import settings
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.billing.books import JULY, JUNE, an_invoice, at, draft, lines, numbers, send, visit
from tests.cast import NOON, D
from tests.doors import statements


def test_completed_visits_of_a_property_and_plan_are_one_line(bright: Business, ada: Customer) -> None:
    weekly = ada.subscriptions.get()
    for day in ("2026-06-02", "2026-06-09", "2026-06-16"):
        visit(weekly, day)
    cast.a_stop(weekly, "2026-06-23", status="skipped", skip_category="weather")
    cast.not_made(weekly, "2026-06-30", "hold")
    assert draft(bright) == run.Drafted(invoices=1, lines=1, visits=3)
    assert lines(ada) == [("visit", "Weekly", 3, 1250, 3750)]
    invoice = Invoice.objects.get()
    assert (invoice.state, invoice.period_first, invoice.period_last) == ("draft", JUNE, D("2026-06-30"))
    assert (invoice.subtotal_cents, invoice.tax_cents, invoice.total_cents) == (3750, 0, 3750)


def test_running_it_twice_changes_nothing(bright: Business, ada: Customer) -> None:
    visit(ada.subscriptions.get(), "2026-06-02", bins=3, additional_bin_price_cents=400)
    draft(bright)
    before = list(InvoiceLine.objects.values())
    assert not draft(bright)
    assert list(InvoiceLine.objects.values()) == before


def test_a_run_adds_to_the_draft_there_is(bright: Business, ada: Customer) -> None:
    weekly = ada.subscriptions.get()
    visit(weekly, "2026-06-02")
    draft(bright, on="2026-06-05")
    visit(weekly, "2026-06-09")
    assert draft(bright) == run.Drafted(invoices=0, lines=1, visits=1)
    assert lines(ada) == [("visit", "Weekly", 2, 1250, 2500)]
    assert Invoice.objects.get().total_cents == 2500


def test_a_late_visit_of_an_issued_invoice_goes_to_a_new_draft(bright: Business, ada: Customer) -> None:
    weekly = ada.subscriptions.get()
    visit(weekly, "2026-06-02")
    draft(bright)
    sent = send(Invoice.objects.get())
    visit(weekly, "2026-06-09")
    draft(bright)
    late = Invoice.objects.get(state="draft")
    assert (sent.total_cents, late.total_cents) == (1250, 1250)
    assert late.period_first == JUNE


def test_a_late_visit_is_billed_with_the_next_month(bright: Business, ada: Customer) -> None:
    weekly = ada.subscriptions.get()
    an_invoice(weekly, 1250)
    visit(weekly, "2026-06-30")
    visit(weekly, "2026-07-07")
    draft(bright, JULY, on="2026-08-01")
    assert Invoice.objects.get(period_first=JULY).total_cents == 2500


def test_a_visit_after_the_month_waits(bright: Business, ada: Customer) -> None:
    visit(ada.subscriptions.get(), "2026-07-07")
    assert not draft(bright, on="2026-07-08")


def test_different_prices_are_different_lines(bright: Business, ada: Customer) -> None:
    weekly = ada.subscriptions.get()
    visit(weekly, "2026-06-02")
    visit(weekly, "2026-06-09", price_cents=1400)
    visit(weekly, "2026-06-16", price_cents=1400)
    draft(bright)
    assert lines(ada) == [("visit", "Weekly", 1, 1250, 1250), ("visit", "Weekly", 2, 1400, 2800)]


def test_additional_bins_are_a_line_of_their_own(bright: Business, ada: Customer) -> None:
    weekly = ada.subscriptions.get()
    visit(weekly, "2026-06-02", bins=3, additional_bin_price_cents=400)
    visit(weekly, "2026-06-09", bins=2, additional_bin_price_cents=400)
    draft(bright)
    assert lines(ada) == [("visit", "Weekly", 2, 1250, 2500), ("bins", "Weekly", 3, 400, 1200)]


def test_an_extra_is_a_line_at_its_price_in_all(bright: Business, ada: Customer) -> None:
    weekly = ada.subscriptions.get()
    plan = cast.a_plan(bright, "one_time", code="deep", name="Deep Clean", plan_type="one_time", price_cents=6500)
    extra = Extra.objects.create(
        business=bright,
        customer=ada,
        property=weekly.property,
        plan=plan,
        day=D("2026-06-16"),
        price_cents=6000,
        ordered_at=at("2026-06-01"),
    )
    cast.a_stop(weekly, "2026-06-16", status="pending")
    priced = {
        "plan_name": "Deep Clean",
        "price_cents": 6000,
        "bins": 4,
        "additional_bin_price_cents": 400,
        "tax_rate": 0,
    }
    Stop.objects.update(subscription=None, extra=extra, status="completed", completed_at=NOON, **priced)
    draft(bright)
    assert lines(ada) == [("extra", "Deep Clean", 1, 6000, 6000)]
    assert BilledStop.objects.count() == 1


def test_the_set_up_fee_is_charged_once_on_the_first_invoice(bright: Business, ada: Customer) -> None:
    plan = cast.a_plan(bright, "biweekly", setup_fee_cents=4900)
    eve = cast.a_customer(bright, "eve")
    new = cast.served(eve, "biweekly", starts_on="2026-06-01", week_parity="A")
    draft(bright)
    assert lines(eve) == [], "not before there is a visit"
    visit(new, "2026-06-09", plan_name=plan.name)
    draft(bright)
    assert lines(eve) == [("setup", plan.name, 1, 4900, 4900), ("visit", plan.name, 1, 1250, 1250)]
    visit(new, "2026-06-23", plan_name=plan.name)
    draft(bright)
    send(Invoice.objects.get(customer=eve))
    visit(new, "2026-07-07", plan_name=plan.name)
    draft(bright, JULY, on="2026-08-01")
    assert [kind for kind, *_ in lines(eve)] == ["setup", "visit", "visit"]


def test_who_was_served_before_the_record_begins_is_set_up_already(bright: Business, ada: Customer) -> None:
    weekly = ada.subscriptions.get()
    weekly.plan.setup_fee_cents = 4900
    weekly.plan.save()
    visit(weekly, "2026-06-02")
    draft(bright)
    assert [kind for kind, *_ in lines(ada)] == ["visit"]


def test_a_fee_that_a_plan_has_later_is_not_asked_of_who_was_charged_before(bright: Business) -> None:
    eve = cast.a_customer(bright, "eve")
    new = cast.served(eve, starts_on="2026-06-01")
    an_invoice(new, 1250)
    new.plan.setup_fee_cents = 4900
    new.plan.save()
    visit(new, "2026-07-07")
    draft(bright, JULY, on="2026-08-01")
    assert [kind for kind, *_ in lines(eve)] == ["visit", "visit"]


def test_a_new_plan_in_place_of_another_costs_no_set_up(bright: Business, ada: Customer) -> None:
    old = ada.subscriptions.get()
    visit(old, "2026-06-02")
    plan = cast.a_plan(bright, "biweekly", setup_fee_cents=4900)
    new = cast.a_subscription(old.property, plan, "2026-06-08", week_parity="A", replaces=old)
    visit(new, "2026-06-16")
    draft(bright)
    assert "setup" not in [kind for kind, *_ in lines(ada)]


def test_tax_is_rounded_once_for_each_rate(bright: Business, ada: Customer) -> None:
    weekly = ada.subscriptions.get()
    for day in ("2026-06-02", "2026-06-09", "2026-06-16"):
        visit(weekly, day, price_cents=2500, tax_rate="8.25")
    visit(weekly, "2026-06-23", price_cents=1000, tax_rate="3.000")
    draft(bright)
    invoice = Invoice.objects.get()
    assert (invoice.subtotal_cents, invoice.tax_cents, invoice.total_cents) == (8500, 619 + 30, 9149)


def test_customers_of_the_business_alone_are_billed(bright: Business, ada: Customer, dee: Customer) -> None:
    with cast.inside(dee.business):
        visit(dee.subscriptions.get(), "2026-06-02")
    visit(ada.subscriptions.get(), "2026-06-02")
    draft(bright)
    assert Invoice.objects.count() == 1
    with cast.inside(dee.business):
        assert not Invoice.objects.exists()


def test_a_run_takes_as_many_statements_for_many_as_for_one(bright: Business, ada: Customer) -> None:
    visit(ada.subscriptions.get(), "2026-06-02")
    with statements() as for_one:
        draft(bright)
    for n in range(5):
        visit(cast.served(cast.a_customer(bright, f"c{n}")), "2026-06-02")
    with statements() as for_many:
        draft(bright)
    assert len(for_many) == len(for_one) <= 15


def test_a_month_is_billed_from_four_in_the_morning_after_it(bright: Business, ada: Customer) -> None:
    visit(ada.subscriptions.get(), "2026-06-02")
    early, now = at("2026-07-01").replace(hour=9, minute=59), at("2026-07-01").replace(hour=10)
    assert not run.due(bright, early)
    assert run.due(bright, now)
    run.bill(bright, now=now)
    bright.refresh_from_db()
    assert bright.billed_through == D("2026-06-30")
    assert not run.due(bright, now)
    assert not run.due(bright, at("2026-07-31"))
    assert run.due(bright, at("2026-08-01").replace(hour=20))
    assert Invoice.objects.get().state == "draft"


def test_a_business_may_have_its_invoices_sent_as_soon_as_the_month_is_over(bright: Business, ada: Customer) -> None:
    settings.change(bright, {"auto_send": "on"}, actor=SYSTEM)
    bright.refresh_from_db()
    visit(ada.subscriptions.get(), "2026-06-02")
    run.bill(bright, now=at("2026-06-20"), month=JUNE)
    assert Invoice.objects.get().state == "draft"
    run.bill(bright, now=at("2026-07-01"))
    assert numbers() == ["INV-1001"]
