"""Texts: our own words for every trigger, with {{variables}} to be filled in. What each stands for:
docs/rules/notifications.md.

A line whose variables are all empty is left out, and so is a paragraph; so a text may speak of what not everybody has.
"""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from nextroute.notifications.triggers import Channel, Trigger

ALWAYS = {"business_name", "business_phone", "business_email", "customer_first_name", "action_url"}
VARIABLES: dict[Trigger, set[str]] = {
    Trigger.WELCOME: set(),
    Trigger.SIGN_IN_LINK: {"code", "minutes"},
    Trigger.NEW_SIGN_IN: {"browser", "when"},
    Trigger.PASSWORD_CHANGED: {"when"},
    Trigger.SERVICE_REMINDER: {"service_date", "in_days", "visits"},
    Trigger.ROUTE_DISPATCHED: {"service_date", "in_days", "visits"},
    Trigger.SERVICE_COMPLETED: {"service_date", "plan_name", "address"},
    Trigger.SERVICE_SKIPPED: {"service_date", "plan_name", "address", "reason", "next_visit"},
    Trigger.VISIT_MOVED: {"service_date", "old_date", "visits", "reason"},
    Trigger.HOLD_PLACED: {"hold_dates", "visits", "staying", "next_visit"},
    Trigger.HOLD_CHANGED: {"hold_dates", "visits", "staying", "next_visit"},
    Trigger.HOLD_LIFTED: {"hold_dates", "visits", "next_visit"},
    Trigger.SKIP_PLACED: {"service_date", "plan_name", "address", "next_visit"},
    Trigger.EXTRA_DROPPED: {"service_date", "plan_name", "address", "reason"},
    Trigger.SKIP_UNDONE: {"service_date", "plan_name", "address"},
    Trigger.OFFICE_SCHEDULE: {"customer_name", "what", "visits", "back", "staying", "notes"},
    Trigger.REQUEST_RECEIVED: {"request", "details"},
    Trigger.REQUEST_APPROVED: {"request", "details", "answer"},
    Trigger.REQUEST_DECLINED: {"request", "details", "answer"},
    Trigger.REQUEST_WITHDRAWN: {"request", "details"},
    Trigger.REQUEST_EXPIRED: {"request", "details"},
    Trigger.REQUEST_ANSWERED: {"request", "details", "answer"},
    Trigger.INVOICE_SENT: {"invoice_number", "amount", "due_date", "amount_paid", "amount_open", "pay_by"},
    Trigger.PAYMENT_RECEIVED: {"amount", "method", "paid_on", "invoices", "amount_open", "credit"},
    Trigger.PAYMENT_FAILED: {"amount", "method"},
    Trigger.PAYMENT_REFUNDED: {"amount", "method", "reason"},
    Trigger.PAYMENT_RETURNED: {"amount", "amount_open"},
    Trigger.CREDIT_NOTE_ISSUED: {"credit_note_number", "amount", "invoice_number", "reason", "amount_open", "credit"},
    Trigger.AUTOPAY_AHEAD: {"amount", "invoice_number", "charge_date", "saved_method"},
    Trigger.AUTOPAY_ABOVE: {"amount", "invoice_number", "due_date", "ceiling"},
    Trigger.AUTOPAY_FAILED: {"amount", "invoice_number", "saved_method", "reason", "next_try", "todo"},
    Trigger.CARD_EXPIRING: {"saved_method", "month"},
    Trigger.OFFICE_REQUEST: {"customer_name", "what", "request", "details", "notes"},
    Trigger.OFFICE_MONEY: {"customer_name", "amount", "what", "todo"},
}
BUTTON = "action"  # {{action}}: where the button of a mail stands, when it is not at the end


@dataclass(frozen=True, slots=True)
class Text:
    """A message before its variables are filled in. `action`: the words on its one button. An SMS has paragraphs only,
    each a line of it."""

    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    action: str


def variables_of(trigger: Trigger, channel: Channel) -> set[str]:
    """The names a text of this trigger may use on this channel."""
    return ALWAYS | VARIABLES[trigger] | ({BUTTON} if channel is Channel.EMAIL else set())


def required(trigger: Trigger, channel: Channel) -> set[str]:
    """The names it must use, or people could not do what it is for."""
    return {"code"} if trigger is Trigger.SIGN_IN_LINK and channel is Channel.EMAIL else set()


def default(trigger: Trigger, channel: Channel) -> Text:
    """Our text for a trigger on a channel, in the active language."""
    text = Text("", "", _SMS[trigger], "") if channel is Channel.SMS else _EMAIL[trigger]
    return Text(
        _translated(text.subject),
        _translated(text.heading),
        tuple(_translated(one) for one in text.paragraphs),
        _translated(text.action),
    )


def _translated(text: str) -> str:
    return gettext(text) if text else ""  # gettext answers nothing with the catalogue's head


_EMAIL = {
    Trigger.WELCOME: Text(
        _("Welcome to {{business_name}}"),
        _("Welcome, {{customer_first_name}}."),
        (
            _("Your visits have a page of their own: when we come next, every visit after that, and what is arranged."),
            _("This e-mail address is your way in. There is no password to remember: we send you a link."),
        ),
        _("See your visits"),
    ),
    Trigger.SIGN_IN_LINK: Text(
        _("Sign in to {{business_name}}"),
        _("Here’s your way in."),
        (
            _("Press the button or type the code where you asked for it. Either works once, for {{minutes}} minutes."),
            "{{code}}\n{{action}}",
            _("You didn’t ask for this? Then do nothing: nobody gets in without this e-mail."),
        ),
        _("Sign in"),
    ),
    Trigger.NEW_SIGN_IN: Text(
        _("New sign-in at {{business_name}}"),
        _("There was a new sign-in to your account."),
        (
            _("When: {{when}}\nFrom: {{browser}}"),
            _("If that was you, all is well."),
            _("If it wasn’t you, set a new password now: that signs everybody else out."),
            "{{action}}",
            _("Can’t get in any more? Call us: {{business_phone}}"),
        ),
        _("Set a new password"),
    ),
    Trigger.PASSWORD_CHANGED: Text(
        _("Your password at {{business_name}} was changed"),
        _("Your password was changed."),
        (
            _("When: {{when}}"),
            _("If that was you, all is well. Your other devices have been signed out."),
            _("If it wasn’t you, set a new one now: that signs everybody else out."),
            "{{action}}",
            _("Can’t get in any more? Call us: {{business_phone}}"),
        ),
        _("Set a new password"),
    ),
    Trigger.SERVICE_REMINDER: Text(
        _("We’ll come {{in_days}}, {{service_date}}"),
        _("We’ll come {{in_days}}, {{service_date}}."),
        ("{{visits}}", _("Please make sure we can get in: gates unlocked, pets inside.")),
        _("See your visits"),
    ),
    Trigger.ROUTE_DISPATCHED: Text(
        _("You’re on our route {{in_days}}, {{service_date}}"),
        _("You’re on our route {{in_days}}, {{service_date}}."),
        (
            "{{visits}}",
            _("This visit can’t be changed online any more."),
            _("Is something in the way? Call us: {{business_phone}}"),
        ),
        _("See your visits"),
    ),
    Trigger.SERVICE_COMPLETED: Text(
        _("Done: your visit on {{service_date}}"),
        _("Your visit on {{service_date}} is done."),
        ("{{plan_name}}\n{{address}}", _("Something isn’t right? Call us: {{business_phone}}")),
        _("See your visits"),
    ),
    Trigger.SERVICE_SKIPPED: Text(
        _("We couldn’t serve you on {{service_date}}"),
        _("We couldn’t serve you on {{service_date}}."),
        ("{{plan_name}}\n{{address}}", _("Why: {{reason}}"), _("Our next visit: {{next_visit}}.")),
        _("See your visits"),
    ),
    Trigger.VISIT_MOVED: Text(
        _("Your visit moves to {{service_date}}"),
        _("We’ll come on {{service_date}} instead of {{old_date}}."),
        ("{{visits}}", _("Why: {{reason}}"), _("That day doesn’t suit you? Call us: {{business_phone}}")),
        _("See your visits"),
    ),
    Trigger.HOLD_PLACED: Text(
        _("On hold: {{hold_dates}}"),
        _("You’re away {{hold_dates}}, so your service is on hold."),
        (
            _("We’ll skip these visits:\n{{visits}}"),
            _("These we still make, because it’s too late to stop them:\n{{staying}}"),
            _("Our next visit: {{next_visit}}."),
            _("Your plans have changed? You can change the days, or be back sooner, with your visits."),
        ),
        _("See your visits"),
    ),
    Trigger.HOLD_CHANGED: Text(
        _("New days on hold: {{hold_dates}}"),
        _("You’re away {{hold_dates}} now, as you asked."),
        (
            _("We’ll skip these visits:\n{{visits}}"),
            _("These we still make, because it’s too late to stop them:\n{{staying}}"),
            _("Our next visit: {{next_visit}}."),
        ),
        _("See your visits"),
    ),
    Trigger.HOLD_LIFTED: Text(
        _("Not on hold any more"),
        _("Your service goes on."),
        (
            _("You had been away {{hold_dates}}. That is called off."),
            _("We’ll come after all:\n{{visits}}"),
            _("Our next visit: {{next_visit}}."),
        ),
        _("See your visits"),
    ),
    Trigger.SKIP_PLACED: Text(
        _("We won’t come on {{service_date}}"),
        _("We won’t come on {{service_date}}, as you asked."),
        (
            "{{plan_name}}\n{{address}}",
            _("Our next visit: {{next_visit}}."),
            _("Your plans have changed? You can bring it back with your visits, or call us: {{business_phone}}"),
        ),
        _("See your visits"),
    ),
    Trigger.EXTRA_DROPPED: Text(
        _("We can’t come on {{service_date}} after all"),
        _("We can’t come on {{service_date}} for {{plan_name}} after all."),
        (
            "{{address}}",
            _("Why: {{reason}}"),
            _("We’ll look for another day."),
            _("Would a certain day suit you? Call us: {{business_phone}}"),
        ),
        _("See your visits"),
    ),
    Trigger.SKIP_UNDONE: Text(
        _("We’ll come on {{service_date}} after all"),
        _("We’ll come on {{service_date}} after all."),
        ("{{plan_name}}\n{{address}}",),
        _("See your visits"),
    ),
    Trigger.REQUEST_RECEIVED: Text(
        _("We’ve got it: {{request}}"),
        _("We’ve got it, and we’ll answer soon."),
        ("{{request}}\n{{details}}", _("You’ve changed your mind? Take it back with your visits.")),
        _("See your visits"),
    ),
    Trigger.REQUEST_APPROVED: Text(
        _("It’s arranged: {{request}}"),
        _("It’s arranged."),
        (
            "{{request}}\n{{details}}",
            "{{answer}}",
            _("Your plans have changed? Tell us with your visits, or call us: {{business_phone}}"),
        ),
        _("See your visits"),
    ),
    Trigger.REQUEST_DECLINED: Text(
        _("We can’t do this: {{request}}"),
        _("We’re sorry, we can’t do this."),
        ("{{request}}\n{{details}}", _("Why: {{answer}}"), _("Let’s find another way. Call us: {{business_phone}}")),
        _("See your visits"),
    ),
    Trigger.REQUEST_WITHDRAWN: Text(
        _("Taken back: {{request}}"),
        _("It’s taken back, as you asked."),
        ("{{request}}\n{{details}}", _("You didn’t ask for this? Call us: {{business_phone}}")),
        _("See your visits"),
    ),
    Trigger.REQUEST_EXPIRED: Text(
        _("Not arranged: {{request}}"),
        _("We’re sorry, we didn’t answer you in time."),
        ("{{request}}\n{{details}}", _("You’d still like it? Ask for another day, or call us: {{business_phone}}")),
        _("See your visits"),
    ),
    Trigger.REQUEST_ANSWERED: Text(
        _("About your visit: {{request}}"),
        _("Here’s our answer."),
        (
            "{{request}}\n{{details}}",
            "{{answer}}",
            _("Something still isn’t right? Call us: {{business_phone}}"),
        ),
        _("See your visits"),
    ),
    Trigger.OFFICE_REQUEST: Text(
        _("{{customer_name}} {{what}}: {{request}}"),
        _("{{customer_name}} {{what}}."),
        ("{{request}}\n{{details}}", _("What they say: {{notes}}")),
        _("Open the dashboard"),
    ),
    Trigger.INVOICE_SENT: Text(
        _("Invoice {{invoice_number}}: {{amount}}"),
        _("Your invoice is {{amount}}."),
        (
            _("Number: {{invoice_number}}\nPlease pay it by {{due_date}}."),
            _("Paid already, from your credit: {{amount_paid}}\nStill open: {{amount_open}}"),
            "{{pay_by}}",
            _("Something isn’t right? Call us: {{business_phone}}"),
        ),
        _("See your invoice"),
    ),
    Trigger.PAYMENT_RECEIVED: Text(
        _("Thank you: {{amount}} received"),
        _("We received your payment of {{amount}}."),
        (
            _("Paid: {{method}}, {{paid_on}}\nFor: {{invoices}}"),
            _("Still open: {{amount_open}}"),
            _("To your credit, for what comes next: {{credit}}"),
        ),
        _("See your payments"),
    ),
    Trigger.PAYMENT_FAILED: Text(
        _("Your payment of {{amount}} didn’t go through"),
        _("Your payment of {{amount}} didn’t go through."),
        (
            _("You tried to pay {{method}}. Nothing was charged."),
            _("Please try again, or another way. Call us if we can help: {{business_phone}}"),
        ),
        _("Pay now"),
    ),
    Trigger.PAYMENT_REFUNDED: Text(
        _("We’re sending {{amount}} back to you"),
        _("We’re sending {{amount}} back to you."),
        (
            _("It comes back the way you paid, {{method}}."),
            _("Why: {{reason}}"),
        ),
        _("See your payments"),
    ),
    Trigger.PAYMENT_RETURNED: Text(
        _("Your bank took {{amount}} back"),
        _("Your bank took your payment of {{amount}} back."),
        (
            _("So it’s open again. You owe {{amount_open}} now."),
            _("Please pay another way. Call us if we can help: {{business_phone}}"),
        ),
        _("Pay now"),
    ),
    Trigger.AUTOPAY_AHEAD: Text(
        _("We’ll charge {{amount}} on {{charge_date}}"),
        _("We’ll charge {{amount}} on {{charge_date}}."),
        (
            _("Invoice: {{invoice_number}}\nFrom: {{saved_method}}"),
            _("There’s nothing to do. If you don’t want this, change or stop it before that day."),
            _("Something isn’t right? Call us: {{business_phone}}"),
        ),
        _("Change or stop it"),
    ),
    Trigger.AUTOPAY_ABOVE: Text(
        _("Please pay invoice {{invoice_number}} yourself: {{amount}}"),
        _("We won’t charge {{amount}} by ourselves."),
        (
            _("Invoice {{invoice_number}} is more than the {{ceiling}} you allowed us to charge."),
            _("Please pay it by {{due_date}}."),
            _("Something isn’t right? Call us: {{business_phone}}"),
        ),
        _("Pay now"),
    ),
    Trigger.AUTOPAY_FAILED: Text(
        _("We couldn’t charge {{amount}}"),
        _("We couldn’t charge {{amount}} for invoice {{invoice_number}}."),
        (
            _("From: {{saved_method}}\nWhy: {{reason}}"),
            _("We’ll try again on {{next_try}}. Until then you can change your card, or pay now another way."),
            "{{todo}}",
            _("Call us if we can help: {{business_phone}}"),
        ),
        _("Change your card or pay"),
    ),
    Trigger.CARD_EXPIRING: Text(
        _("Your {{saved_method}} expires in {{month}}"),
        _("Your {{saved_method}} expires in {{month}}."),
        (
            _("Add a new card before then, and we’ll go on charging that one."),
            _("Call us if we can help: {{business_phone}}"),
        ),
        _("Change your card"),
    ),
    Trigger.OFFICE_MONEY: Text(
        _("{{customer_name}}, {{amount}}: {{what}}"),
        "{{what}}.",
        (_("Customer: {{customer_name}}\nAmount: {{amount}}"), "{{todo}}"),
        _("Open the dashboard"),
    ),
    Trigger.CREDIT_NOTE_ISSUED: Text(
        _("Credit note {{credit_note_number}}: {{amount}} less"),
        _("You owe us {{amount}} less."),
        (
            _("Number: {{credit_note_number}}"),
            _("It corrects invoice {{invoice_number}}."),
            _("Why: {{reason}}"),
            _("Still open in all: {{amount_open}}"),
            _("To your credit, for what comes next: {{credit}}"),
        ),
        _("See your invoices"),
    ),
    Trigger.OFFICE_SCHEDULE: Text(
        _("{{customer_name}} {{what}}"),
        _("{{customer_name}} {{what}}."),
        (
            _("Off the routes:\n{{visits}}"),
            _("Back on them:\n{{back}}"),
            _("Still on them, because it was too late:\n{{staying}}"),
            _("What they say: {{notes}}"),
        ),
        _("Open the dashboard"),
    ),
}

_SMS = {
    Trigger.SERVICE_REMINDER: (
        _("{{business_name}}: We’ll come {{in_days}}, {{service_date}}. Please make sure we can get in."),
        _("Reply STOP to end these texts."),
    ),
    Trigger.ROUTE_DISPATCHED: (
        _("{{business_name}}: You’re on our route {{in_days}}, {{service_date}}."),
        _("Is something in the way? Call {{business_phone}}"),
    ),
    Trigger.SERVICE_SKIPPED: (
        _("{{business_name}}: We couldn’t serve you on {{service_date}}."),
        _("Why: {{reason}}"),
        _("Our next visit: {{next_visit}}."),
    ),
    Trigger.VISIT_MOVED: (
        _("{{business_name}}: We’ll come on {{service_date}} instead of {{old_date}}."),
        _("That day doesn’t suit you? Call {{business_phone}}"),
    ),
    Trigger.EXTRA_DROPPED: (
        _("{{business_name}}: We can’t come on {{service_date}} for {{plan_name}} after all."),
        _("Why: {{reason}}"),
        _("We’ll look for another day."),
    ),
}
