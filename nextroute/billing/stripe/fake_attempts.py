"""An attempt to be paid: what a card or a bank makes of it, at once, after it was asked, or days later."""

from nextroute.billing.stripe import fake_cards as cards
from nextroute.billing.stripe import fake_charges as charges
from nextroute.billing.stripe import fake_confirming as confirming
from nextroute.billing.stripe import fake_events as events
from nextroute.billing.stripe import fake_methods as methods
from nextroute.billing.stripe.fake_errors import Refusal
from nextroute.billing.stripe.fake_shapes import shown
from nextroute.billing.stripe.fake_state import Drawer, Thing

_DEPOSITS_WAIT = 10 * 86_400  # seconds


def attempt(drawer: Drawer, intent: Thing, method: Thing, *, absent: bool = False, proved: bool = False) -> None:
    """Ask the method for the money. Raises Refusal if declined.

    `absent`: nobody is there to confirm it; `proved`: somebody has.
    """
    intent.update(payment_method=method["id"], next_action=None, last_payment_error=None)
    of = cards.kept(method["_number"])
    if isinstance(of, cards.Bank):
        _debit(drawer, intent, method, of, proved=proved)
    elif confirming.must_ask(of, method) and not proved:
        if absent:
            _decline(drawer, intent, method, confirming.unproved())
        _await(drawer, intent, confirming.challenge(drawer, intent))
    elif of.code:
        _decline(drawer, intent, method, confirming.refusal(of))
    else:
        charge = charges.begin(drawer, intent, method)
        _arrive(drawer, intent, charge)
        _remember(drawer, intent, method)
        if of.disputed:
            drawer.world.later(3_600, "dispute", drawer, charge)


def give_up(drawer: Drawer, intent: Thing) -> None:
    """The cardholder did not confirm. Nothing to raise: nobody waits for an answer."""
    method = drawer.get(methods.KIND, intent["payment_method"])
    try:
        _decline(drawer, intent, method, confirming.unproved())
    except Refusal:
        return


def unproved(drawer: Drawer, intent: Thing) -> None:
    """Nobody has named the deposits: there was never a charge."""
    error = dict(confirming.timed_out().body["error"])
    intent.update(status="requires_payment_method", payment_method=None, next_action=None, last_payment_error=error)
    events.tell(drawer, "payment_intent.payment_failed", intent)


def settle(drawer: Drawer, charge: Thing) -> None:
    """The bank has answered."""
    intent = drawer.get("payment_intent", charge["payment_intent"])
    method = drawer.get(methods.KIND, charge["payment_method"])
    of = cards.kept(method["_number"])
    if charge["status"] != "pending" or not isinstance(of, cards.Bank):
        return
    if not of.fails:
        _arrive(drawer, intent, charge)
        if of.returned:
            drawer.world.later(86_400, "dispute", drawer, charge)
        return
    _fail(drawer, intent, charge, method, confirming.bounced(of.fails))


def _debit(drawer: Drawer, intent: Thing, method: Thing, of: cards.Bank, *, proved: bool) -> None:
    if of.slow and not (proved or method["_set_up"]):
        _await(drawer, intent, confirming.deposits(drawer, intent))
        drawer.world.later(_DEPOSITS_WAIT, "unproved", drawer, intent)
        return
    _remember(drawer, intent, method)
    charge = charges.begin(drawer, intent, method)
    intent["status"] = "processing"
    events.tell(drawer, "payment_intent.processing", intent)
    events.tell(drawer, "charge.pending", charge)
    if not of.stuck:
        drawer.world.later(drawer.world.bank_takes, "settle", drawer, charge)


def _await(drawer: Drawer, intent: Thing, action: Thing) -> None:
    intent.update(status="requires_action", next_action=action)
    events.tell(drawer, "payment_intent.requires_action", intent)


def _arrive(drawer: Drawer, intent: Thing, charge: Thing) -> None:
    charges.succeed(drawer, charge)
    intent.update(status="succeeded", amount_received=intent["amount"], next_action=None)
    events.tell(drawer, "payment_intent.succeeded", intent)


def _remember(drawer: Drawer, intent: Thing, method: Thing) -> None:
    """Kept for later payments, where that was asked for."""
    if intent["setup_future_usage"]:
        method["_set_up"] = True
        if intent["customer"]:
            methods.keep(drawer, method, intent["customer"])


def _decline(drawer: Drawer, intent: Thing, method: Thing, no: Refusal) -> None:
    _fail(drawer, intent, charges.begin(drawer, intent, method), method, no)
    no.body["error"]["payment_intent"] = shown(intent)
    raise no


def _fail(drawer: Drawer, intent: Thing, charge: Thing, method: Thing, no: Refusal) -> None:
    charges.fail(drawer, charge, no)
    error = dict(no.body["error"]) | {"charge": charge["id"], "payment_method": shown(method)}
    intent.update(status="requires_payment_method", payment_method=None, next_action=None, last_payment_error=error)
    events.tell(drawer, "payment_intent.payment_failed", intent)
