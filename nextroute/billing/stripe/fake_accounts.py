"""Connected accounts (Accounts v2): what they may do, and what they still have to say before they may."""

import stripe

from nextroute.billing.stripe import fake_events as events
from nextroute.billing.stripe.fake_account_views import CAPABILITY, STATES, included, snapshot
from nextroute.billing.stripe.fake_errors import Refusal, invalid, no_such
from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_shapes import blank
from nextroute.billing.stripe.fake_state import PLATFORM, Drawer, Thing

KIND = "v2.core.account"
_PLAIN = frozenset({"contact_email", "contact_phone", "dashboard", "defaults", "display_name", "identity", "metadata"})
CREATES = _PLAIN | {"configuration.merchant", "include"}
UPDATES = CREATES


def create(drawer: Drawer, asked: Asked) -> Thing:
    merchant = (asked.get("configuration") or {}).get("merchant") or {}
    known = {name: value for name, value in asked.items() if name in _PLAIN}
    usual = {
        "closed": False,
        "created": events.instant(drawer.now),
        "applied_configurations": ["merchant"] if merchant else [],
        "_merchant": {name: value for name, value in merchant.items() if name != "capabilities"},
        "_wants": _requested(merchant),
        "_state": "unfinished",
    }
    account = drawer.put("acct", blank(stripe.v2.core.Account, **usual | known))
    drawer.world.things[account["id"]] = {}
    events.hint(drawer.world, "v2.core.account.created", account["id"])
    return included(account, asked)


def update(drawer: Drawer, asked: Asked, key: str) -> Thing:
    account = _open(drawer, key)
    merchant = (asked.get("configuration") or {}).get("merchant") or {}
    account.update({name: value for name, value in asked.items() if name in _PLAIN})
    account["_merchant"] |= {name: value for name, value in merchant.items() if name != "capabilities"}
    account["_wants"] = sorted({*account["_wants"], *_requested(merchant)})
    if account["_wants"]:
        account["applied_configurations"] = ["merchant"]
    events.hint(drawer.world, "v2.core.account.updated", key)
    return included(account, asked)


def retrieve(drawer: Drawer, asked: Asked, key: str) -> Thing:
    return included(drawer.get(KIND, key), asked)


def listed(drawer: Drawer, asked: Asked) -> Thing:
    found = [included(account, {}) for account in drawer.every(KIND) if account["closed"] == asked.get("closed", False)]
    return {"data": found[: int(asked.get("limit", 20))], "next_page_url": None, "previous_page_url": None}


def close(drawer: Drawer, asked: Asked, key: str) -> Thing:
    account = _open(drawer, key)
    account["closed"] = True
    events.hint(drawer.world, "v2.core.account.closed", key)
    return included(account, asked)


def become(drawer: Drawer, key: str, state: str) -> Thing:
    """Another of STATES, and everybody is told: the platform by hints, the account's listeners by a snapshot."""
    account = _open(drawer, key)
    if state not in STATES:
        raise invalid(f"An account is one of {', '.join(STATES)}.", param="state")
    account["_state"] = state
    for name in account["_wants"]:
        changed = "v2.core.account[configuration.merchant].capability_status_updated"
        events.hint(drawer.world, changed, key, updated_capability=name)
    events.hint(drawer.world, "v2.core.account[requirements].updated", key)
    events.tell(drawer.world.drawer(key), "account.updated", snapshot(account))
    return account


def may_charge(drawer: Drawer) -> None:
    """Refuse to take money for an account that can take none in any way. Raises Refusal."""
    if not any(_active(drawer, method_type) for method_type in CAPABILITY):
        raise Refusal(400, "Your account cannot currently make charges.", code="account_invalid", began=False)


def may_take(drawer: Drawer, method_type: str) -> None:
    """Refuse a way to pay that the account does not have. Raises Refusal."""
    if not _active(drawer, method_type):
        says = f"The payment method type {method_type} is not activated for this account."
        raise invalid(says, param="payment_method", code="payment_method_unactivated")


def ways(drawer: Drawer) -> list[str]:
    """In which ways the account can be paid."""
    return [method_type for method_type in CAPABILITY if _active(drawer, method_type)]


def known(drawer: Drawer, key: str) -> bool:
    """Whether this is a connected account that is still open."""
    account = drawer.world.things[PLATFORM].get(key)
    return account is not None and account["object"] == KIND and not account["closed"]


def retrieve_v1(drawer: Drawer, _asked: Asked, key: str) -> Thing:
    """As the older interface shows it."""
    return snapshot(drawer.get(KIND, key))


def _requested(merchant: Thing) -> list[str]:
    wanted = merchant.get("capabilities") or {}
    for name in wanted:
        if name not in CAPABILITY.values():
            param = f"configuration[merchant][capabilities][{name}]"
            raise invalid(f"The stand-in has nothing behind the capability {name}.", param=param)
    return sorted(name for name, how in wanted.items() if how.get("requested"))


def _active(drawer: Drawer, method_type: str) -> bool:
    if drawer.account == PLATFORM:
        return True
    account = drawer.world.things[PLATFORM][drawer.account]
    return account["_state"] == "finished" and CAPABILITY.get(method_type) in account["_wants"]


def _open(drawer: Drawer, key: str) -> Thing:
    account = drawer.get(KIND, key)
    if account["closed"]:
        raise no_such("account", key)
    return account
