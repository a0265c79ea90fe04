"""A password of one's own: set with the mailbox just proven, or with the present one."""

import pytest

from nextroute.audit.models import Entry
from nextroute.audit.verbs import Verb
from nextroute.customers.models import Customer
from nextroute.identity import passwords, throttling
from nextroute.identity.models import Login, PortalSession
from nextroute.notifications.models import Delivery
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.doors import HOME, PASSWORD, SENT, SET_PASSWORD, SIGN_OUT, Browser, Clock, a_login, said
from tests.post import Post

NEW = "velvet harbor tuesday"
DOOR = "/portal/at/bright-bins/"


@pytest.fixture
def proven(browser: Browser, login: Login, post: Post) -> Browser:
    """Ada's browser, signed in by a link a moment ago."""
    browser.ask(login.email, way="new-password")
    browser.post(post.letter().link)
    return browser


def opens(login: Login, password: str) -> bool:
    return passwords.proves(password, Login.objects.get(pk=login.pk).password)


def test_who_has_just_proven_their_mailbox_needs_no_present_password(proven: Browser, login: Login) -> None:
    page = said(proven.get(SET_PASSWORD))
    assert "Present password" not in page
    assert 'autocomplete="new-password"' in page
    answer = proven.post(SET_PASSWORD, {"password": NEW})
    assert (answer.status_code, answer["Location"]) == (302, f"{SET_PASSWORD}?set=1")
    assert "Your new password is set." in said(proven.get(answer["Location"]))
    assert opens(login, NEW)


def test_after_a_quarter_of_an_hour_the_present_one_is_asked_for(proven: Browser, login: Login, clock: Clock) -> None:
    clock.forward(minutes=15)
    assert "Present password" in said(proven.get(SET_PASSWORD))
    assert proven.post(SET_PASSWORD, {"password": NEW}).status_code == 422
    assert not opens(login, NEW)


def test_somebody_who_came_in_with_a_password_shows_it_again(browser: Browser, login: Login, hashes: list[str]) -> None:
    browser.sign_in(login.email)
    hashes.clear()
    answer = browser.post(SET_PASSWORD, {"current": "not the password", "password": NEW})
    assert answer.status_code == 422
    assert hashes == ["verify"]
    assert "That isn’t your present password." in said(answer)
    assert NEW not in said(answer)
    assert browser.post(SET_PASSWORD, {"current": PASSWORD, "password": NEW}).status_code == 302
    assert opens(login, NEW)


def test_a_weak_one_is_refused_beside_its_field_and_changes_nothing(proven: Browser, login: Login) -> None:
    answer = proven.post(SET_PASSWORD, {"password": "ada@example.com"})
    assert answer.status_code == 422
    page = said(answer)
    assert 'id="id_password-fault"' in page
    assert "easy to guess" in page
    assert opens(login, PASSWORD)


def test_every_other_browser_is_signed_out_and_the_owner_is_told(
    proven: Browser, login: Login, ada: Customer, clock: Clock, post: Post
) -> None:
    other = Browser()
    other.come_in(login, now=clock.now)
    proven.post(SET_PASSWORD, {"password": NEW})
    assert other.get(HOME)["Location"] == DOOR
    assert proven.get(HOME).status_code == 200
    entry = Entry.objects.get(verb=Verb.PASSWORD_SET)
    assert (entry.actor_id, entry.customer_id, entry.changed) == (login.pk, ada.pk, ["password"])
    assert [one.trigger for one in Delivery.objects.filter(status="queued")] == ["password_changed"]
    letter = post.letter()
    assert letter.to == login.email
    assert letter.link == f"{DOOR}?email=ada%40example.com&forgot=1"
    assert NEW not in letter.text


def test_a_session_ended_in_the_meantime_sets_nothing(
    proven: Browser, login: Login, bright: Business, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's browser, still sending its form while the owner's new password signs it out."""
    hashed = passwords.hashed

    def meanwhile(password: str) -> str:
        with cast.inside(bright):
            PortalSession.objects.all().end(now=clock.now)
        return hashed(password)

    monkeypatch.setattr(passwords, "hashed", meanwhile)
    answer = proven.post(SET_PASSWORD, {"password": NEW})
    assert answer.status_code == 422
    assert "nothing was changed" in said(answer)
    assert opens(login, PASSWORD)
    assert not Entry.objects.filter(verb=Verb.PASSWORD_SET).exists()


def test_a_forgotten_one_is_replaced_by_way_of_the_mailbox(browser: Browser, login: Login, post: Post) -> None:
    browser.sign_in(login.email)
    assert "We’ll e-mail you a link to set a new one." in said(browser.get(SET_PASSWORD))
    assert browser.post(SET_PASSWORD, {"way": "link"})["Location"] == SENT
    assert browser.type_code(post.letter().code)["Location"] == SET_PASSWORD
    assert browser.post(SET_PASSWORD, {"password": NEW}).status_code == 302


def test_a_first_one_is_set_by_way_of_the_mailbox_only(browser: Browser, ada: Customer, clock: Clock) -> None:
    none_yet = a_login(ada, password="")
    browser.come_in(none_yet, now=clock.now)
    page = said(browser.get(SET_PASSWORD))
    assert "First show once more that this mailbox is yours" in page
    assert 'type="password"' not in page
    for current in ("", "x"):
        assert browser.post(SET_PASSWORD, {"current": current, "password": NEW}).status_code == 422
    assert Login.objects.get().password == ""


def test_guessing_at_the_present_one_is_slowed_down(browser: Browser, login: Login) -> None:
    browser.sign_in(login.email)
    for _ in range(throttling.BY_KNOWN_BROWSER.burst):
        browser.post(SET_PASSWORD, {"current": "not the password", "password": NEW})
    answer = browser.post(SET_PASSWORD, {"current": PASSWORD, "password": NEW})
    assert (answer.status_code, answer["Retry-After"]) == (429, str(throttling.BY_KNOWN_BROWSER.every))


def test_a_server_with_no_room_to_hash_says_so(proven: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_PATIENCE", 0)
    monkeypatch.setattr(passwords._room, "acquire", lambda **_: False)
    assert proven.post(SET_PASSWORD, {"password": NEW}).status_code == 503


def test_the_persons_menu_leads_there(signed_in: Browser) -> None:
    assert f'href="{SET_PASSWORD}"' in said(signed_in.get(HOME))


def test_the_trail_says_who_came_how_and_who_left(proven: Browser, login: Login, ada: Customer) -> None:
    proven.post(SIGN_OUT)
    proven.post(SIGN_OUT)
    entries = Entry.objects.filter(verb__in=(Verb.SIGNED_IN, Verb.SIGNED_OUT)).order_by("id")
    assert [(entry.verb, entry.subject_label, entry.customer_id, entry.actor_id) for entry in entries] == [
        (Verb.SIGNED_IN, "link", ada.pk, login.pk),
        (Verb.SIGNED_OUT, "", ada.pk, login.pk),
    ]
    assert {entry.ip for entry in entries} == {"127.0.0.1"}
