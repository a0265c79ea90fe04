"""What can be asked for, and where a request stands."""

from django.db import models


class Kind(models.TextChoices):
    HOLD = "hold"
    SKIP = "skip"
    EXTRA = "extra"
    PLAN_CHANGE = "plan_change"
    CANCELLATION = "cancellation"
    PROBLEM = "problem"


class State(models.TextChoices):
    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    DONE = "done"
    EXPIRED = "expired"


class Leaving(models.TextChoices):
    """Why a service is cancelled."""

    AWAY = "away"
    TOO_OFTEN = "too_often"
    PRICE = "price"
    MOVING = "moving"
    UNHAPPY = "unhappy"
    OTHER = "other"


class Trouble(models.TextChoices):
    """What was wrong with a visit."""

    MISSED = "missed"
    BINS_NOT_PUT_BACK = "bins_not_put_back"
    DAMAGE = "damage"
    OTHER = "other"
