"""Two at once, each on a thread and a connection of its own."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, connections, transaction

PATIENCE = 5.0  # seconds; nothing here waits that long unless two wait for each other


def overlapping[R](first: Callable[[], R], second: Callable[[], R]) -> list[R]:
    """The answers of both; the second starts when the first has done everything but commit."""
    acted, finished = threading.Event(), threading.Event()

    def begin() -> R:
        with transaction.atomic():
            try:
                return first()
            finally:
                acted.set()
                wait_for(lambda: finished.is_set() or someone_waits())

    def follow() -> R:
        acted.wait(PATIENCE)
        try:
            return second()
        finally:
            finished.set()

    return in_threads(begin, follow)


def at_once[R](*bodies: Callable[[], R], apart: float = 0) -> list[R]:
    """The answers of all, who start together (or each `apart` seconds later) and meet as the machine will have it."""
    start = threading.Barrier(len(bodies), timeout=PATIENCE)

    def runner(n: int, body: Callable[[], R]) -> Callable[[], R]:
        def run() -> R:
            start.wait()
            time.sleep(n * apart)
            return body()

        return run

    return in_threads(*(runner(n, body) for n, body in enumerate(bodies)))


def in_threads[R](*bodies: Callable[[], R]) -> list[R]:
    """The answer of each, run on a connection of its own; what one of them raises is raised here."""
    answers: dict[int, R] = {}
    faults: list[BaseException] = []

    def run(n: int, body: Callable[[], R]) -> None:
        try:
            with impatient():
                answers[n] = body()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(bodies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return [answers[n] for n in range(len(bodies))]


@contextmanager
def impatient() -> Iterator[None]:
    """Nothing on this connection takes or waits longer than PATIENCE."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{PATIENCE}s'; SET statement_timeout = '{PATIENCE}s'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout; RESET statement_timeout")


def someone_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        (found,) = cursor.fetchone() or (False,)
    return bool(found)


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.002)
