"""The worker's part: who it may be that asked, what they are mailed, and what is written down of it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction

from nextroute.audit.models import Entry
from nextroute.audit.verbs import Verb
from nextroute.config import links
from nextroute.core import scope
from nextroute.customers.models import Customer
from nextroute.identity import asks, minting
from nextroute.identity.models import Access, Ask, Login
from nextroute.notifications import delivering
from nextroute.notifications.composing import compose
from nextroute.notifications.messages import Message
from nextroute.notifications.models import Delivery
from nextroute.notifications.outcomes import NotNow
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON
from tests.doors import SOMEBODY, Browser, Clock, a_login
from tests.post import Post

BROWSER = "b" * 43


def ask(email: str, business: Business | None, *, browser: str = BROWSER, at: datetime = NOON) -> UUID:
    """The id of a new ask."""
    before = set(asks.waiting(now=at))
    with transaction.atomic():
        asks.ask(
            business_id=business.pk if business else None,
            email=email,
            browser=browser,
            known=False,
            wants_password=False,
            onward="",
            asker=SOMEBODY,
            now=at,
        )
    (new,) = set(asks.waiting(now=at)) - before
    return new


def kept(ask_id: UUID) -> Ask:
    with scope.presenting(str(ask_id)):
        return Ask.objects.get(pk=ask_id)


def test_minting_makes_a_link_and_a_code_for_ten_minutes_and_owes_one_mail(bright: Business, login: Login) -> None:
    key = ask(login.email, bright)
    assert minting.mint(key, now=NOON)
    made = kept(key)
    assert made.expires_at == NOON + timedelta(minutes=10)
    assert made.token_hash
    owed = Delivery.objects.get()
    assert (owed.trigger, owed.address, owed.urgent) == ("sign_in_link", login.email, True)
    assert (owed.not_after, owed.facts) == (made.expires_at, {"ask": str(key)})


def test_minting_twice_is_minting_once(bright: Business, login: Login) -> None:
    key = ask(login.email, bright)
    minting.mint(key, now=NOON)
    before = kept(key)
    assert not minting.mint(key, now=NOON + timedelta(minutes=1))
    after = kept(key)
    assert (after.token_hash, after.code_hash, after.expires_at) == (
        before.token_hash,
        before.code_hash,
        before.expires_at,
    )
    assert Delivery.objects.count() == 1
    assert asks.waiting(now=NOON) == []


def test_an_ask_there_is_not_is_let_go(bright: Business, login: Login) -> None:
    assert not minting.mint(login.pk, now=NOON)


@pytest.mark.parametrize("where", ["nobody", "elsewhere", "no access"])
def test_for_nobody_nothing_is_owed_and_the_ask_opens_nothing(
    bright: Business, silk: Business, ada: Customer, login: Login, where: str
) -> None:
    if where == "no access":
        Access.objects.all().delete()
    email = "nobody@example.com" if where == "nobody" else login.email
    key = ask(email, silk if where == "elsewhere" else bright)
    assert not minting.mint(key, now=NOON)
    made = kept(key)
    assert (made.token_hash, made.code_hash) == (None, None)
    assert made.minted_at == NOON
    assert not Delivery.objects.exists()


def test_an_ask_nobody_came_to_in_ten_minutes_is_over(bright: Business, login: Login) -> None:
    key = ask(login.email, bright)
    assert not minting.mint(key, now=NOON + timedelta(minutes=10, seconds=1))
    assert kept(key).ended_by == Ask.End.LATE
    assert not Delivery.objects.exists()


def test_the_trail_says_from_where_a_link_was_asked_for(bright: Business, ada: Customer, login: Login) -> None:
    minting.mint(ask(login.email, bright), now=NOON)
    entry = Entry.objects.get(verb=Verb.LINK_ASKED)
    assert (entry.actor_kind, entry.actor_id, entry.ip) == ("customer", None, SOMEBODY.ip)
    assert (entry.subject_id, entry.customer_id) == (login.pk, ada.pk)


def test_at_the_shared_address_both_trails_say_so_and_one_business_writes(
    bright: Business, silk: Business, ada: Customer, dee: Customer
) -> None:
    for customer in (ada, dee):
        a_login(customer, email="same@example.com")
    minting.mint(ask("same@example.com", None), now=NOON)
    for business, deliveries in ((bright, 1), (silk, 0)):
        with cast.inside(business):
            assert Entry.objects.filter(verb=Verb.LINK_ASKED).count() == 1
            assert Delivery.objects.count() == deliveries, "the oldest login's business writes"


def test_the_mail_speaks_the_customers_language(bright: Business, ada: Customer, login: Login) -> None:
    Customer.objects.update(language="es")
    minting.mint(ask(login.email, bright), now=NOON)
    assert Delivery.objects.get().language == "es"


# Nothing secret at rest

_COLUMNS = """
SELECT n.nspname, c.relname, a.attname, t.typname FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname IN ('public', 'procrastinate')
    AND t.typname IN ('text', 'varchar', 'bpchar', 'bytea', 'json', 'jsonb', '_text')
"""


def holding(owner: psycopg.Connection[Any], secret: str) -> list[str]:
    """The columns, of every table there is, that hold the secret: as letters, or as bytes of any spelling."""
    found = []
    for schema, table, column, kind in owner.execute(_COLUMNS).fetchall():
        text = f"encode({column}, 'escape') || encode({column}, 'hex')" if kind == "bytea" else f"{column}::text"
        for spelling in (secret, secret.encode().hex()):
            count = owner.execute(
                f"SELECT count(*) FROM {schema}.{table} WHERE {text} LIKE %s",
                [f"%{spelling}%"],
            ).fetchone()
            found += [f"{schema}.{table}.{column}"] if count != (0,) else []
    return found


def test_no_table_holds_a_link_or_a_code(committed: None, owner: psycopg.Connection[Any], clock: Clock) -> None:
    """Every text of every table is searched after asking, after minting, after sending and after signing in."""
    bright = cast.a_business()
    with cast.inside(bright):
        a_login(cast.a_customer(bright, "ada"))
    browser, post = Browser(), Post(clock)
    browser.ask("ada@example.com")
    post.mint()
    assert holding(owner, "ada@example.com"), "the search finds what is there"
    letter = post.deliver()[0]
    secrets = (letter.token, letter.code, browser.cookies["asking_dev"].value)
    assert [column for secret in secrets for column in holding(owner, secret)] == []
    browser.type_code("000000")
    browser.post(letter.link)
    assert [column for secret in (*secrets, browser.token) for column in holding(owner, secret)] == []


def test_a_mail_that_is_sent_again_is_the_same_mail(
    bright: Business, login: Login, post: Post, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    sent: list[Message] = []

    def lose_the_first(mailer: Any, delivery: Delivery, message: Message) -> str:
        sent.append(message)
        if len(sent) == 1:
            raise NotNow("line dropped")
        return str(delivery.pk)

    monkeypatch.setattr("nextroute.notifications.email.send", lose_the_first)
    minting.mint(ask(login.email, bright), now=NOON)
    for _ in range(2):
        delivering.deliver(bright.pk, link=links.to, clock=lambda: clock.now)
        clock.forward(minutes=1)
    first, second = sent
    assert first.action_url == second.action_url
    assert re.findall(r"\d{6}", str(first.paragraphs)) == re.findall(r"\d{6}", str(second.paragraphs))
    assert "for 9 minutes" in str(second.paragraphs), "it says how long it works from now on"


@pytest.mark.parametrize("why", ["used", "late"])
def test_a_link_that_opens_nothing_any_more_is_not_sent(bright: Business, login: Login, clock: Clock, why: str) -> None:
    key = ask(login.email, bright)
    minting.mint(key, now=NOON)
    with scope.presenting(str(key)):
        if why == "used":
            Ask.objects.filter(pk=key).end(Ask.End.LINK, now=NOON)
    later = NOON + timedelta(minutes=10 if why == "late" else 1)
    assert compose(Delivery.objects.select_related("business", "customer").get(), links.to, later) is None


# Sweeping and forgetting


def test_an_ask_whose_wake_was_lost_is_woken_by_the_sweep(committed: None) -> None:
    bright = cast.a_business()
    key = ask("ada@example.com", bright)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert minting.sweep(now=NOON) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args ->> 'key', priority FROM procrastinate_jobs")
        assert cursor.fetchall() == [("mint", str(key), asks.SOON)]


def test_asking_wakes_the_worker(committed: None) -> None:
    ask("ada@example.com", cast.a_business())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'mint'")
        assert cursor.fetchone() == (1,)


def test_asks_are_forgotten_after_a_day(bright: Business) -> None:
    now = datetime.now(UTC)
    old = ask("ada@example.com", bright, at=now - timedelta(hours=25))
    young = ask("ada@example.com", bright, at=now - timedelta(hours=23))
    assert asks.purge() == 1
    with scope.presenting(str(old)):
        assert not Ask.objects.exists()
    assert kept(young).pk == young
