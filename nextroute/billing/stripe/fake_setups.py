"""SetupIntents: leave to use a card or bank account later, without money."""

import stripe

from nextroute.billing.stripe import fake_cards as cards
from nextroute.billing.stripe import fake_confirming as confirming
from nextroute.billing.stripe import fake_events as events
from nextroute.billing.stripe import fake_lists as lists
from nextroute.billing.stripe import fake_methods as methods
from nextroute.billing.stripe import fake_payments as payments
from nextroute.billing.stripe.fake_errors import Refusal, out_of_order
from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_shapes import blank, shown
from nextroute.billing.stripe.fake_state import Drawer, Thing

KIND = "setup_intent"
_FIELDS = frozenset({"customer", "description", "metadata", "usage", "allowed_payment_method_types"})
CREATES = _FIELDS | {"confirm", "payment_method", "return_url", "automatic_payment_methods"}
_OPEN = {"requires_payment_method", "requires_confirmation"}


def create(drawer: Drawer, asked: Asked) -> Thing:
    if asked.get("customer"):
        drawer.get("customer", asked["customer"], param="customer")
    method = methods.asked_for(drawer, asked)
    setup = made(drawer, {name: value for name, value in asked.items() if name in _FIELDS})
    if method:
        setup.update(payment_method=method["id"], status="requires_confirmation")
    return confirm(drawer, asked, setup["id"]) if asked.get("confirm") else setup


def made(drawer: Drawer, known: Thing) -> Thing:
    """A new one, with nothing tried yet."""
    types = known.get("allowed_payment_method_types") or ["card"]
    usual = {"status": "requires_payment_method", "usage": "off_session", "payment_method_types": types}
    setup = drawer.put("seti", blank(stripe.SetupIntent, created=drawer.now, **usual | known))
    setup["client_secret"] = f"{setup['id']}_secret_test"
    events.tell(drawer, "setup_intent.created", setup)
    return setup


def confirm(drawer: Drawer, asked: Asked, key: str) -> Thing:
    setup = drawer.get(KIND, key)
    wanted = asked.get("payment_method") or setup["payment_method"]
    if setup["status"] not in _OPEN or not wanted:
        says = f"You cannot confirm this SetupIntent because it has a status of {setup['status']}."
        raise out_of_order(says, code="setup_intent_unexpected_state", setup_intent=shown(setup))
    attempt(drawer, setup, methods.usable(drawer, wanted, setup["customer"]))
    return setup


def attempt(drawer: Drawer, setup: Thing, method: Thing, *, proved: bool = False) -> None:
    """Ask the method for leave. `proved`: somebody has confirmed it. Raises Refusal if declined."""
    setup.update(payment_method=method["id"], next_action=None, last_setup_error=None)
    of = cards.kept(method["_number"])
    if isinstance(of, cards.Bank):
        waits = confirming.deposits(drawer, setup) if of.slow else None
    else:
        waits = confirming.challenge(drawer, setup) if of.asks else None
        if of.code and not of.saves:
            _decline(drawer, setup, confirming.refusal(of))
    if waits and not proved:
        setup.update(status="requires_action", next_action=waits)
        events.tell(drawer, "setup_intent.requires_action", setup)
        return
    _allow(drawer, setup, method)


def give_up(drawer: Drawer, setup: Thing) -> None:
    """The cardholder did not confirm."""
    try:
        _decline(drawer, setup, confirming.unproved())
    except Refusal:
        return


def verify(drawer: Drawer, asked: Asked, key: str) -> Thing:
    """Prove a bank account by the deposits that came."""
    setup = drawer.get(KIND, key)
    payments.proving(setup, asked)
    attempt(drawer, setup, drawer.get(methods.KIND, setup["payment_method"]), proved=True)
    return setup


def cancel(drawer: Drawer, asked: Asked, key: str) -> Thing:
    setup = drawer.get(KIND, key)
    if setup["status"] in {"succeeded", "canceled"}:
        says = f"You cannot cancel this SetupIntent because it has a status of {setup['status']}."
        raise out_of_order(says, code="setup_intent_unexpected_state", setup_intent=shown(setup))
    setup.update(status="canceled", cancellation_reason=asked.get("cancellation_reason"), next_action=None)
    events.tell(drawer, "setup_intent.canceled", setup)
    return setup


def listed(drawer: Drawer, asked: Asked) -> Thing:
    return lists.page(drawer.every(KIND), asked, "/v1/setup_intents", "customer", "payment_method")


def _allow(drawer: Drawer, setup: Thing, method: Thing) -> None:
    method["_set_up"] = True
    setup.update(status="succeeded", next_action=None)
    if setup["customer"]:
        methods.keep(drawer, method, setup["customer"])
    events.tell(drawer, "setup_intent.succeeded", setup)


def _decline(drawer: Drawer, setup: Thing, no: Refusal) -> None:
    setup.update(status="requires_payment_method", payment_method=None, next_action=None)
    setup["last_setup_error"] = dict(no.body["error"])
    events.tell(drawer, "setup_intent.setup_failed", setup)
    no.body["error"]["setup_intent"] = shown(setup)
    raise no
