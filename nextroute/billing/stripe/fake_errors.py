"""The ways the stand-in for Stripe says no, each in the shape Stripe gives it."""

from typing import Any


class Refusal(Exception):
    """An answer that says no. `began`: the work had been begun, so a repeat with the same key is told the same."""

    def __init__(
        self, status: int, message: str, *, kind: str = "invalid_request_error", began: bool = True, **more: Any
    ) -> None:
        super().__init__(message)
        self.status, self.began = status, began
        told = {"type": kind, "message": message, **more}
        self.body = {"error": {name: value for name, value in told.items() if value not in (None, "")}}


def invalid(message: str, *, param: str = "", code: str = "") -> Refusal:
    """A parameter that cannot be meant: nothing was begun."""
    return Refusal(400, message, began=False, param=param, code=code)


def no_such(kind: str, key: str, *, param: str = "id") -> Refusal:
    """As Stripe says it of what never was, and of what is another account's."""
    status = 404 if param == "id" else 400
    return Refusal(status, f"No such {kind}: '{key}'", began=False, param=param, code="resource_missing")


def out_of_order(message: str, *, code: str = "", param: str = "", **more: Any) -> Refusal:
    """What is asked for does not follow from the state a thing is in."""
    return Refusal(400, message, code=code, param=param, **more)


def declined(message: str, *, code: str, decline_code: str = "", **more: Any) -> Refusal:
    """A card said no, after it was asked."""
    return Refusal(402, message, kind="card_error", code=code, decline_code=decline_code, **more)
