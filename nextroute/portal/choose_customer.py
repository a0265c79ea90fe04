"""Somebody who may act for several customers says for whom."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from nextroute.customers.customers import Customer
from nextroute.portal import askers, onward
from nextroute.portal.doors import login_page
from nextroute.portal.requests import LoginRequest
from nextroute.ui.pages import page


@dataclass(frozen=True, slots=True)
class Choice:
    """`address`: the first of their properties, for telling customers of one name apart."""

    id: UUID
    name: str
    address: str


@require_http_methods(["GET", "HEAD", "POST"])
@login_page
def choose_customer(request: LoginRequest) -> HttpResponse:
    leads = HttpResponseRedirect(onward.asked(request) or request.link("portal_home"))
    if request.method == "POST":
        if not request.presence.pick(request.POST.get("customer", ""), actor=askers.login_of(request)):
            raise Http404("This login may not act for that customer.")
        return leads
    if not request.others:
        return leads
    prefetch_related_objects(request.presence.customers, "properties")
    choices = [_choice(customer) for customer in request.presence.customers]
    return page(request, "portal/choose_customer.html", customers=choices)


def _choice(customer: Customer) -> Choice:
    first = min(customer.properties.all(), key=lambda one: one.pk, default=None)  # keys grow with time
    return Choice(customer.pk, str(customer), str(first or ""))
