import pytest

from nextroute.staff.members import Membership
from nextroute.tenancy.businesses import Business
from tests.doors import Browser, Clock, a_member


@pytest.fixture
def dana(bright: Business) -> Membership:
    """Owner of Bright Bins."""
    return a_member(bright, "dana@example.com")


@pytest.fixture
def office(browser: Browser, dana: Membership, clock: Clock) -> Browser:
    """Dana's browser, signed in."""
    browser.come_in_as_staff(dana, now=clock.now)
    return browser
