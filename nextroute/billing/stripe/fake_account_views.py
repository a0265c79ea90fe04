"""Connected accounts as they are shown: by v2 only the parts that were asked for, by v1 all at once."""

import stripe

from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_shapes import blank, shown
from nextroute.billing.stripe.fake_state import Thing

CAPABILITY = {"card": "card_payments", "us_bank_account": "ach_debit_payments"}
_INCLUDED = ("defaults", "identity", "requirements", "future_requirements")
# What each state of an account makes of its capabilities: the status, why, and what helps.
STATES = {
    "unfinished": ("restricted", "requirements_past_due", "provide_info"),
    "reviewed": ("pending", "requirements_pending_verification", "no_resolution"),
    "finished": ("active", "", ""),
    "rejected": ("rejected", "rejected_other", "contact_stripe"),
}
_MISSING = ("business details", "a person who represents the business", "a bank account for payouts")


def snapshot(account: Thing) -> Thing:
    status, why, _ = STATES[account["_state"]]
    due = list(_MISSING) if account["_state"] == "unfinished" else []
    known = {
        "id": account["id"],
        "charges_enabled": status == "active" and bool(account["_wants"]),
        "payouts_enabled": status == "active",
        "details_submitted": account["_state"] != "unfinished",
        "country": ((account["identity"] or {}).get("country") or "us").upper(),
        "email": account["contact_email"],
        "metadata": dict(account["metadata"] or {}),
        "requirements": {"currently_due": due, "past_due": due, "disabled_reason": why or None},
    }
    return blank(stripe.Account, **known)


def included(account: Thing, asked: Asked) -> Thing:
    """With those parts that were asked for, as v2 answers."""
    wanted = set(asked.get("include") or [])
    seen = shown(account) | dict.fromkeys(part for part in _INCLUDED if part not in wanted)
    seen["configuration"] = {"customer": None, "recipient": None, "merchant": None}
    if "configuration.merchant" in wanted and account["applied_configurations"]:
        seen["configuration"]["merchant"] = _merchant(account)
    if "requirements" in wanted:
        seen["requirements"] = _requirements(account)
    return seen


def _merchant(account: Thing) -> Thing:
    status, code, helps = STATES[account["_state"]]
    details = [{"code": code, "resolution": helps}] if code else []
    wanted: Thing = dict.fromkeys(CAPABILITY.values())
    wanted |= {name: {"status": status, "status_details": details} for name in account["_wants"]}
    return {**account["_merchant"], "applied": True, "capabilities": wanted}


def _requirements(account: Thing) -> Thing:
    if account["_state"] != "unfinished":
        return {"entries": [], "summary": None, "alternatives": []}
    entries = [
        {
            "description": what,
            "awaiting_action_from": "user",
            "errors": [],
            "impact": {"restricts_capabilities": [{"capability": name} for name in account["_wants"]]},
            "minimum_deadline": {"status": "past_due"},
            "requested_reasons": [{"code": "routine_onboarding"}],
            "reference": None,
        }
        for what in _MISSING
    ]
    return {
        "entries": entries,
        "summary": {"minimum_deadline": {"status": "past_due", "time": None}},
        "alternatives": [],
    }
