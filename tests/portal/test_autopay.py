"""Autopay on the pages a customer sees: docs/rules/autopay.md."""

import re

import pytest

from nextroute.audit.models import Entry
from nextroute.billing.models import Invoice, Mandate, Setup, StripeAccount
from nextroute.identity.models import Login
from tests import cast
from tests.billing.till import Till
from tests.doors import Browser, Clock, a_login, said, statements

AUTOPAY, ON, ADD = "/portal/autopay/", "/portal/autopay/on/", "/portal/autopay/add/"
GOOD, DECLINED, SLOW = "4242424242424242", "4000000000000002", "000999999991"
MOST = 10  # statements of the page: those of every page, and one each of what is on it


@pytest.fixture
def ada(till: Till, clock: Clock, browser: Browser) -> Browser:
    """Signed in where the till is."""
    till.morning()
    clock.now = till.now
    with cast.inside(till.business):
        login = a_login(till.customers[0])
    browser.come_in(login, now=clock.now)
    return browser


def owing(till: Till, cents: int = 3850) -> Invoice:
    return till.invoice(cents, on=till.business.today(till.now).isoformat())


def method_field(page: str) -> str:
    found = re.search(r'name="method" value="([^"]+)"', page)
    assert found
    return found[1]


def text(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", said(answer)))


def agree(browser: Browser, ceiling: str = "100", **more: str) -> object:
    known = {"ceiling": ceiling, "agreed": "on", "method": method_field(said(browser.get(ON)))}
    return browser.post(ON, known | more, follow=True)


def test_with_nothing_saved_there_is_only_a_card_to_add(ada: Browser) -> None:
    page = text(ada.get(AUTOPAY))
    assert "Autopay is off." in page
    assert "No card and no bank account is saved." in page
    assert "Turn autopay on" not in page
    assert ada.get(ON).headers["Location"] == AUTOPAY


def test_a_card_is_left_at_stripe_and_the_way_back_says_what_came_of_it(ada: Browser, till: Till) -> None:
    leads = ada.post(ADD).headers["Location"]
    assert leads.startswith(till.fake.url)
    with cast.inside(till.business):
        setup = Setup.objects.get()
    back = f"{AUTOPAY}added/{setup.pk}/"
    assert "Nothing is saved yet." in text(ada.get(back))
    till.fake.pay(str(setup.stripe_session), card=GOOD)
    assert "Saved: Visa ending in 4242." in text(ada.get(back))
    assert "4242424242424242" not in said(ada.get(AUTOPAY))


def test_an_account_that_must_be_proved_says_so_and_cannot_be_used(ada: Browser, till: Till) -> None:
    setup = till.begin_to_save(by={"bank": SLOW})
    assert "One more step: confirm your bank account." in text(ada.get(f"{AUTOPAY}added/{setup.pk}/"))
    assert "Turn autopay on" not in text(ada.get(AUTOPAY))
    till.fake.prove(setup.stripe_setup)
    assert "Saved:" in text(ada.get(f"{AUTOPAY}added/{setup.pk}/"))


def test_when_stripe_is_silent_it_says_that_it_waits(ada: Browser, till: Till) -> None:
    setup = till.begin_to_save(by={"card": GOOD}, back=False)
    till.fake.befall(path=f"/v1/checkout/sessions/{setup.stripe_session}", method="GET", lost=True)
    assert "still waiting to hear" in text(ada.get(f"{AUTOPAY}added/{setup.pk}/"))
    till.fake.befall(path="/v1/checkout/sessions", lost=True, done=False)
    answer = ada.post(ADD)
    assert (answer.status_code, "Nothing was changed" in text(answer)) == (422, True)


def test_coming_back_to_an_account_that_is_gone_says_that_we_wait(ada: Browser, till: Till) -> None:
    ada.post(ADD)
    with cast.inside(till.business):
        [setup] = Setup.objects.all()
        StripeAccount.objects.update(stripe_id="acct_gone")
    assert "still waiting to hear" in text(ada.get(f"{AUTOPAY}added/{setup.pk}/"))


def test_what_is_agreed_to_is_said_first_and_kept_in_its_words(ada: Browser, till: Till) -> None:
    till.save()
    invoice = owing(till)
    before = text(ada.get(ON))
    assert "Nothing is charged now." in before
    assert f"{invoice.number}, from your Visa ending in 4242" in before
    after = text(agree(ada))
    assert "Autopay is on." in after
    with cast.inside(till.business):
        mandate = Mandate.objects.get()
    assert mandate.words.startswith("I let ")
    assert mandate.words.endswith("The amount: $100.00. Chosen now: Visa ending in 4242.")
    assert mandate.ceiling_cents == 10_000


def test_where_only_cards_are_taken_a_saved_bank_account_is_named_and_a_card_can_be_added(
    ada: Browser, till: Till
) -> None:
    till.save(bank="000123456789")
    agree(ada)
    with cast.inside(till.business):
        StripeAccount.objects.update(banks="pending")
    page = text(ada.get(AUTOPAY))
    assert "can’t be paid online" not in page
    assert "ending in 6789 can’t be charged at the moment. Use another one below, or add one." in page
    assert "Add a card or bank account" in page


def test_the_day_it_was_agreed_to_is_the_businesss_own(ada: Browser, till: Till, clock: Clock) -> None:
    till.save()
    till.later(hours=12)  # from nine in the morning: in Denver it is still the same day
    till.agree()
    clock.now = till.now
    ada.come_in(a_login_again(till), now=clock.now)
    today = till.business.today(till.now)
    assert f"You agreed to this on {today:%B} {today.day}." in text(ada.get(AUTOPAY))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"ceiling": ""}, "Write up to how much"),
        ({"ceiling": "-5"}, "above zero"),
        ({"agreed": ""}, "Tick this if you agree"),
        ({"method": "another"}, "changed meanwhile"),
    ],
)
def test_without_an_amount_and_a_word_of_agreement_it_stays_off(
    ada: Browser, till: Till, more: dict[str, str], says: str
) -> None:
    till.save()
    known = {"ceiling": "100", "agreed": "on", "method": method_field(said(ada.get(ON)))} | more
    answer = ada.post(ON, {name: value for name, value in known.items() if value})
    assert (answer.status_code, says in text(answer)) == (422, True)
    with cast.inside(till.business):
        assert not Mandate.objects.exists()


def test_the_page_says_what_is_charged_next_and_so_it_comes(ada: Browser, till: Till, clock: Clock) -> None:
    till.save()
    owing(till)
    agree(ada)
    till.morning()
    clock.now = till.now
    ada.come_in(a_login_again(till), now=clock.now)
    page = text(ada.get(AUTOPAY))
    assert "$38.50" in page
    day = re.search(r"On (\w+, \w+ \d+)", page)
    assert day
    till.morning()
    till.morning()
    assert till.payments()[0].state == "succeeded"
    today = till.business.today(till.now)
    assert day[1] == f"{today:%A, %B} {today.day}"


def a_login_again(till: Till) -> Login:
    with cast.inside(till.business):
        return a_login(till.customers[0], email="again@example.com")


@pytest.mark.parametrize("where", ["/portal/", "/portal/invoices/"])
def test_beside_what_is_owed_it_says_that_autopay_is_on(ada: Browser, till: Till, where: str) -> None:
    owing(till)
    link = f'<a href="{AUTOPAY}">See what is charged, and when</a>'
    assert link not in said(ada.get(where))
    till.save()
    agree(ada)
    assert link in said(ada.get(where))
    ada.post(f"{AUTOPAY}off/")
    assert link not in said(ada.get(where))


def test_what_is_above_the_limit_is_said_never_to_be_charged(ada: Browser, till: Till) -> None:
    till.save()
    invoice = owing(till, 20_000)
    page = text(agree(ada))
    assert f"{invoice.number}, $200.00: it’s more than your limit." in page


def test_the_last_card_cannot_be_removed_while_it_is_on_and_the_page_says_what_to_do(ada: Browser, till: Till) -> None:
    card = till.save()
    till.agree()
    where = f"{AUTOPAY}methods/{card.pk}/"
    answer = ada.post(where, {"do": "remove"})
    assert (answer.status_code, "Add another card first, or turn autopay off." in text(answer)) == (422, True)
    assert "Autopay is off." in text(ada.post(f"{AUTOPAY}off/", follow=True))
    assert "It isn’t saved any more." in text(ada.post(where, {"do": "remove"}, follow=True))
    assert ada.post(where, {"do": "remove"}).status_code == 404


def test_another_card_is_chosen(ada: Browser, till: Till) -> None:
    till.save()
    other = till.save(card="5555555555554444")
    ada.post(f"{AUTOPAY}methods/{other.pk}/", {"do": "choose"})
    assert till.card() == other


def test_where_the_business_cannot_be_paid_the_page_says_so(ada: Browser, till: Till) -> None:
    till.save()
    till.agree()
    till.fake.onboard(till.account, "rejected")
    till.hear()
    page = text(ada.get(AUTOPAY))
    assert "can’t be paid online at the moment, so nothing is charged." in page
    assert "Add a card or bank account" not in page
    assert ada.post(ADD).status_code == 422


def test_the_page_asks_as_much_however_much_there_is(ada: Browser, till: Till) -> None:
    till.save()
    till.agree()
    with statements() as few:
        ada.get(AUTOPAY)
    for _n in range(3):
        till.save()
        owing(till)
    till.morning()
    with statements() as many:
        ada.get(AUTOPAY)
    assert len(few) == len(many) <= MOST, many


def test_what_was_done_is_in_the_trail(ada: Browser, till: Till) -> None:
    till.save()
    agree(ada)
    ada.post(f"{AUTOPAY}off/")
    with cast.inside(till.business):
        kept = list(
            Entry.objects.filter(verb__regex="^(method|autopay)").order_by("id").values_list("verb", "actor_kind")
        )
    assert kept == [("method.saved", "stripe"), ("autopay.agreed", "customer"), ("autopay.ended", "customer")]


def test_turned_off_twice_it_is_off(ada: Browser) -> None:
    for _again in range(2):
        assert "Autopay is off." in text(ada.post(f"{AUTOPAY}off/", follow=True))
