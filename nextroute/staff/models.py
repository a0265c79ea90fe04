"""Django's entry to this package's tables; each class lives in its noun's module."""

from nextroute.staff.members import Membership
from nextroute.staff.sessions import Session
from nextroute.staff.users import User

__all__ = ["Membership", "Session", "User"]
