"""Invitations: a customer is told that there is a portal, and where."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.identity import reach
from nextroute.identity.accesses import Access
from nextroute.identity.logins import Login
from nextroute.notifications.telling import Notice, Recipient, tell
from nextroute.notifications.triggers import Trigger
from nextroute.tenancy.businesses import Business


@verb
def invite(*, customer: Customer, actor: Actor, now: datetime) -> Login:
    """Welcome one customer, again if need be; their way in is made if there is none.

    Raises Refused (field "email") for somebody without an address.
    """
    if not customer.email:
        raise Refused(gettext("This customer has no e-mail address."), field="email")
    with scope.business(customer.business_id):
        login = _way_in(customer)
        Login.objects.filter(pk=login.pk).update(invited_at=now)
        record(
            Verb.LOGIN_INVITED,
            actor=actor,
            business_id=customer.business_id,
            subject=login,
            customer_id=customer.pk,
        )
        tell(Trigger.WELCOME, customer.business_id, [Notice(reach.of(login).recipient)], now=now)
    return login


@verb
def invite_all(business: Business, *, actor: Actor, now: datetime, again: bool = False) -> int:
    """Welcome everybody who may act for a customer and never signed in; returns how many.

    Those welcomed before are left alone, unless `again`. A few statements, however many customers.
    """
    with scope.business(business.pk):
        notices = [Notice(recipient) for recipient in _invited(business.pk, now, again=again)]
        if notices:
            counts = {"invited": len(notices)}
            record(Verb.LOGIN_INVITED, actor=actor, business_id=business.pk, subject="login", counts=counts)
            tell(Trigger.WELCOME, business.pk, notices, now=now)
    return len(notices)


def _way_in(customer: Customer) -> Login:
    login, _ = Login.objects.get_or_create(business_id=customer.business_id, email=customer.email)
    Access.objects.get_or_create(business_id=customer.business_id, login=login, customer=customer)
    return login


def _invited(business_id: UUID, now: datetime, *, again: bool) -> Iterator[Recipient]:
    with connection.cursor() as cursor:
        cursor.execute(_INVITE, {"business": business_id, "now": now, "again": again})
        for email, customers, language in cursor.fetchall():
            yield Recipient(customers[0] if len(customers) == 1 else None, email, language=language)


_INVITE = """
WITH invited AS (
    UPDATE identity_login l SET invited_at = %(now)s
    WHERE l.business_id = %(business)s AND (l.invited_at IS NULL OR %(again)s)
        AND EXISTS (SELECT FROM identity_access a WHERE a.login_id = l.id)
        AND NOT EXISTS (SELECT FROM identity_portalsession s WHERE s.login_id = l.id)
    RETURNING l.id, l.email
)
SELECT i.email, array_agg(c.id ORDER BY a.id), (array_agg(c.language ORDER BY a.id))[1]
FROM invited i
JOIN identity_access a ON a.business_id = %(business)s AND a.login_id = i.id
JOIN customers_customer c ON c.business_id = %(business)s AND c.id = a.customer_id
GROUP BY i.id, i.email ORDER BY i.id
"""
