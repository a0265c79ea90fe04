"""Session: a signed-in browser of a member of staff."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

IDLE = timedelta(hours=8)
LIFETIME = timedelta(hours=12)
_SEEN_EVERY = timedelta(minutes=1)
_BEGUN = "begun"


class Session(AbstractBaseSession):
    """Django's, in a table of ours that is wide enough for what is kept of the cookie: its SHA-256 in hex.

    `expire_date` (UTC) is the idle limit or, when that is sooner, the absolute one.
    """

    session_key = models.TextField(primary_key=True, help_text="hex SHA-256 of the cookie's value")
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return "session"

    @classmethod
    def get_session_store_class(cls) -> "type[Store]":
        return Store


class Store(SessionStore):
    """Django's session, with a key that is kept hashed, two limits, and the time (UTC) handed in."""

    def __init__(self, session_key: str | None = None, *, now: datetime) -> None:
        super().__init__(session_key)
        self.now = now
        self.is_over = False  # there was a session with this key, and its time is up
        self._kept_until = now

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    @property
    def ends_at(self) -> datetime:
        """When it ends if nothing more is done with it."""
        begun = datetime.fromisoformat(self[_BEGUN]) if _BEGUN in self else self.now
        return min(self.now + IDLE, begun + LIFETIME)

    def begin(self) -> None:
        """From now on its absolute limit runs."""
        self[_BEGUN] = self.now.isoformat()

    def touch(self) -> None:
        """Note that it was used, at most once a minute. One that was ended meanwhile stays ended."""
        if (ends_at := self.ends_at) - self._kept_until >= _SEEN_EVERY:
            Session.objects.filter(pk=_hashed(self.session_key)).update(expire_date=ends_at)

    def exists(self, session_key: str) -> bool:
        return super().exists(_hashed(session_key))

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            Session.objects.filter(pk=_hashed(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        key = _hashed(self._get_or_create_session_key())  # type: ignore[attr-defined]
        return Session(session_key=key, session_data=self.encode(data), expire_date=self.ends_at)

    def _get_session_from_db(self) -> Session | None:
        kept = Session.objects.filter(pk=_hashed(self.session_key)).first()
        self.is_over = kept is not None and kept.expire_date <= self.now
        if kept is None or self.is_over:
            self._session_key = None
            return None
        self._kept_until = kept.expire_date
        return kept


def sweep(now: datetime) -> None:
    """Let go of what ended a day ago; until then it can be said why somebody is signed out."""
    Session.objects.filter(expire_date__lt=now - timedelta(days=1)).delete()


def _hashed(key: str | None) -> str:
    return sha256((key or "").encode()).hexdigest()
