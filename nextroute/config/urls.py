"""Where everything is. Addresses are built in links.py only."""

from django.conf import settings
from django.urls import include, path

from nextroute.portal.doors import public
from nextroute.portal.health import healthz
from nextroute.ui import pages, stylesheet

handler400 = "nextroute.portal.errors.bad_request"
handler403 = "nextroute.portal.errors.forbidden"
handler404 = "nextroute.portal.errors.not_found"
handler500 = "nextroute.portal.errors.broken"

urlpatterns = [
    path("portal/", include("nextroute.portal.urls")),
    path("dashboard/", include("nextroute.dashboard.urls")),
    path("api/", include("nextroute.api.urls")),
    path(stylesheet.PATH, public(because="the look is the same for everybody")(pages.stylesheet), name="stylesheet"),
    path("healthz", healthz, name="healthz"),
]
if settings.MAIL_FOLDER:
    urlpatterns.append(path("dev/mail/", include("nextroute.portal.dev_mail")))
