"""The owner's page about being paid online, and refunds that go through Stripe."""

import re
from typing import Any

import pytest

from nextroute.billing import accounts
from nextroute.billing.models import Refund, StripeAccount
from nextroute.config import links
from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.dashboard.stripe_account import CountryForm
from nextroute.staff.members import Role
from nextroute.tenancy import settings as business_settings
from tests import cast
from tests.billing.till import Till
from tests.doors import Browser, Clock, a_member, said

STRIPE, BACK, AGAIN = "/dashboard/stripe/", "/dashboard/stripe/back/", "/dashboard/stripe/again/"


@pytest.fixture
def office(till: Till, clock: Clock) -> Browser:
    """Its owner, signed in; the clock is the real one."""
    clock.now = till.now
    browser = Browser()
    browser.come_in_as_staff(a_member(till.business, "dana@example.com", Role.OWNER), now=clock.now)
    return browser


@pytest.fixture
def bare(till: Till) -> Till:
    """No account yet."""
    with cast.inside(till.business):
        StripeAccount.objects.all().update(stripe_id=None, cards="", banks="", idempotency_key="anew")
    return till


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", said(answer)))


def test_an_account_is_made_and_the_owner_led_to_stripe(office: Browser, bare: Till) -> None:
    assert "Let customers pay you online." in text(office.get(STRIPE))
    answer = office.post(STRIPE, {"country": "US"})
    assert answer["Location"].startswith(bare.fake.url)
    page = text(office.get(BACK))
    assert "Stripe wants to know more before you can be paid." in page
    bare.fake.onboard(bare.account)
    assert "Customers can pay you online." in text(office.get(BACK))


def test_pressed_twice_there_is_one_account(office: Browser, bare: Till) -> None:
    bare.fake.befall(path="/v2/core/accounts", lost=True, done=True)
    assert "Stripe doesn’t answer at the moment." in text(office.post(STRIPE, {"country": "US"}))
    office.post(STRIPE, {"country": "US"})
    first = bare.account
    office.post(STRIPE, {"country": "US"})
    assert bare.account == first


def test_an_old_page_of_stripes_leads_to_a_fresh_one(office: Browser, till: Till) -> None:
    assert office.get(AGAIN)["Location"].startswith(till.fake.url)


def test_a_country_we_do_not_know_is_refused(bare: Till) -> None:
    assert "Choose a country from the list." in str(CountryForm({"country": "XX"}).errors)
    with pytest.raises(Refused, match="country"):
        accounts.connect(bare.business, country="XX", actor=SYSTEM, now=bare.now, link=links.to)


def test_a_business_without_an_address_is_told_to_set_one(office: Browser, bare: Till) -> None:
    business_settings.change(bare.business, {"email": ""}, actor=SYSTEM)
    answer = office.post(STRIPE, {"country": "US"})
    assert answer.status_code == 422
    assert "Stripe needs an e-mail address of the business." in text(answer)


def test_what_is_missing_is_listed(office: Browser, till: Till) -> None:
    till.fake.onboard(till.account, "unfinished")
    page = text(office.get(BACK))
    assert "Stripe asks for" in page
    assert "Not yet" in page


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("unfinished", "Stripe wants to know more before you can be paid."),
        ("reviewed", "Stripe is checking what you told it."),
        ("rejected", "Stripe doesn’t take payments for you."),
    ],
)
def test_before_it_can_be_paid_the_owner_reads_whose_turn_it_is(
    office: Browser, till: Till, state: str, says: str
) -> None:
    till.fake.onboard(till.account, state)
    assert says in text(office.get(BACK))


def test_an_account_that_took_our_access_away_is_said_to_be_gone(office: Browser, till: Till) -> None:
    with cast.inside(till.business):
        StripeAccount.objects.update(closed=True)
    assert "isn’t connected any more" in text(office.get(STRIPE))


def refund(office: Browser, till: Till, amount: str, **more: str) -> Any:
    payment = till.payments()[0]
    path = f"/dashboard/payments/{payment.pk}/refund/"
    key = re.search(r'name="key" value="([^"]+)"', said(office.get(path)))
    assert key
    known = {"key": key[1], "amount": amount, "reason": "Sorry", "credit": "on", "step": "sure"}
    return office.post(path, known | more, follow=True)


def test_a_refund_goes_through_stripe(office: Browser, till: Till) -> None:
    till.pay(3850, till.invoice(3850))
    asked = refund(office, till, "10", step="")
    assert "the way it was paid, through Stripe" in text(asked)
    assert till.fake.books(till.account).refunded == 0
    assert "It is noted." in text(refund(office, till, "10"))
    assert till.fake.books(till.account).refunded == 1000
    assert till.ledger().balance == 0


def test_a_refund_stripe_does_not_answer_is_said_to_be_asked_for(office: Browser, till: Till) -> None:
    till.pay(3850, till.invoice(3850))
    till.fake.befall(path="/v1/refunds", lost=True, done=True)
    assert "Stripe hasn’t answered yet." in text(refund(office, till, "10"))
    till.sweep()
    with cast.inside(till.business):
        assert Refund.objects.get().state == "succeeded"


def test_money_by_hand_closes_what_is_open_at_stripe_first(office: Browser, till: Till) -> None:
    invoice = till.invoice(3850)
    payment = till.page(3850, invoice)
    path = f"/dashboard/payments/new/?customer={till.customers[0].pk}"
    key = re.search(r'name="key" value="([^"]+)"', said(office.get(path)))
    assert key
    day = till.business.today(till.now).isoformat()
    cash = {"key": key[1], "amount": "38.50", "method": "cash", "received_on": day, "reference": "", "invoice": ""}
    office.post(path, cash | {"step": "sure"})
    assert sorted(one.state for one in till.payments()) == ["canceled", "succeeded"]
    with pytest.raises(Exception, match="expired"):
        till.fake.pay(str(payment.stripe_session))


def test_the_owner_is_led_there_from_the_payments_and_a_dispatcher_is_not(office: Browser, till: Till) -> None:
    assert STRIPE in said(office.get("/dashboard/payments/"))
    other = Browser()
    other.come_in_as_staff(a_member(till.business, "marco@example.com", Role.DISPATCHER), now=till.now)
    assert STRIPE not in said(other.get("/dashboard/payments/"))
