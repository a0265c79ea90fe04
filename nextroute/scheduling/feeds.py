"""CalendarFeed: a customer's visits in a calendar of their own, at an address that is its own key."""

import re
from base64 import urlsafe_b64encode
from datetime import datetime
from hashlib import sha256
from typing import Self
from uuid import uuid4

from django.db import models
from django.utils.crypto import salted_hmac

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor, ActorKind
from nextroute.core.rows import BusinessRow, same_business
from nextroute.core.scope import Become, Scope
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.identity.accesses import Access
from nextroute.scheduling import locks

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 bits


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def live(self) -> Self:
        """Not revoked, and made by the office or by somebody who may still act for the customer."""
        makers = Access.objects.filter(login=models.OuterRef("login"), customer=models.OuterRef("customer"))
        return self.filter(models.Q(login=None) | models.Exists(makers), revoked_at=None)


class CalendarFeed(BusinessRow):
    """The address a customer's calendar reads, until it is revoked; at most one at a time.

    Its token is derived from its id, so it can be shown again; only the token's hash is kept (hex SHA-256). `login` is
    who made it (none: the office): with that login's access to the customer, it is over.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="calendar_feeds"
    )
    login = models.ForeignKey(
        "identity.Login", models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    token_hash = models.TextField()
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        constraints = [
            same_business("customer", name="feed_of_customer"),
            models.UniqueConstraint(fields=["token_hash"], name="feed_token"),
            models.UniqueConstraint(fields=["customer"], condition=models.Q(revoked_at=None), name="feed_once"),
        ]

    @property
    def token(self) -> str:
        """What its address ends in; "" when the server's secret key has changed since, and nobody can tell any more."""
        token = _token(self)
        return token if _hash(token) == self.token_hash else ""


def of(customer: Customer) -> CalendarFeed | None:
    """The customer's feed; none while there is none."""
    with scope.business(customer.business_id):
        feed = customer.calendar_feeds.live().first()
    if feed:
        feed.customer = customer
    return feed


def presented(token: str) -> CalendarFeed | None:
    """The feed with this token, unless it was revoked; whose it is, is not known yet. A transaction of its own."""
    if not _TOKEN.fullmatch(token):
        return None
    with scope.transaction_of() as become:
        become(Scope(key=_hash(token)))
        return CalendarFeed.objects.filter(token_hash=_hash(token), revoked_at=None).first()


def served(feed: CalendarFeed, become: Become) -> Customer | None:
    """Whose feed it is, the business and its branding at hand; none when it is over by now.

    Leaves the transaction in that customer's scope.
    """
    become(Scope(feed.business_id))
    found = CalendarFeed.objects.live().select_related("customer", "business__branding").filter(pk=feed.pk).first()
    if found is None:
        return None
    become(Scope(feed.business_id, feed.customer_id))
    found.customer.business = found.business
    return found.customer


@verb
def open(*, customer: Customer, actor: Actor, now: datetime) -> CalendarFeed:
    """Let the customer's calendar read their visits; the feed there is, if there is one."""
    locks.person(customer)
    with scope.business(customer.business_id):
        if standing := customer.calendar_feeds.live().first():
            return standing
        _end(customer, now)  # one whose maker may not act for them any more
        return _made(customer, actor, now)


@verb
def revoke(*, feed: CalendarFeed, actor: Actor, now: datetime) -> None:
    """Nothing is at its address any more. Twice is as good as once."""
    locks.person(feed.customer)
    with scope.business(feed.business_id):
        if CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=now):
            _record(Verb.FEED_REVOKED, feed, actor)


@verb
def renew(*, customer: Customer, actor: Actor, now: datetime) -> CalendarFeed:
    """Another address, from now on; nothing is at the one before."""
    locks.person(customer)
    with scope.business(customer.business_id):
        _end(customer, now)
        return _made(customer, actor, now)


def _end(customer: Customer, now: datetime) -> None:
    """Waits for a reader that has news for its subscribers."""
    customer.calendar_feeds.filter(revoked_at=None).update(revoked_at=now)


def _made(customer: Customer, actor: Actor, now: datetime) -> CalendarFeed:
    login = actor.id if actor.kind is ActorKind.CUSTOMER else None
    # Its id is needed before the database could give it one: the token is made of it.
    feed = CalendarFeed(id=uuid4(), business_id=customer.business_id, customer=customer, login_id=login, created_at=now)
    feed.token_hash = _hash(_token(feed))
    feed.save(force_insert=True)
    _record(Verb.FEED_OPENED, feed, actor)
    return feed


def _record(verb: Verb, feed: CalendarFeed, actor: Actor) -> None:
    record(verb, actor=actor, business_id=feed.business_id, subject=feed, customer_id=feed.customer_id)


def _token(feed: CalendarFeed) -> str:
    key = salted_hmac("nextroute.scheduling.feeds", str(feed.pk), algorithm="sha256")
    return urlsafe_b64encode(key.digest()).decode().rstrip("=")


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
