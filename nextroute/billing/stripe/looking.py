"""What the sweep and the comparison of books look up at Stripe, where an answer or an event was lost.

As in gateway.py: one or more HTTP requests, never inside a transaction; each may raise NoAnswer or Refused.
"""

from collections.abc import Iterator
from datetime import datetime

import stripe

from nextroute.billing.stripe import states
from nextroute.billing.stripe.client import asking, client
from nextroute.billing.stripe.states import Checkout, PaymentState, Told

_MOST = 100  # of anything, in one answer


def find_checkout(account: str, *, reference: str, since: datetime) -> Checkout | None:
    """The page made for our payment at or after `since`, where its answer was lost and its key is too old."""
    with asking():
        pages = client().v1.checkout.sessions.list(
            {"created": _from(since), "limit": _MOST}, {"stripe_account": account}
        )
        return next((states.of_checkout(page) for page in pages.auto_paging_iter() if _about(page, reference)), None)


def find_payment(account: str, *, reference: str, since: datetime) -> PaymentState | None:
    """The payment made for ours at or after `since`; see find_checkout."""
    with asking():
        found = client().v1.payment_intents.list({"created": _from(since), "limit": _MOST}, {"stripe_account": account})
        every = map(states.of_payment, found.auto_paging_iter())
        return next((state for state in every if state.reference == reference), None)


def payments_since(account: str, since: datetime) -> Iterator[PaymentState]:
    """Every payment made at or after `since`, whoever made it, newest first, without its fee."""
    with asking():
        asked: stripe.params.PaymentIntentListParams = {
            "created": _from(since),
            "limit": _MOST,
            "expand": ["data.latest_charge"],
        }
        found = client().v1.payment_intents.list(asked, {"stripe_account": account})
        for intent in found.auto_paging_iter():
            yield states.of_payment(intent)


def events_since(account: str, since: datetime) -> list[Told]:
    """What Stripe has told, or wanted to tell, at or after `since`, oldest first; it keeps 30 days.

    `account`: "" for what concerns us ourselves.
    """
    with asking():
        options: stripe.RequestOptions = {"stripe_account": account} if account else {}
        found = client().v1.events.list({"created": _from(since), "limit": _MOST}, options)
        return [states.of_event(event) for event in found.auto_paging_iter()][::-1]


def _about(page: stripe.checkout.Session, reference: str) -> bool:
    return page.client_reference_id == reference


def _from(since: datetime) -> stripe.params.EventListParamsCreated:
    return {"gte": int(since.timestamp())}
