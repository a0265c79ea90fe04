"""What the mails of this package may say, and where their buttons lead."""

from collections.abc import Mapping

import pytest

from nextroute.config import links
from nextroute.identity.models import Login
from nextroute.notifications.composing import compose
from nextroute.notifications.models import Delivery
from nextroute.notifications.texts import variables_of
from nextroute.notifications.triggers import Channel, Trigger
from nextroute.tenancy.businesses import Business
from tests.cast import NOON


def told(trigger: Trigger, login: Login, **facts: str) -> Mapping[str, str]:
    """What a mail's text may say, a moment after it was owed."""
    business = Business.objects.select_related("branding").get(pk=login.business_id)
    owed = Delivery(business=business, trigger=trigger, address=login.email, facts={"at": NOON.isoformat(), **facts})
    variables = compose(owed, links.to, NOON)
    assert variables is not None
    return variables


def test_a_new_sign_in_is_told_in_words_and_leads_to_a_new_password(login: Login) -> None:
    said = told(Trigger.NEW_SIGN_IN, login, browser="Chrome", system="Windows")
    assert said["browser"] == "Chrome on Windows"
    assert said["when"] == "Monday, June 1 at 12:00 noon"
    assert said["action_url"] == "http://127.0.0.1/portal/at/bright-bins/?email=ada%40example.com&forgot=1"


def test_a_browser_that_does_not_say_what_it_is_is_said_to_be_unknown(login: Login) -> None:
    assert told(Trigger.NEW_SIGN_IN, login, browser="", system="")["browser"] == "a browser we don’t know"


def test_a_welcome_leads_to_the_businesss_own_door(login: Login) -> None:
    said = told(Trigger.WELCOME, login)
    assert said["action_url"] == "http://127.0.0.1/portal/at/bright-bins/?email=ada%40example.com"


@pytest.mark.parametrize("trigger", [Trigger.WELCOME, Trigger.NEW_SIGN_IN, Trigger.PASSWORD_CHANGED])
def test_a_mail_gives_every_variable_its_text_may_name(login: Login, trigger: Trigger) -> None:
    assert variables_of(trigger, Channel.SMS) <= told(trigger, login, browser="", system="").keys()
