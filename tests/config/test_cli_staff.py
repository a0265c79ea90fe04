"""Who works for a business, from the command line."""

import pytest

from nextroute.identity import passwords
from nextroute.staff import members
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.config.conftest import Run
from tests.doors import PASSWORD

DANA = ("bright-bins", "Dana@Example.com")
AS_OWNER = ("--name", "Dana Whitfield", "--role", "owner")


@pytest.fixture
def business(committed: None) -> Business:
    return cast.a_business("bright-bins")


def test_somebody_is_added_listed_and_removed(run: Run, business: Business) -> None:
    added = run("staff", "add", *DANA, *AS_OWNER, said=f"{PASSWORD}\n")
    assert added.stdout == "Dana Whitfield works for Bright Bins and signs in at /dashboard/sign-in/.\n", added.stderr
    assert passwords.proves(PASSWORD, members.every(business)[0].user.password)
    marco = ("bright-bins", "marco@example.com")
    assert run("staff", "add", *marco, "--name", "Marco", "--role", "driver", said=PASSWORD).returncode == 0
    listed = run("staff", "list").stdout.splitlines()
    assert [line.split()[:3] for line in listed] == [
        ["bright-bins", "owner", "dana@example.com"],
        ["bright-bins", "driver", "marco@example.com"],
    ]
    removed = run("staff", "remove", *marco)
    assert removed.stdout == "marco@example.com no longer works for Bright Bins.\n"
    assert run("staff", "list", "bright-bins").stdout.count("\n") == 1


def test_who_works_elsewhere_is_asked_for_no_password(run: Run, business: Business) -> None:
    run("staff", "add", *DANA, *AS_OWNER, said=PASSWORD)
    cast.a_business("silk-city")
    added = run("staff", "add", "silk-city", DANA[1], *AS_OWNER)
    assert "with the password they have" in added.stdout, added.stderr


def test_a_forgotten_password_is_replaced(run: Run, business: Business) -> None:
    run("staff", "add", *DANA, *AS_OWNER, said=PASSWORD)
    done = run("staff", "password", *DANA, said="velvet harbor tuesday\n")
    assert done.stdout == "Dana Whitfield has a new password, and is signed out everywhere.\n", done.stderr
    assert passwords.proves("velvet harbor tuesday", members.every(business)[0].user.password)


@pytest.mark.parametrize(
    ("arguments", "password", "words"),
    [
        (("add", *DANA, *AS_OWNER), "short", "password: Use at least 10 characters."),
        (("add", *DANA, *AS_OWNER), "bright bins dana", "password: That password is easy to guess."),
        (("add", *DANA, *AS_OWNER), "", "password: Use at least 10 characters."),
        (("add", "bright-bins", "dana", *AS_OWNER), PASSWORD, "Write an e-mail address, such as ada@example.com."),
        (("add", "no-such", DANA[1], *AS_OWNER), PASSWORD, "There is no business “no-such”."),
        (("add", *DANA, "--name", "D", "--role", "king"), PASSWORD, "'king' is not one of"),
        (("remove", *DANA), "", "email: Nobody with that e-mail works here."),
    ],
)
def test_what_cannot_be_is_said_in_a_line(
    run: Run, business: Business, arguments: tuple[str, ...], password: str, words: str
) -> None:
    done = run("staff", *arguments, said=password)
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert members.every(business) == []
