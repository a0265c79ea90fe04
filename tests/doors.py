"""A browser, and people who can sign in with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from django.conf import settings
from django.contrib.auth import login
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from nextroute.core import scope
from nextroute.core.actors import SYSTEM, Actor, ActorKind
from nextroute.customers.models import Customer
from nextroute.identity import passwords, sessions
from nextroute.identity.models import Access, Login
from nextroute.portal import cookies
from nextroute.staff import members, presence
from nextroute.staff.members import Membership, Role
from nextroute.staff.sessions import Store
from nextroute.tenancy.businesses import Business
from tests import cast

PASSWORD = "purple lantern river"
SOMEBODY = Actor(ActorKind.CUSTOMER, ip="192.0.2.1", user_agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0")
HOME, SCHEDULE, CHOOSE, SIGN_OUT = "/portal/", "/portal/schedule/", "/portal/customers/", "/portal/sign-out/"
CALENDAR = "/portal/calendar/"
HISTORY = "/portal/history/"
ANYWHERE, SENT, AGAIN = "/portal/sign-in/", "/portal/sign-in/sent/", "/portal/sign-in/again/"
DASHBOARD, STAFF_DOOR, STAFF_OUT = "/dashboard/", "/dashboard/sign-in/", "/dashboard/sign-out/"
BUSINESSES = "/dashboard/businesses/"
CHOOSE_BUSINESS, SET_PASSWORD = "/portal/sign-in/choose/", "/portal/password/"


@cache
def _hashed() -> str:
    return passwords.hashed(PASSWORD)


def a_login(*customers: Customer, email: str = "", password: str | None = None) -> Login:
    """A login that may act for these customers of one business, with PASSWORD unless another hash is given."""
    business = customers[0].business
    with cast.inside(business):
        login = Login.objects.create(
            business=business,
            email=email or customers[0].email,
            password=_hashed() if password is None else password,
        )
        for customer in customers:
            Access.objects.create(business=business, login=login, customer=customer)
    return login


def a_member(business: Business, email: str, role: str = Role.OWNER) -> Membership:
    """Somebody who works there, with PASSWORD if they are new, called by the first part of their e-mail."""
    name = email.partition("@")[0].title()
    return members.add(business=business, email=email, name=name, role=Role(role), password=_hashed(), actor=SYSTEM)


class Browser(Client):
    """Django's, but each request begins without scope and role, as on a connection fresh from the pool."""

    def request(self, **request: Any) -> Any:
        with _fresh():
            return super().request(**request)

    def sign_in(self, email: str, password: str = PASSWORD, *, slug: str = "bright-bins", **extra: Any) -> Any:
        """Press the password's own button."""
        return self.post(f"/portal/at/{slug}/", {"email": email, "password": password, "way": "password"}, **extra)

    def ask(self, email: str, *, slug: str = "bright-bins", way: str = "link", **extra: Any) -> Any:
        """Press “E-mail me a link”, at a business's own door or, with slug "", at the shared one."""
        return self.post(f"/portal/at/{slug}/" if slug else ANYWHERE, {"email": email, "way": way}, **extra)

    def type_code(self, code: str, **extra: Any) -> Any:
        return self.post(SENT, {"code": code}, **extra)

    def come_in(self, login: Login, *, now: datetime) -> None:
        """Be signed in, without the cost of proving a password."""
        with cast.inside(login.business):
            customers = [access.customer for access in login.accesses.all()]
            only = customers[0] if len(customers) == 1 else None
            token = sessions.start(login, customer=only, user_agent="", now=now)
        response = HttpResponse()
        cookies.keep_token(response, token)
        cookies.remember(response, login.business.slug, login.email)
        self.cookies.update(response.cookies)

    def sign_in_as_staff(self, email: str, password: str = PASSWORD, *, then: str = "", **extra: Any) -> Any:
        """At the dashboard's door, on the way to `then`."""
        path = f"{STAFF_DOOR}?next={quote(then)}" if then else STAFF_DOOR
        return self.post(path, {"email": email, "password": password}, **extra)

    def come_in_as_staff(self, member: Membership, *, now: datetime) -> None:
        """Be signed in to the dashboard, without the cost of proving a password."""
        request = RequestFactory().post(STAFF_DOOR)
        request.session = Store(now=now)
        with scope.transaction_of() as become:
            assert presence.arrive(request.session, member.user_id, actor=Actor(ActorKind.STAFF), become=become)
            login(request, member.user)
            request.session.save()
        self.staff_token = request.session.session_key or ""

    @property
    def staff_token(self) -> str:
        """The dashboard's, as this browser keeps it."""
        cookie = self.cookies.get(settings.STAFF_COOKIE)
        return cookie.value if cookie else ""

    @staff_token.setter
    def staff_token(self, value: str) -> None:
        self.cookies[settings.STAFF_COOKIE] = value

    @property
    def token(self) -> str:
        """The session's, as this browser keeps it."""
        cookie = self.cookies.get(settings.PORTAL_COOKIE)
        return cookie.value if cookie else ""

    @token.setter
    def token(self, value: str) -> None:
        self.cookies[settings.PORTAL_COOKIE] = value


@contextmanager
def _fresh() -> Iterator[None]:
    if connection.in_atomic_block:
        with scope._within(scope.NOWHERE):
            yield
    else:
        yield


@contextmanager
def statements() -> Iterator[list[str]]:
    """Everything sent in the block but what begins and ends transactions."""
    sent: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield sent
    edges = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
    sent += [query["sql"] for query in captured if not query["sql"].startswith(edges)]


def led_on_to(address: str) -> str:
    """The page that the address of a way in leads on to."""
    return parse_qs(urlsplit(address).query)["next"][0]


def said(answer: Any) -> str:
    """The page that was answered."""
    return str(answer.content.decode())


class Clock:
    """The time the edges are told, standing still until it is moved."""

    def __init__(self) -> None:
        self.now = cast.NOON

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@contextmanager
def connected_by(**changes: object) -> Iterator[None]:
    """The connection with other settings, and a pool made anew, for a while. Outside of any transaction."""
    real = dict(connection.settings_dict)
    _disconnect()
    connection.settings_dict.update(changes)
    try:
        yield
    finally:
        _disconnect()
        connection.settings_dict.update(real)


def _disconnect() -> None:
    connections.close_all()
    connections["default"].close_pool()  # type: ignore[attr-defined]
