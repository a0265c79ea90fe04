import pytest

from nextroute.audit.models import Entry
from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.staff import members
from nextroute.staff.members import Membership, Role
from nextroute.staff.models import User
from nextroute.tenancy.businesses import Business
from tests.cast import inside
from tests.doors import a_member

HASH = "argon2$not-asked-here"


def test_adding_somebody_makes_a_person_who_works_there_and_says_so(bright: Business) -> None:
    member = members.add(
        business=bright, email=" Dana@Example.com", name=" Dana ", role=Role.OWNER, password=HASH, actor=SYSTEM
    )
    assert (member.user.email, member.user.name, member.user.password) == ("dana@example.com", "Dana", HASH)
    entry = Entry.objects.latest_first()[0]
    assert (entry.verb, entry.subject_id, entry.subject_label) == ("staff.added", member.pk, "owner")
    assert entry.detail.values == {"name": "Dana", "email": "dana@example.com", "user": str(member.user_id)}


def test_who_works_elsewhere_already_keeps_name_and_password(bright: Business, silk: Business) -> None:
    there = a_member(silk, "dana@example.com")
    here = members.add(
        business=bright, email="dana@example.com", name="Mallory", role=Role.DRIVER, password=HASH, actor=SYSTEM
    )
    assert here.user_id == there.user_id
    kept = User.objects.get()
    assert (kept.name, kept.password) == ("Dana", there.user.password)
    assert [one.role for one in members.every(bright)] == ["driver"]
    assert [one.role for one in members.every(silk)] == ["owner"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "dana"}, "email"),
        ({"email": "ada@example.com"}, "email"),
        ({"name": " "}, "name"),
        ({"password": ""}, "password"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(bright: Business, changes: dict[str, str], field: str) -> None:
    a_member(bright, "ada@example.com")
    asked = {"email": "dana@example.com", "name": "Dana", "password": HASH} | changes
    before = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        members.add(business=bright, role=Role.OWNER, actor=SYSTEM, **asked)
    assert refused.value.field == field
    assert (User.objects.count(), Entry.objects.count()) == (1, before)


def test_removing_somebody_ends_their_work_there_and_nowhere_else(bright: Business, silk: Business) -> None:
    a_member(bright, "boss@example.com")
    a_member(bright, "dana@example.com", "dispatcher")
    a_member(silk, "dana@example.com")
    members.remove(business=bright, email="Dana@example.com", actor=SYSTEM)
    assert [one.user.email for one in members.every(bright)] == ["boss@example.com"]
    assert [one.user.email for one in members.every(silk)] == ["dana@example.com"]
    assert Entry.objects.latest_first()[0].verb == "staff.removed"


def test_another_password_is_recorded_and_is_theirs_everywhere(bright: Business, silk: Business) -> None:
    a_member(bright, "dana@example.com")
    a_member(silk, "dana@example.com")
    members.set_password(business=bright, email="Dana@example.com", password=HASH, actor=SYSTEM)
    assert User.objects.get().password == HASH
    assert Entry.objects.latest_first()[0].verb == "staff.password_set"
    with pytest.raises(Refused):
        members.set_password(business=bright, email="nobody@example.com", password=HASH, actor=SYSTEM)


def test_nobody_and_the_only_owner_are_not_removed(bright: Business) -> None:
    a_member(bright, "dana@example.com")
    a_member(bright, "marco@example.com", "dispatcher")
    for email in ("nobody@example.com", "dana@example.com"):
        with pytest.raises(Refused):
            members.remove(business=bright, email=email, actor=SYSTEM)
    a_member(bright, "ruth@example.com")
    members.remove(business=bright, email="dana@example.com", actor=SYSTEM)
    assert len(members.every(bright)) == 2


def test_a_persons_memberships_are_shown_to_the_business_in_scope_alone(bright: Business, silk: Business) -> None:
    a_member(bright, "dana@example.com")
    a_member(silk, "dana@example.com")
    for business in (bright, silk):
        with inside(business):
            assert [one.business_id for one in Membership.objects.all()] == [business.pk]
