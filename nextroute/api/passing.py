"""Passing bounces: what anymail calls a bounce too, but is a mailbox that was full, a filter, or a fault of ours.

No address is given up for those. Each function is asked about one report, in the provider's own words.
"""

from collections.abc import Mapping

type Told = Mapping[str, object]


def amazon_ses(told: Told) -> bool:
    return _word(told, "bounce", "bounceType") in {"Transient", "Undetermined"} or "reject" in told


def brevo(told: Told) -> bool:
    return _word(told, "event") == "soft_bounce"


def mailgun(told: Told) -> bool:
    """A temporary failure is deferred to anymail; these are permanent ones that say nothing of the address."""
    event, reason = (_word(told, "event-data", name) for name in ("event", "reason"))
    return event == "rejected" or reason in {"generic", "old", "espblock"}


def mailjet(told: Told) -> bool:
    soft = _word(told, "event") == "bounce" and _word(told, "hard_bounce") != "True"
    ours = {"sender blocked", "content blocked", "policy issue", "duplicate in campaign"}
    return soft or _word(told, "error") in ours


def postmark(told: Told) -> bool:
    return _word(told, "Type") in {"SoftBounce", "VirusNotification", "Blocked", "DMARCPolicy", "Unconfirmed"}


def sendgrid(told: Told) -> bool:
    return (_word(told, "event"), _word(told, "type")) == ("bounce", "blocked")


def sparkpost(told: Told) -> bool:
    """By its bounce classes, but for 10 (no such reader), 30 (no such mailbox) and what is no bounce at all."""
    events = told.get("msys")
    classes = {_word(event, "bounce_class") for event in events.values()} if isinstance(events, Mapping) else set()
    return bool(classes & {"1", *map(str, range(20, 26)), "40", *map(str, range(50, 55)), "70"})


def _word(told: object, *path: str) -> str:
    for name in path:
        told = told.get(name) if isinstance(told, Mapping) else None
    return str(told)
