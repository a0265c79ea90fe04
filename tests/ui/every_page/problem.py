"""Telling of a problem."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

from django.http import HttpResponse

from nextroute.portal.problems import ProblemForm
from nextroute.ui import pages
from tests.ui.visits import task


def problem(form: ProblemForm | None = None) -> HttpResponse:
    stop = SimpleNamespace(service_date=date(2026, 6, 9), property="3120 Teller Street", plan_told=lambda: "Weekly")
    return pages.page(task(), "portal/problem.html", form=form or ProblemForm(None, None), stop=stop, again=bool(form))


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "problem": problem,
    "problem, wrong": lambda: problem(ProblemForm({"topic": "", "note": "x" * 2000}, None)),
}
