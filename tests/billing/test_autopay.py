"""Autopay, from the card that is left to the money that arrives: docs/rules/autopay.md."""

import pytest
from django.utils import translation

from nextroute.billing import following, sweeping
from nextroute.billing.autopay import announcing, charging, mandates, methods, mornings, upcoming
from nextroute.billing.models import Announcement, AutopayTry, Invoice
from nextroute.billing.stripe.client import NoAnswer
from nextroute.config import links
from nextroute.core.actors import SYSTEM
from nextroute.core.days import ONE_DAY
from nextroute.core.errors import Refused
from nextroute.notifications.composing import compose
from nextroute.notifications.models import Delivery
from nextroute.tenancy.models import Business
from tests import cast
from tests.billing import books
from tests.billing.till import Till
from tests.doors import led_on_to

GOOD, OTHER, DECLINES, ASKS = "4242424242424242", "5555555555554444", "4000000000000341", "4000002500003155"
BANK, BANK_EMPTY, BANK_TAKES_BACK = "000123456789", "000222222227", "000555555559"
ASKED = "/v1/payment_intents"


def states(till: Till, n: int = 0) -> list[str]:
    return [payment.state for payment in till.payments(n)]


def due_today(till: Till, cents: int = 3850, n: int = 0) -> Invoice:
    """Sent in the morning, and to be paid on the day."""
    return till.invoice(cents, n, on=till.business.today(till.now).isoformat())


def stopped(till: Till) -> list[str]:
    with cast.inside(till.business):
        return list(Announcement.objects.order_by("told_at").values_list("stopped", flat=True))


def at_stripe(till: Till) -> int:
    """How many payments Stripe was asked for, whatever became of them."""
    return len(till.fake.charges(till.account))


@pytest.fixture
def till(till: Till) -> Till:
    """In the morning, whatever the hour is where the tests run."""
    till.morning()
    return till


@pytest.fixture
def auto(till: Till) -> Till:
    """Ada has left a card, and agreed to be charged up to 100.00."""
    till.save()
    till.agree()
    return till


# What is charged, and when


def test_an_invoice_is_announced_and_two_days_later_charged(auto: Till) -> None:
    invoice = due_today(auto)
    auto.morning()
    assert (auto.told("autopay_ahead"), states(auto)) == (1, [])
    auto.morning()
    assert states(auto) == []
    auto.morning()
    assert (states(auto), auto.standing(invoice)) == (["succeeded"], "paid")
    assert auto.fake.books(auto.account).received == 3850
    auto.morning()
    assert (at_stripe(auto), auto.told("autopay_ahead"), auto.told("payment_received")) == (1, 1, 1)


def test_what_is_due_later_is_announced_three_days_before(auto: Till) -> None:
    with cast.inside(auto.business):
        Business.objects.update(payment_terms_days=15)
    due_today(auto)
    days: list[int] = []
    for day in range(1, 17):
        auto.morning()
        days += [day] * (auto.told("autopay_ahead") - len(days))
    assert (days, states(auto)) == ([12], ["succeeded"])
    with cast.inside(auto.business):
        assert AutopayTry.objects.get().tried_on == Invoice.objects.get().due_date


def test_nothing_is_charged_before_the_mail_has_left_two_days_ago(auto: Till) -> None:
    due_today(auto)
    auto.morning()
    with cast.inside(auto.business):
        Delivery.objects.filter(trigger="autopay_ahead").update(status="queued", sent_at=None)
    auto.later(days=2)
    mornings.run(auto.business.pk, clock=lambda: auto.now)
    assert states(auto) == []
    auto.post()
    auto.morning()
    assert states(auto) == []
    auto.morning()
    assert states(auto) == ["succeeded"]


@pytest.mark.parametrize("how", ["failed", "bounced", "dropped"])
def test_who_could_not_be_told_is_not_charged(auto: Till, how: str) -> None:
    due_today(auto)
    auto.morning()
    with cast.inside(auto.business):
        Delivery.objects.filter(trigger="autopay_ahead").update(status=how)
    auto.later(days=2)
    auto.morning()
    assert (states(auto), stopped(auto)) == ([], ["untold"])


def test_what_is_above_the_ceiling_is_not_charged_and_told(auto: Till) -> None:
    due_today(auto, 10_001)
    for _day in range(4):
        auto.morning()
    assert (states(auto), stopped(auto), auto.told("autopay_above")) == ([], ["ceiling"], 1)


def test_exactly_the_ceiling_is_charged(auto: Till) -> None:
    due_today(auto, 10_000)
    for _day in range(3):
        auto.morning()
    assert states(auto) == ["succeeded"]


def test_only_what_is_still_open_is_charged(auto: Till) -> None:
    invoice = due_today(auto)
    auto.morning()
    with cast.inside(auto.business):
        books.pay(auto.customers[0], 3000, invoice)
    auto.later(days=1)
    auto.morning()
    assert [(one.amount_cents, one.method) for one in auto.payments()] == [(3000, "cash"), (850, "card")]


def test_who_paid_meanwhile_is_not_charged(auto: Till) -> None:
    invoice = due_today(auto)
    auto.morning()
    auto.pay(3850, invoice)
    auto.later(days=1)
    auto.morning()
    assert at_stripe(auto) == 1


def test_never_more_than_was_announced(auto: Till) -> None:
    """Money that paid a part of it is gone again on the day of the charge."""
    invoice = due_today(auto)
    first = auto.pay(1000, invoice)
    auto.morning()
    auto.give_back(first, 1000, with_credit_note=False)
    auto.later(days=1)
    auto.morning()
    assert [one.amount_cents for one in auto.payments()] == [1000, 2850]


def test_a_voided_invoice_is_not_charged(auto: Till) -> None:
    invoice = due_today(auto)
    auto.morning()
    auto.void(invoice)
    auto.later(days=1)
    auto.morning()
    assert states(auto) == []


def test_autopay_that_was_turned_off_charges_nothing(auto: Till) -> None:
    due_today(auto)
    auto.morning()
    with cast.inside(auto.business):
        mandates.end(customer=auto.customers[0], actor=SYSTEM, now=auto.now)
    auto.later(days=1)
    auto.morning()
    assert states(auto) == []


def test_turned_on_again_it_is_announced_again(auto: Till) -> None:
    due_today(auto)
    auto.morning()
    auto.agree()
    auto.morning()
    auto.morning()
    assert (states(auto), auto.told("autopay_ahead")) == ([], 2)
    auto.morning()
    assert states(auto) == ["succeeded"]


def test_who_has_no_autopay_is_never_charged(till: Till) -> None:
    till.save()
    due_today(till)
    for _day in range(4):
        till.morning()
    assert (states(till), till.told("autopay_ahead")) == ([], 0)


@pytest.mark.parametrize("state", ["unfinished", "rejected"])
def test_where_the_business_cannot_be_paid_nothing_is_charged(auto: Till, state: str) -> None:
    due_today(auto)
    auto.morning()
    auto.fake.onboard(auto.account, state)
    auto.hear()
    auto.later(days=1)
    auto.morning()
    assert states(auto) == []


def test_a_bank_account_pays_some_days_later(till: Till) -> None:
    till.save(bank=BANK)
    till.agree()
    invoice = due_today(till)
    for _day in range(3):
        till.morning()
    assert (states(till), till.standing(invoice)) == (["processing"], "processing")
    till.morning()
    assert len(states(till)) == 1
    till.later(days=5)
    till.hear()
    assert (states(till), till.standing(invoice)) == (["succeeded"], "paid")


# What is declined


def test_a_decline_is_tried_again_on_days_one_three_and_seven_and_told_each_time(till: Till) -> None:
    till.save(card=DECLINES)
    till.agree()
    due_today(till)
    for _day in range(14):
        till.morning()
    assert states(till) == ["failed"] * 4
    with cast.inside(till.business):
        tried = [one.tried_on for one in AutopayTry.objects.order_by("tried_on")]
    assert [(day - tried[0]).days for day in tried] == [0, 1, 3, 7]
    assert (till.told("autopay_failed"), till.told("payment_failed"), till.told("office_money")) == (4, 0, 1)
    assert stopped(till) == ["declined"]


def test_another_card_is_charged_at_the_next_try(till: Till) -> None:
    till.save(card=DECLINES)
    till.agree()
    invoice = due_today(till)
    for _day in range(3):
        till.morning()
    card = till.save(card=GOOD)
    with cast.inside(till.business):
        methods.choose(method=card, actor=SYSTEM)
    till.morning()
    assert (states(till), till.standing(invoice)) == (["failed", "succeeded"], "paid")


def test_where_the_bank_wants_its_customer_there_nothing_is_tried_again(till: Till) -> None:
    setup = till.save_with_question("4000002760003184")
    assert setup.state == "saved"
    till.agree()
    due_today(till)
    for _day in range(5):
        till.morning()
    assert (states(till), stopped(till), till.told("autopay_failed")) == (["failed"], ["confirm"], 1)


def test_a_bank_that_says_no_after_days_is_tried_again(till: Till) -> None:
    till.save(bank=BANK_EMPTY)
    till.agree()
    due_today(till)
    for _day in range(3):
        till.morning()
    till.later(days=4)
    till.hear()
    assert (states(till), till.told("autopay_failed")) == (["failed"], 1)
    till.morning()
    assert states(till) == ["failed", "processing"]


def test_what_has_nothing_left_to_charge_is_told(auto: Till) -> None:
    due_today(auto)
    auto.morning()
    auto.shop_lets_go_of_every_card()
    auto.hear()
    auto.later(days=1)
    auto.morning()
    assert (states(auto), stopped(auto), auto.told("autopay_failed")) == ([], ["no_method"], 1)


# What went back


def test_what_the_bank_took_back_is_not_charged_again(till: Till) -> None:
    till.save(bank=BANK_TAKES_BACK)
    till.agree()
    invoice = due_today(till)
    for _day in range(14):
        till.morning()
        till.hear()
    assert (states(till), till.standing(invoice)) == (["succeeded"], "overdue")
    with cast.inside(till.business):
        [said] = upcoming.of(till.customers[0], mandates.standing(till.customers[0]), now=till.now)
    assert (said.invoice, said.stopped) == (invoice, "paid")


def test_what_was_given_back_is_not_charged_again(auto: Till) -> None:
    invoice = due_today(auto)
    for _day in range(3):
        auto.morning()
    auto.give_back(auto.payments()[0], 1000, with_credit_note=False)
    for _day in range(3):
        auto.morning()
    assert (states(auto), auto.standing(invoice)) == (["succeeded"], "overdue")


def test_what_its_customer_paid_and_a_dispute_took_back_is_not_charged_on_the_word_of_long_ago(auto: Till) -> None:
    invoice = due_today(auto)
    auto.morning()
    paid = auto.pay(3850, invoice, card=GOOD)
    for _day in range(3):
        auto.morning()
    assert stopped(auto) == ["paid"]
    auto.fake.dispute(str(paid.stripe_intent))
    auto.follow(paid)
    for _day in range(3):
        auto.morning()
    assert (len(auto.payments()), auto.standing(invoice)) == (1, "overdue")


def test_it_is_charged_again_once_its_customer_has_agreed_anew_and_was_told_anew(auto: Till) -> None:
    due_today(auto)
    for _day in range(3):
        auto.morning()
    auto.give_back(auto.payments()[0], 1000, with_credit_note=False)
    auto.agree(5_000)
    auto.morning()
    assert (states(auto), auto.told("autopay_ahead")) == (["succeeded"], 2)
    for _day in range(2):
        auto.morning()
    assert [(one.state, one.amount_cents) for one in auto.payments()] == [("succeeded", 3850), ("succeeded", 1000)]


# Answers that are lost, and workers that die


def charged_in_vain(auto: Till) -> None:
    """Written down, and never heard at Stripe."""
    due_today(auto)
    auto.morning()
    auto.later(days=1)
    auto.fake.befall(path=ASKED, lost=True, done=False)
    auto.morning()


def test_a_charge_stripe_has_not_heard_of_is_not_asked_for_once_autopay_is_off(auto: Till) -> None:
    charged_in_vain(auto)
    mandates.end(customer=auto.customers[0], actor=SYSTEM, now=auto.now)
    for minutes, state in ((59, "created"), (1, "canceled")):  # it may still have been on its way
        auto.later(minutes=minutes)
        sweeping.sweep(auto.business.pk, now=auto.now)
        assert (states(auto), at_stripe(auto)) == ([state], 0)
    with cast.inside(auto.business):
        invoice = Invoice.objects.get()
    assert auto.pay(3850, invoice, card=GOOD).state == "succeeded", "and another way is open"


def test_a_charge_stripe_has_not_heard_of_is_not_asked_for_from_a_card_that_was_removed(auto: Till) -> None:
    card = auto.card()
    charged_in_vain(auto)
    auto.save(card=OTHER)
    auto.fake.befall(path=f"/v1/payment_methods/{card.stripe_id}/detach", lost=True, done=False)
    methods.let_go(method=card, actor=SYSTEM, now=auto.now)
    auto.sweep()
    assert (states(auto), at_stripe(auto)) == (["canceled"], 0)


def test_what_stripe_has_heard_of_arrives_though_autopay_is_off(auto: Till) -> None:
    due_today(auto)
    auto.morning()
    auto.later(days=1)
    auto.fake.befall(path=ASKED, lost=True, done=True)
    auto.morning()
    mandates.end(customer=auto.customers[0], actor=SYSTEM, now=auto.now)
    auto.sweep()
    assert (states(auto), at_stripe(auto)) == (["succeeded"], 1)


@pytest.mark.parametrize("done", [True, False])
def test_a_lost_answer_is_charged_once(auto: Till, done: bool) -> None:
    invoice = due_today(auto)
    auto.morning()
    auto.later(days=1)
    auto.fake.befall(path=ASKED, lost=True, done=done)
    auto.morning()
    assert states(auto) == ["created"]
    auto.sweep()
    assert (states(auto), auto.standing(invoice)) == (["succeeded"], "paid")
    assert at_stripe(auto) == 1


def test_a_charge_in_flight_is_neither_repeated_nor_given_up_nor_paid_beside(auto: Till) -> None:
    invoice = due_today(auto)
    auto.morning()
    auto.later(days=1)
    auto.fake.befall(path=ASKED, lost=True, done=False)
    auto.morning()
    with pytest.raises(Refused, match="at this very moment"):
        auto.page(3850, invoice)
    auto.morning()
    assert states(auto) == ["created"]


def test_who_wants_to_pay_what_was_charged_without_our_hearing_of_it_is_told_that_it_is_paid(auto: Till) -> None:
    invoice = due_today(auto)
    auto.morning()
    auto.later(days=1)
    auto.fake.befall(path=ASKED, lost=True, done=True)
    auto.morning()
    with pytest.raises(Refused, match="nothing to pay"):
        auto.page(3850, invoice)
    assert states(auto) == ["succeeded"]


@pytest.mark.parametrize(("done", "ends"), [(True, ["succeeded"]), (False, ["canceled"])])
def test_after_a_day_nothing_is_asked_again_only_looked_up(auto: Till, done: bool, ends: list[str]) -> None:
    due_today(auto)
    auto.morning()
    auto.later(days=1)
    auto.fake.befall(path=ASKED, lost=True, done=done)
    auto.morning()
    auto.later(hours=24)
    sweeping.sweep(auto.business.pk, now=auto.now)
    assert (states(auto), at_stripe(auto)) == (ends, int(done))


def test_between_the_last_time_it_is_asked_and_the_end_it_is_left_alone(auto: Till) -> None:
    due_today(auto)
    auto.morning()
    auto.later(days=1)
    auto.fake.befall(path=ASKED, lost=True, done=False)
    auto.morning()
    auto.later(hours=21)
    sweeping.sweep(auto.business.pk, now=auto.now)
    assert (states(auto), at_stripe(auto)) == (["created"], 0)


def test_what_was_given_up_is_tried_another_morning(auto: Till) -> None:
    due_today(auto)
    auto.morning()
    auto.later(days=1)
    auto.fake.befall(path=ASKED, lost=True, done=False)
    auto.morning()
    auto.later(hours=23, minutes=30)
    sweeping.sweep(auto.business.pk, now=auto.now)
    auto.morning()
    assert states(auto) == ["canceled", "succeeded"]


def test_a_worker_that_dies_before_stripe_is_asked_costs_time_only(auto: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    due_today(auto)
    auto.morning()
    auto.later(days=1)
    with monkeypatch.context() as dead:
        dead.setattr(charging, "_ask", _die)
        with pytest.raises(KeyboardInterrupt):
            auto.morning()
    assert (states(auto), at_stripe(auto)) == (["created"], 0)
    auto.sweep()
    assert (states(auto), at_stripe(auto)) == (["succeeded"], 1)


def _die(*_args: object) -> None:
    raise KeyboardInterrupt


def test_the_page_that_is_open_is_closed_before_a_charge(auto: Till) -> None:
    invoice = due_today(auto)
    auto.morning()
    auto.later(days=1)
    page = auto.page(3850, invoice)
    auto.morning()
    assert states(auto) == ["canceled", "succeeded"]
    assert auto.fake.books(auto.account).received == 3850
    assert page.stripe_session


def test_what_was_paid_on_the_page_after_all_is_not_charged(auto: Till) -> None:
    invoice = due_today(auto)
    auto.morning()
    auto.later(days=1)
    page = auto.page(3850, invoice)
    auto.fake.pay(str(page.stripe_session))
    auto.morning()
    assert (states(auto), at_stripe(auto)) == (["succeeded"], 1)


# What is saved


def test_a_card_is_saved_by_its_names_and_is_what_is_charged(till: Till) -> None:
    card = till.save()
    assert (card.brand, card.last4, str(card.good_through), card.is_default) == ("visa", "4242", "2034-12-31", True)
    assert str(card) == "Visa ending in 4242"
    other = till.save(card=OTHER)
    assert (other.is_default, str(other)) == (False, "Mastercard ending in 4444")


def test_an_account_that_is_proved_by_deposits_is_not_saved_before(till: Till) -> None:
    setup = till.begin_to_save(by={"bank": "000999999991"})
    assert (setup.state, setup.page_url[:4]) == ("confirming", "http")
    with cast.inside(till.business):
        assert methods.default_of(till.customers[0]) is None
    till.fake.prove(setup.stripe_setup)
    till.hear()
    with cast.inside(till.business):
        assert methods.default_of(till.customers[0])


def test_what_stripe_tells_is_enough_when_nobody_comes_back(till: Till) -> None:
    till.begin_to_save(by={"card": GOOD}, back=False)
    till.hear(shuffled=True, twice=1)
    with cast.inside(till.business):
        assert methods.default_of(till.customers[0])


def test_the_last_card_stays_while_autopay_is_on(auto: Till) -> None:
    card = auto.card()
    with pytest.raises(Refused, match="turn autopay off"):
        methods.let_go(method=card, actor=SYSTEM, now=auto.now)
    auto.save(card=OTHER)
    methods.let_go(method=card, actor=SYSTEM, now=auto.now)
    assert str(auto.card()) == "Mastercard ending in 4444"
    methods.look(auto.customers[0], now=auto.now)
    with cast.inside(auto.business):
        assert auto.customers[0].saved_methods.usable().count() == 1


def test_stripe_is_told_of_a_card_that_is_removed_however_often_it_does_not_answer(till: Till) -> None:
    card = till.save()
    till.fake.befall(path=f"/v1/payment_methods/{card.stripe_id}/detach", lost=True, done=False)
    methods.let_go(method=card, actor=SYSTEM, now=till.now)
    methods.look(till.customers[0], now=till.now)
    with cast.inside(till.business):
        assert not till.customers[0].saved_methods.usable().exists()
        assert methods.forgotten_by_us_only(till.business.pk) == [card]
    till.morning()
    with cast.inside(till.business):
        assert methods.forgotten_by_us_only(till.business.pk) == []


def test_a_customer_at_stripe_is_made_once_when_the_answer_is_lost(till: Till) -> None:
    till.fake.befall(path="/v1/customers", lost=True, done=True)
    with pytest.raises(NoAnswer):
        till.save()
    till.save()
    assert till.customers_at_stripe() == 1


def test_a_reading_that_is_older_than_what_is_known_changes_nothing(till: Till) -> None:
    till.save()
    methods._stand(till.customers[0], [], till.now.replace(year=2020))
    with cast.inside(till.business):
        assert methods.default_of(till.customers[0])


def test_agreeing_needs_what_would_be_charged(till: Till) -> None:
    card = till.save()
    other = till.save(card=OTHER)
    with cast.inside(till.business):
        methods.choose(method=other, actor=SYSTEM)
    with pytest.raises(Refused, match="changed meanwhile"):
        till.agree(method=card)
    with pytest.raises(Refused, match="above zero"):
        till.agree(0)


# Cards that expire


def test_an_expiring_card_is_told_once_in_the_month_before(auto: Till) -> None:
    for day in ("2034-10-31", "2034-11-01", "2034-11-30", "2034-12-01"):
        announcing.expiring(auto.business, now=books.at(day))
    assert auto.told("card_expiring") == 1


def test_following_leaves_a_charge_alone_while_its_key_holds(auto: Till) -> None:
    assert charging.ASKED_AGAIN < following.KEY_HOLDS


# What the mails say


def the_mail(till: Till, trigger: str) -> dict[str, str]:
    """What its text is filled in with, as it is sent."""
    with cast.inside(till.business), translation.override("en-us"):
        delivery = (
            Delivery.objects.select_related("business", "customer").filter(trigger=trigger).latest("created_at", "id")
        )
        return dict(compose(delivery, links.to, till.now) or {})


def test_the_mail_before_says_how_much_when_and_from_what(auto: Till) -> None:
    invoice = due_today(auto)
    auto.morning()
    mail = the_mail(auto, "autopay_ahead")
    assert (mail["amount"], mail["saved_method"]) == ("$38.50", "Visa ending in 4242")
    assert "/portal/at/bright-bins/?" in mail["action_url"]
    assert led_on_to(mail["action_url"]) == "/portal/autopay/"
    auto.void(invoice)
    assert the_mail(auto, "autopay_ahead") == {}


def test_the_mail_of_a_decline_says_why_and_when_it_is_tried_again(till: Till) -> None:
    till.save(card=DECLINES)
    till.agree()
    due_today(till)
    for _day in range(3):
        till.morning()
    mail = the_mail(till, "autopay_failed")
    assert (mail["reason"][:17], mail["todo"]) == ("The bank said no,", "")
    tomorrow = till.business.today(till.now) + ONE_DAY
    assert mail["next_try"] == f"{tomorrow:%A, %B} {tomorrow.day}"
    for _day in range(8):
        till.morning()
    last = the_mail(till, "autopay_failed")
    assert (last["next_try"], last["todo"][:18]) == ("", "We won’t try again")
    assert the_mail(till, "office_money")["what"] == "Autopay gave up on an invoice"


def test_the_mail_where_the_bank_asks_leads_to_the_page(till: Till) -> None:
    till.save_with_question("4000002760003184")
    till.agree()
    invoice = due_today(till)
    for _day in range(3):
        till.morning()
    mail = the_mail(till, "autopay_failed")
    assert (led_on_to(mail["action_url"]), mail["next_try"]) == (f"/portal/pay/?invoice={invoice}", "")


def test_the_mail_above_the_ceiling_names_both_amounts(auto: Till) -> None:
    invoice = due_today(auto, 10_001)
    auto.morning()
    mail = the_mail(auto, "autopay_above")
    assert led_on_to(mail["action_url"]) == f"/portal/pay/?invoice={invoice}"
    assert (mail["amount"], mail["ceiling"]) == ("$100.01", "$100.00")


def test_the_mail_of_an_expiring_card_is_about_the_one_that_is_charged(auto: Till) -> None:
    announcing.expiring(auto.business, now=books.at("2034-11-05"))
    mail = the_mail(auto, "card_expiring")
    assert (mail["saved_method"], mail["month"]) == ("Visa ending in 4242", "December 2034")
    other = auto.save(card=OTHER)
    methods.choose(method=other, actor=SYSTEM)
    assert the_mail(auto, "card_expiring") == {}
