"""Mailbox: which businesses an e-mail address opens. Only the worker, and who has proven the mailbox, may know."""

from uuid import UUID

from django.db import connection

from nextroute.core import scope
from nextroute.identity.asks import Ask
from nextroute.identity.logins import Login
from nextroute.tenancy.businesses import Business


def logins(ask: Ask) -> list[Login]:
    """The logins that could be meant, the oldest first, each with its business and branding at hand."""
    found = [login_at(business_id, ask.email) for business_id in _places(ask)]
    return [login for login in found if login]


def businesses(ask: Ask) -> list[Business]:
    """Where they are."""
    return [login.business for login in logins(ask)]


def login_at(business_id: UUID, email: str) -> Login | None:
    """The login with this e-mail that may act for somebody at the business; in a transaction."""
    with scope.business(business_id):
        return Login.objects.able().filter(email=email).select_related("business__branding").first()


def _places(ask: Ask) -> list[UUID]:
    if ask.business_id:
        return [ask.business_id]
    with connection.cursor() as cursor:
        cursor.execute("SELECT business_id FROM identity_businesses_of(%s) AS business_id", [ask.email])
        return [business_id for (business_id,) in cursor.fetchall()]
