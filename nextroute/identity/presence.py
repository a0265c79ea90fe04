"""Presence: who is asking, read from what their browser presents, before anything else of the request happens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import prefetch_related_objects

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.scope import Become, Scope
from nextroute.customers.customers import Customer
from nextroute.identity import sessions
from nextroute.identity.accesses import Access
from nextroute.identity.logins import Login
from nextroute.identity.sessions import PortalSession
from nextroute.tenancy.businesses import Business


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody who is signed in, and the customers they may act for now."""

    session: PortalSession
    login: Login
    business: Business
    customers: Sequence[Customer]

    @property
    def customer(self) -> Customer | None:
        """Whom they act for; none until they pick one of several."""
        if len(self.customers) == 1:
            return self.customers[0]
        return next((one for one in self.customers if one.pk == self.session.customer_id), None)

    def pick(self, key: str, *, actor: Actor) -> Customer | None:
        """Act for the customer with this key from now on; none when it is not one of theirs."""
        picked = next((one for one in self.customers if str(one.pk) == key), None)
        if picked:
            self.session.act_for(picked)
            record(
                Verb.CUSTOMER_CHOSEN,
                actor=replace(actor, id=self.login.pk),
                business_id=self.business.pk,
                subject=picked,
                customer_id=picked.pk,
            )
        return picked


@dataclass(frozen=True, slots=True)
class Over:
    """A session that was real. `expired`: by time, not by anybody's doing. `business` none: no access is left."""

    business: Business | None
    expired: bool


def of(token: str, *, now: datetime) -> Presence | Over | None:
    """Who presents this token; none when nobody was given it. Leaves the transaction in their business's scope."""
    session = sessions.entered(token)
    if session is None:
        return None
    accesses = list(Access.objects.filter(login=session.login_id).with_all_they_open())
    if not accesses:
        return Over(business=None, expired=False)
    business = accesses[0].business
    if not session.is_live(now, idle=timedelta(minutes=business.session_idle_minutes)):
        return Over(business, expired=session.ended_at is None)
    session.touch(now)
    customers = sorted((_of_business(access.customer, business) for access in accesses), key=str)
    return Presence(session, accesses[0].login, business, customers)


def at(slug: str, *, become: Become) -> Business | None:
    """The business with this slug, its branding at hand. Leaves the transaction in its scope."""
    become(Scope(key=slug))
    business = Business.objects.filter(slug=slug).first()
    if business:
        become(Scope(business.pk))
        prefetch_related_objects([business], "branding")
    return business


def at_key(business_id: UUID) -> Business | None:
    """The business with this key, its branding at hand. In a transaction of its own."""
    with transaction.atomic(), scope.business(business_id):
        return Business.objects.filter(pk=business_id).select_related("branding").first()


def _of_business(customer: Customer, business: Business) -> Customer:
    customer.business = business  # so that nothing asks for it again
    return customer
