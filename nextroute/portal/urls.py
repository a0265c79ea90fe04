"""The portal's addresses, below the prefix config/urls.py gives them."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from nextroute.portal.activity import activity
from nextroute.portal.brand_files import brand_css, icon
from nextroute.portal.calendar_feed import calendar, calendar_feed
from nextroute.portal.choose_customer import choose_customer
from nextroute.portal.history import history
from nextroute.portal.home import home
from nextroute.portal.photos import photo, small_photo
from nextroute.portal.schedule import schedule
from nextroute.portal.sign_in import sign_in, sign_out


class BusinessSlug(StringConverter):
    """As tenancy's `is_slug` has it."""

    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"


class Version(StringConverter):
    regex = "[0-9a-f]{12}"


register_converter(BusinessSlug, "business")
register_converter(Version, "version")

urlpatterns = [
    path("", home, name="portal_home"),
    path("schedule/", schedule, name="portal_schedule"),
    path("activity/", activity, name="portal_activity"),
    path("calendar/", calendar, name="portal_calendar"),
    path("calendar/<str:token>.ics", calendar_feed, name="portal_calendar_feed"),
    path("history/", history, name="portal_history"),
    path("history/photos/<uuid:photo>/", photo, name="portal_photo"),
    path("history/photos/<uuid:photo>/small/", small_photo, name="portal_photo_small"),
    path("customers/", choose_customer, name="portal_choose_customer"),
    path("sign-out/", sign_out, name="portal_sign_out"),
    path("at/<business:slug>/", sign_in, name="portal_sign_in"),
    path("at/<business:slug>/brand.<version:version>.css", brand_css, name="portal_brand_css"),
    path("at/<business:slug>/icon.<version:version>.svg", icon, name="portal_icon"),
]
