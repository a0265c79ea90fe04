from typing import Any

import psycopg
import pytest

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core.actors import SYSTEM
from nextroute.tenancy.businesses import Business
from tests import cast


@pytest.fixture
def bright_committed(committed: None, owner: psycopg.Connection[Any]) -> Business:
    """Bright Bins, committed; its five entries, of which two have a detail, are not sealed yet."""
    business = cast.a_business("bright-bins")
    for number in range(4):
        with cast.inside(business):
            detail = {"number": number} if number % 2 == 0 else None
            record(Verb.DAY_CLOSED, actor=SYSTEM, business_id=business.id, subject="day", detail=detail)
    return business
