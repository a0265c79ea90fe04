"""Money is changed in two steps: a form, and a page that says what will happen, from a rehearsal of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect

from nextroute.billing import effects
from nextroute.core.errors import Refused
from nextroute.customers.customers import Customer
from nextroute.dashboard.requests import StaffRequest
from nextroute.ui.pages import page

SURE, CHANGE = "sure", "change"
_FIELDS = {"cents": "amount"}  # as the verbs name them, and as the forms do


@dataclass(frozen=True, slots=True)
class Deed[T]:
    """`act`: the verb. `look`: sentences on what it made, read before that is taken back. `then`: where it leads.
    `template` draws the form, `title` and `button` are the page's that asks whether one is sure."""

    template: str
    title: str
    button: str
    act: Callable[[], T]
    look: Callable[[T], Sequence[str]]
    then: Callable[[T], str]


def answer[T](
    request: StaffRequest, form: forms.Form, customer: Customer, deed: Deed[T], **context: Any
) -> HttpResponse:
    """The form; when it is filled in, what will happen; when one is sure, it is done. What is wrong is said beside its
    field, with everything as it was typed."""
    step = request.POST.get("step", "")
    if request.method == "POST" and step != CHANGE and form.is_valid():
        try:
            if step == SURE:
                return HttpResponseRedirect(deed.then(deed.act()))
            return _what_will_happen(request, form, customer, deed)
        except Refused as refused:
            field = _FIELDS.get(refused.field, refused.field)
            form.add_error(field if field in form.fields else None, refused.sentence)
    wrong = request.method == "POST" and step != CHANGE
    return page(request, deed.template, status=422 if wrong else 200, form=form, customer=customer, **context)


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
