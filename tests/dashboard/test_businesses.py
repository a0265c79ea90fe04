import pytest

from nextroute.audit.models import Entry
from nextroute.core.actors import SYSTEM
from nextroute.staff import members
from nextroute.staff.members import Membership
from nextroute.tenancy.businesses import Business
from tests.cast import inside
from tests.doors import BUSINESSES, DASHBOARD, Browser, Clock, a_member, said


@pytest.fixture
def both(browser: Browser, dana: Membership, silk: Business, clock: Clock) -> Browser:
    """Of Dana, who works for Silk City, too."""
    a_member(silk, "dana@example.com", "dispatcher")
    browser.come_in_as_staff(dana, now=clock.now)
    return browser


def test_the_first_business_by_name_is_where_one_begins(both: Browser) -> None:
    page = said(both.get(DASHBOARD))
    assert "owner at Bright Bins" in page
    assert BUSINESSES in page


def test_another_one_is_chosen_and_stays_chosen(both: Browser, silk: Business, clock: Clock) -> None:
    page = said(both.get(BUSINESSES))
    assert page.index("<b>Bright Bins") < page.index("<b>Silk City")
    assert both.post(BUSINESSES, {"business": str(silk.pk)})["Location"] == DASHBOARD
    clock.forward(hours=1)
    assert "dispatcher at Silk City" in said(both.get(DASHBOARD))
    with inside(silk):
        entry = Entry.objects.latest_first()[0]
        assert (entry.verb, entry.subject_label) == ("staff.signed_in", "switched")


def test_a_business_one_does_not_work_for_is_not_there(office: Browser, bright: Business, silk: Business) -> None:
    for key in (str(silk.pk), "", "nonsense"):
        assert office.post(BUSINESSES, {"business": key}).status_code == 404
    assert "Bright Bins" in said(office.get(DASHBOARD))


def test_with_one_business_there_is_nothing_to_choose(office: Browser) -> None:
    assert office.get(BUSINESSES)["Location"] == DASHBOARD
    assert BUSINESSES not in said(office.get(DASHBOARD))


def test_who_is_removed_from_one_goes_on_at_the_other(both: Browser, silk: Business) -> None:
    both.post(BUSINESSES, {"business": str(silk.pk)})
    a_member(silk, "ruth@example.com")
    members.remove(business=silk, email="dana@example.com", actor=SYSTEM)
    for _ in range(2):
        assert "owner at Bright Bins" in said(both.get(DASHBOARD))


def test_a_driver_here_may_go_where_they_are_more(both: Browser, dana: Membership) -> None:
    Membership.objects.filter(pk=dana.pk).update(role="driver")
    answer = both.get(DASHBOARD)
    assert answer.status_code == 403
    assert BUSINESSES in said(answer)
    assert both.get(BUSINESSES).status_code == 200
