"""A page made of every part that asks something, answered as a view would, whole or in part."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import engines
from jinja2 import ChoiceLoader, FileSystemLoader

from nextroute.ui import pages
from nextroute.ui.choices import Choice
from tests.ui.rendering import TODAY, request

PLACES = [
    ("both", "Both homes"),
    ("51", Choice("Only 8447 W 51st Ave", "Weekly, Tuesdays")),
    ("teller", Choice("Only 3120 Teller St", "Every other Friday")),
]


class EveryKind(forms.Form):
    first_day = forms.DateField(
        label="First day away",
        help_text="June 16 at the earliest: we need a day’s notice.",
        widget=forms.DateInput({"type": "date", "min": TODAY, "max": TODAY + timedelta(365)}),
    )
    last_day = forms.DateField(label="First day back", widget=forms.DateInput({"type": "date"}))
    where = forms.ChoiceField(label="Where", choices=PLACES, widget=forms.RadioSelect, initial="both")
    reason = forms.ChoiceField(label="Why", choices=[("", "Choose one"), ("trip", "A trip"), ("work", "Work")])
    days = forms.MultipleChoiceField(
        label="Which days suit you", choices=[(1, "Monday"), (2, "Tuesday")], widget=forms.CheckboxSelectMultiple
    )
    bins = forms.IntegerField(label="How many bins", min_value=0, max_value=9, initial=0)
    note = forms.CharField(
        label="Anything we should know?", required=False, max_length=500, widget=forms.Textarea({"rows": 3})
    )
    photo = forms.FileField(label="A photo", required=False, widget=forms.FileInput({"accept": "image/*"}))
    sure = forms.BooleanField(label="I’ll leave the gate open")


def filled(**changes: Any) -> EveryKind:
    """With what a customer would have chosen, but for `changes`."""
    chosen = {"first_day": "2026-06-16", "last_day": "2026-07-01", "where": "51", "reason": "trip", "days": ["2"]}
    return EveryKind({**chosen, "bins": "2", "note": "<b>Neighbor</b>\nbrings them in.", "sure": "on", **changes})


def faulty() -> EveryKind:
    """Nothing but what is wrong."""
    return EveryKind({"first_day": "soon", "last_day": "", "where": "", "bins": "12", "note": "x" * 501})


@contextmanager
def templates() -> Iterator[None]:
    """The templates beside this file can be named, too."""
    environment = engines["jinja"].env  # type: ignore[attr-defined] # Jinja2's own
    ours = environment.loader
    environment.loader = ChoiceLoader([ours, FileSystemLoader(Path(__file__).parent)])
    try:
        yield
    finally:
        environment.loader = ours


def view(asked: HttpRequest, form: forms.Form) -> HttpResponse:
    """As the coming pages do it: the whole page, or to htmx the part that changes."""
    skipped = [date(2026, 6, 19), date(2026, 6, 23), date(2026, 6, 30)][: int(asked.GET.get("length", 30)) // 7]
    context: dict[str, Any] = {"form": form, "skipped": skipped}
    with templates():
        if pages.wants_fragment(asked):
            return pages.fragment(asked, "sample.html", "stage", **context)
        return pages.page(asked, "sample.html", **context)


def sample(form: forms.Form | None = None) -> HttpResponse:
    return view(request(person="Maria Alvarez", tab="schedule"), form or EveryKind())


SAMPLES: dict[str, Callable[[], HttpResponse]] = {
    "every kind of field": sample,
    "every kind of field, filled": lambda: sample(filled()),
    "every kind of field, wrong": lambda: sample(faulty()),
}
