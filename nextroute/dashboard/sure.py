"""Money is changed in two steps: a form, and a page that says what will happen, from a rehearsal of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from nextroute.billing import effects, paying
from nextroute.billing.stripe.client import NoAnswer
from nextroute.core.errors import Refused
from nextroute.customers.customers import Customer
from nextroute.dashboard.requests import StaffRequest
from nextroute.ui.pages import page
from nextroute.web.errands import Answer, Errand

SURE, CHANGE = "sure", "change"
_FIELDS = {"cents": "amount"}  # as the verbs name them, and as the forms do


@dataclass(frozen=True, slots=True)
class Deed[T]:
    """`act`: the verb. `look`: sentences on what it made, read before that is taken back. `then`: where it leads.
    `template` draws the form, `title` and `button` are the page's that asks whether one is sure. `ask`: instead of
    `act`, once one is sure, where Stripe has to be asked as well."""

    template: str
    title: str
    button: str
    act: Callable[[], T]
    look: Callable[[T], Sequence[str]]
    then: Callable[[T], str]
    ask: Callable[[], T] | None = None


def answer[T](request: StaffRequest, form: forms.Form, customer: Customer, deed: Deed[T], **context: Any) -> Answer:
    """The form; when it is filled in, what will happen; when one is sure, it is done. What is wrong is said beside its
    field, with everything as it was typed."""

    def again(status: int) -> HttpResponse:
        return page(request, deed.template, status=status, form=form, customer=customer, **context)

    def refused(no: Refused) -> HttpResponse:
        field = _FIELDS.get(no.field, no.field)
        form.add_error(field if field in form.fields else None, no.sentence)
        return again(422)

    step = request.POST.get("step", "")
    if request.method != "POST" or step == CHANGE:
        return again(200)
    if not form.is_valid():
        return again(422)
    if step == SURE:
        return Errand(
            lambda: _done(customer, deed, request.now), lambda made: HttpResponseRedirect(deed.then(made)), refused
        )
    try:
        return _what_will_happen(request, form, customer, deed)
    except Refused as no:
        return refused(no)


def _done[T](customer: Customer, deed: Deed[T], now: datetime) -> T:
    """What the customer has open at Stripe is closed first: what is being changed may not be paid there meanwhile."""
    try:
        paying.close(customer, now=now)
        return deed.ask() if deed.ask else deed.act()
    except NoAnswer as fault:
        raise Refused(_("Stripe doesn’t answer at the moment. Please try again in a few minutes.")) from fault


def _what_will_happen[T](request: StaffRequest, form: forms.Form, customer: Customer, deed: Deed[T]) -> HttpResponse:
    effect = effects.of(customer, deed.act, deed.look)
    return page(
        request,
        "dashboard/sure.html",
        effect=effect,
        customer=customer,
        title=deed.title,
        button=deed.button,
        kept=_kept(request.POST, form),
        currency=request.business.currency,
    )


def _kept(posted: Mapping[str, str], form: forms.Form) -> list[tuple[str, str]]:
    """What was typed, to be sent again."""
    return [(name, posted[name]) for name in form.fields if name in posted]
