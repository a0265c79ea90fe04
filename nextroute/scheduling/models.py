"""Django's entry to this package's tables; each class lives in its noun's module."""

from nextroute.scheduling.blackouts import BlackoutDate
from nextroute.scheduling.calendar_events import CalendarEvent
from nextroute.scheduling.extras import Extra
from nextroute.scheduling.feeds import CalendarFeed
from nextroute.scheduling.holds import Hold
from nextroute.scheduling.master_routes import MasterRoute, MasterStop
from nextroute.scheduling.photos import Photo
from nextroute.scheduling.plans import Plan
from nextroute.scheduling.routes import Route
from nextroute.scheduling.skips import Skip
from nextroute.scheduling.stops import Stop
from nextroute.scheduling.subscriptions import Subscription
from nextroute.scheduling.zones import Zone

__all__ = [
    "BlackoutDate",
    "CalendarEvent",
    "CalendarFeed",
    "Extra",
    "Hold",
    "MasterRoute",
    "MasterStop",
    "Photo",
    "Plan",
    "Route",
    "Skip",
    "Stop",
    "Subscription",
    "Zone",
]
