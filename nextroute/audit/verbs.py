"""Everything that is done here, as the trail names it."""

from enum import StrEnum


class Verb(StrEnum):
    """A past participle of a noun: `hold.placed`. A value is never renamed or used again: entries keep it for ever."""

    BUSINESS_CREATED = "business.created"
    BUSINESS_CHANGED = "business.changed"
    CUSTOMERS_IMPORTED = "customers.imported"

    LOGIN_INVITED = "login.invited"
    LINK_ASKED = "sign_in.link_sent"
    SIGNED_IN = "sign_in.succeeded"
    SIGNED_OUT = "sign_in.ended"
    CUSTOMER_CHOSEN = "sign_in.customer_chosen"
    PASSWORD_SET = "login.password_set"  # noqa: S105 - a verb

    STAFF_ADDED = "staff.added"
    STAFF_REMOVED = "staff.removed"
    STAFF_PASSWORD_SET = "staff.password_set"  # noqa: S105 - a verb
    STAFF_SIGNED_IN = "staff.signed_in"
    STAFF_SIGNED_OUT = "staff.signed_out"

    BLACKOUT_ADDED = "blackout.added"
    BLACKOUT_REMOVED = "blackout.removed"
    HOLD_PLACED = "hold.placed"
    HOLD_CHANGED = "hold.changed"
    HOLD_LIFTED = "hold.lifted"
    SKIP_PLACED = "skip.placed"
    SKIP_UNDONE = "skip.undone"
    EXTRA_ORDERED = "extra.ordered"
    EXTRA_CALLED_OFF = "extra.called_off"
    EXTRA_RESCHEDULED = "extra.rescheduled"
    EXTRAS_DROPPED = "extras.dropped"
    PLAN_CHANGED = "plan.changed"
    PLAN_CHANGE_UNDONE = "plan.change_undone"
    SERVICE_ENDED = "service.ended"
    SERVICE_RESUMED = "service.resumed"
    CUSTOMERS_CANCELED = "customers.canceled"
    REQUEST_ASKED = "request.asked"
    REQUEST_APPROVED = "request.approved"
    REQUEST_DECLINED = "request.declined"
    REQUEST_WITHDRAWN = "request.withdrawn"
    REQUEST_ANSWERED = "request.answered"
    ROUTES_GENERATED = "routes.generated"
    DAY_CLOSED = "day.closed"
    ROUTE_DISPATCHED = "route.dispatched"
    ROUTE_RECALLED = "route.recalled"
    ROUTE_CANCELED = "route.canceled"
    ROUTE_MOVED = "route.moved"
    STOP_COMPLETED = "stop.completed"
    STOP_SKIPPED = "stop.skipped"
    PHOTO_ADDED = "photo.added"

    FEED_OPENED = "calendar.opened"
    FEED_REVOKED = "calendar.revoked"

    WORDING_CHANGED = "wording.changed"
    WORDING_RESET = "wording.reset"
    DELIVERY_RESENT = "delivery.resent"
    SMS_STOPPED = "sms.stopped"
    SMS_STARTED = "sms.started"
    SMS_NUMBER_GIVEN = "sms_number.given"
    SMS_NUMBER_TAKEN_BACK = "sms_number.taken_back"
    PREFERENCE_CHANGED = "preference.changed"
