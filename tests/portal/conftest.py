"""The scene of what customers ask, for its pages too: one of its customers is signed in here."""

from tests.service_requests.conftest import ready

__all__ = ["ready"]
