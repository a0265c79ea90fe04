"""What a business lets its customers do by themselves. Modes and notices are its settings; staff need neither."""

from django.db import models
from django.utils.translation import gettext as _

from nextroute.core.actors import Actor, ActorKind
from nextroute.core.errors import Refused
from nextroute.tenancy.businesses import Business


class Action(models.TextChoices):
    """The settings of each begin with its name: `hold_mode`, `hold_notice_hours`."""

    HOLD = "hold"
    SKIP = "skip"
    EXTRA = "extra"
    PLAN_CHANGE = "plan_change"
    CANCELLATION = "cancellation"


class Mode(models.TextChoices):
    OFF = "off"
    INSTANT = "instant"
    APPROVAL = "approval"


class NotPermitted(Refused):
    """The business does not take this from its customers, or not without an answer of its own."""


def mode(business: Business, action: Action) -> Mode:
    return Mode(getattr(business, f"{action}_mode"))


def notice_hours(business: Business, action: Action, actor: Actor) -> int | None:
    """Hours before the local midnight that begins the service day; none for staff, who may act without notice."""
    if actor.kind is not ActorKind.CUSTOMER:
        return None
    hours: int = getattr(business, f"{action}_notice_hours")
    return hours


def at_once(business: Business, action: Action, actor: Actor) -> None:
    """Guard of a verb that takes effect: raises NotPermitted for a customer whom the business wants to be asked by."""
    if actor.kind is ActorKind.CUSTOMER and mode(business, action) is not Mode.INSTANT:
        raise NotPermitted(_("Please call us: we arrange this with you ourselves."))


def asked(business: Business, action: Action, actor: Actor) -> None:
    """Guard of a verb that asks the office: raises NotPermitted for a customer where the action is off."""
    if actor.kind is ActorKind.CUSTOMER and mode(business, action) is Mode.OFF:
        raise NotPermitted(_("Please call us: we arrange this with you ourselves."))
