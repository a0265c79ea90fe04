"""Texts: our own words for every trigger, in the active language, with {{variables}} to be filled in."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from nextroute.notifications.triggers import Channel, Trigger

ALWAYS = {"business_name", "business_phone", "business_email", "customer_first_name"}
VARIABLES: dict[Trigger, set[str]] = {
    Trigger.WELCOME: set(),
    Trigger.SIGN_IN_LINK: {"code", "minutes"},
    Trigger.NEW_SIGN_IN: {"browser", "when"},
    Trigger.PASSWORD_CHANGED: {"when"},
    Trigger.SERVICE_REMINDER: {"service_date", "visits"},
    Trigger.ROUTE_DISPATCHED: {"service_date", "visits"},
    Trigger.SERVICE_COMPLETED: {"service_date", "plan_name", "address"},
    Trigger.SERVICE_SKIPPED: {"service_date", "plan_name", "address", "reason", "next_visit"},
    Trigger.VISIT_MOVED: {"service_date", "old_date", "visits", "reason"},
    Trigger.HOLD_PLACED: {"hold_dates", "visits"},
    Trigger.SKIP_PLACED: {"service_date", "plan_name", "address"},
}


@dataclass(frozen=True, slots=True)
class Text:
    """A message before its variables are filled in. `action`: the words on its one button."""

    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    action: str


def variables_of(trigger: Trigger, channel: Channel) -> set[str]:  # noqa: ARG001 - every channel has the same
    return ALWAYS | VARIABLES[trigger]


def default(trigger: Trigger, channel: Channel) -> Text:
    """Our text for a trigger on a channel, in the active language."""
    return _sms(trigger) if channel is Channel.SMS else _email(trigger)


def _email(trigger: Trigger) -> Text:
    match trigger:
        case Trigger.SIGN_IN_LINK:
            return Text(
                _("Your sign-in link for {{business_name}}"),
                _("Here is your way in."),
                (
                    _("The button signs you in. It works once, for {{minutes}} minutes."),
                    _("Signing in on another device? Type this code there: {{code}}"),
                    _("If you didn’t ask for it, do nothing: nobody gets in without this mail."),
                ),
                _("Sign in"),
            )
        case _:
            return Text(str(trigger), str(trigger), (), _("See your visits"))


def _sms(trigger: Trigger) -> Text:
    return Text("", "", (str(trigger),), "")
