"""What every verb that changes the world shares: one transaction, and one more try when two of them collided."""

from collections.abc import Callable
from functools import wraps

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, SerializationFailure


def collided(fault: OperationalError) -> bool:
    """Whether two transactions met, so that the one that had to go may be tried once more, as a whole."""
    return isinstance(fault.__cause__, DeadlockDetected | SerializationFailure)


def verb[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Run in one transaction; called outside of one, a deadlock or serialization failure is tried once more."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        at_the_edge = not connection.in_atomic_block
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        except OperationalError as fault:
            if not (at_the_edge and collided(fault)):
                raise
            with transaction.atomic():
                return function(*args, **kwargs)

    return run
