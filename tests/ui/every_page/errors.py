"""Pages that say why there is no other."""

from collections.abc import Callable

from django.http import HttpResponse

from nextroute.ui import pages
from tests.ui.rendering import request, staff_request

PAGES: dict[str, Callable[[], HttpResponse]] = {
    "not for your role": lambda: pages.page(staff_request(others=True), "dashboard/forbidden.html", status=403),
    "staff 404": lambda: pages.not_found(staff_request()),
    "404": lambda: pages.not_found(request()),
    "403": lambda: pages.forbidden(request()),
    "500": lambda: pages.broken(request(brand=None)),
    "503": lambda: pages.unavailable(request()),
}
