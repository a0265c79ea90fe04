"""Who does something: every verb is told, none asks."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"
    SYSTEM = "system"
    STRIPE = "stripe"


@dataclass(frozen=True, slots=True)
class Actor:
    """A customer's login, a member of staff, or nobody: the system itself, or Stripe; and where they act from."""

    kind: ActorKind
    id: UUID | None = None
    ip: str = ""
    user_agent: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else str(self.kind)


SYSTEM = Actor(ActorKind.SYSTEM)
STRIPE = Actor(ActorKind.STRIPE)
