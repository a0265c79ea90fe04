"""The chain is appended apart from the writers, and misses nothing they commit."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from nextroute.audit import sealing
from nextroute.audit.models import Entry, Seal, Unsealed
from nextroute.audit.recording import record
from nextroute.audit.sealing import seal, waiting
from nextroute.audit.verbs import Verb
from nextroute.audit.verifying import verify
from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.tenancy.businesses import Business
from tests import cast


def write(business: Business) -> None:
    record(Verb.DAY_CLOSED, actor=SYSTEM, business_id=business.id, subject="day")


@pytest.fixture(autouse=True)
def _made(request: pytest.FixtureRequest) -> None:
    """That the business was made is sealed already."""
    if "bright" in request.fixturenames:
        seal(request.getfixturevalue("bright").id)


def test_each_entry_gets_one_seal_in_the_order_of_its_key(bright: Business) -> None:
    for _ in range(3):
        write(bright)
    assert seal(bright.id) == 3
    write(bright)
    assert (seal(bright.id), seal(bright.id)) == (1, 0)
    seals = list(Seal.objects.order_by("sequence").values_list("sequence", "id"))
    assert seals == list(enumerate(Entry.objects.order_by("id").values_list("id", flat=True), start=1))
    assert not Unsealed.objects.exists()


def test_more_than_one_transactions_worth_is_sealed_in_several(
    bright: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "AT_ONCE", 2)
    for _ in range(5):
        write(bright)
    assert seal(bright.id) == 5
    assert verify(bright.id).sealed == 6


def test_each_business_has_a_chain_of_its_own(bright: Business, silk: Business) -> None:
    write(bright)
    with cast.inside(silk):
        write(silk)
    assert set(waiting()) == {bright.id, silk.id}
    assert (seal(bright.id), waiting()) == (1, [silk.id])
    assert (seal(silk.id), waiting()) == (2, [])


def test_an_entry_that_commits_late_is_sealed_after_those_that_overtook_it(bright_committed: Business) -> None:
    """Its key is the older one; a chain that followed the keys alone would have passed it by."""
    business, written, go_on = bright_committed, threading.Event(), threading.Event()

    def slow() -> None:
        with cast.inside(business):
            write(business)
            written.set()
            go_on.wait(10)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    with cast.inside(business):
        write(business)
    assert seal(business.id) == 6
    go_on.set()
    thread.join()
    assert seal(business.id) == 1
    verdict = verify(business.id)
    assert (verdict.sealed, verdict.tail, verdict.findings) == (7, 0, ())


def test_sealers_and_writers_at_once_make_one_chain(bright_committed: Business) -> None:
    business = bright_committed

    def work(number: int) -> int:
        try:
            if number % 3 == 0:
                return seal(business.id)
            with transaction.atomic(), scope.business(business.id):
                write(business)
            return 0
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        sealed = sum(pool.map(work, range(120)))
    sealed += seal(business.id)
    verdict = verify(business.id)
    assert (sealed, verdict.sealed, verdict.tail, verdict.findings) == (85, 85, 0, ())


def test_a_writer_waits_for_no_sealer(bright_committed: Business) -> None:
    business = bright_committed
    with transaction.atomic(), scope.business(business.id), connection.cursor() as cursor:
        cursor.execute("SELECT audit_append_seals(%s, 100)", [business.id])  # not committed yet

        def writes() -> bool:
            with transaction.atomic(), scope.business(business.id), connection.cursor() as other:
                other.execute("SET LOCAL lock_timeout = '2s'")
                write(business)
            connections.close_all()
            return True

        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(writes).result()
