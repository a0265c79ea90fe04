"""Django's entry to this package's tables; each class lives in its noun's module."""

from nextroute.audit.entries import Detail, Entry
from nextroute.audit.seals import Seal, Unsealed

__all__ = ["Detail", "Entry", "Seal", "Unsealed"]
