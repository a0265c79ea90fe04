"""Trigger: why somebody is told something; its category, and the channels it may take."""

from enum import StrEnum


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"


class Category(StrEnum):
    """What people can turn off, each channel by itself. Security cannot be."""

    SECURITY = "security"
    ACCOUNT = "account"
    VISITS = "visits"
    BILLING = "billing"
    OFFICE = "office"  # to the business itself


class Trigger(StrEnum):
    WELCOME = "welcome"
    SIGN_IN_LINK = "sign_in_link"
    NEW_SIGN_IN = "new_sign_in"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a trigger
    SERVICE_REMINDER = "service_reminder"
    ROUTE_DISPATCHED = "route_dispatched"
    SERVICE_COMPLETED = "service_completed"
    SERVICE_SKIPPED = "service_skipped"
    VISIT_MOVED = "visit_moved"
    HOLD_PLACED = "hold_placed"
    HOLD_CHANGED = "hold_changed"
    HOLD_LIFTED = "hold_lifted"
    SKIP_PLACED = "skip_placed"
    EXTRA_DROPPED = "extra_dropped"
    SKIP_UNDONE = "skip_undone"
    REQUEST_RECEIVED = "request_received"
    REQUEST_APPROVED = "request_approved"
    REQUEST_DECLINED = "request_declined"
    REQUEST_WITHDRAWN = "request_withdrawn"
    REQUEST_EXPIRED = "request_expired"
    REQUEST_ANSWERED = "request_answered"
    INVOICE_SENT = "invoice_sent"
    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_FAILED = "payment_failed"
    PAYMENT_REFUNDED = "payment_refunded"
    PAYMENT_RETURNED = "payment_returned"
    CREDIT_NOTE_ISSUED = "credit_note_issued"
    AUTOPAY_AHEAD = "autopay_ahead"
    AUTOPAY_ABOVE = "autopay_above"
    AUTOPAY_FAILED = "autopay_failed"
    CARD_EXPIRING = "card_expiring"
    OFFICE_SCHEDULE = "office_schedule"
    OFFICE_REQUEST = "office_request"
    OFFICE_MONEY = "office_money"

    @property
    def category(self) -> Category:
        return _CATEGORIES.get(self, Category.VISITS)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """By which it goes, to whoever has an address there and wants it."""
        return (Channel.EMAIL, Channel.SMS) if self in _BY_SMS_TOO else (Channel.EMAIL,)

    @property
    def urgent(self) -> bool:
        """Whether somebody sits and waits for it: it goes before a night's thousand reminders."""
        return self is Trigger.SIGN_IN_LINK


_CATEGORIES = {
    Trigger.WELCOME: Category.ACCOUNT,
    Trigger.SIGN_IN_LINK: Category.SECURITY,
    Trigger.NEW_SIGN_IN: Category.SECURITY,
    Trigger.PASSWORD_CHANGED: Category.SECURITY,
    Trigger.INVOICE_SENT: Category.BILLING,
    Trigger.PAYMENT_RECEIVED: Category.BILLING,
    Trigger.PAYMENT_FAILED: Category.BILLING,
    Trigger.PAYMENT_REFUNDED: Category.BILLING,
    Trigger.PAYMENT_RETURNED: Category.BILLING,
    Trigger.CREDIT_NOTE_ISSUED: Category.BILLING,
    Trigger.AUTOPAY_AHEAD: Category.SECURITY,  # nobody is charged without having been told
    Trigger.AUTOPAY_ABOVE: Category.BILLING,
    Trigger.AUTOPAY_FAILED: Category.BILLING,
    Trigger.CARD_EXPIRING: Category.BILLING,
    Trigger.OFFICE_SCHEDULE: Category.OFFICE,
    Trigger.OFFICE_REQUEST: Category.OFFICE,
    Trigger.OFFICE_MONEY: Category.OFFICE,
}
_BY_SMS_TOO = {
    Trigger.SERVICE_REMINDER,
    Trigger.ROUTE_DISPATCHED,
    Trigger.SERVICE_SKIPPED,
    Trigger.VISIT_MOVED,
    Trigger.EXTRA_DROPPED,
}
