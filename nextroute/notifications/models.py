"""Django's entry to this package's tables; each class lives in its noun's module."""

from nextroute.notifications.bounces import Bounce
from nextroute.notifications.consents import Consent
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.preferences import Preference
from nextroute.notifications.sms_numbers import SmsNumber
from nextroute.notifications.wordings import Wording

__all__ = ["Bounce", "Consent", "Delivery", "Preference", "SmsNumber", "Wording"]
