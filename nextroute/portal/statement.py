"""A customer's account over a period: on the page, as PDF and as a table for a spreadsheet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from nextroute.billing import account
from nextroute.billing.account import Account, Entry
from nextroute.billing.documents import entry_words
from nextroute.billing.documents import statement as on_paper
from nextroute.billing.documents.keeping import Sheet
from nextroute.core.days import add_months
from nextroute.portal import statement_csv
from nextroute.portal.doors import customer_page
from nextroute.portal.requests import CustomerRequest
from nextroute.ui.fields import day_field
from nextroute.ui.pages import page
from nextroute.ui.papers import paper

# What the buttons of the form put into `for`.
THIS_YEAR, LAST_YEAR, THREE_MONTHS = "this-year", "last-year", "three-months"


class PeriodForm(forms.Form):
    """`first` and `last`: local days, both included."""

    first = day_field(label=gettext_lazy("From"), missing=gettext_lazy("Choose the first day of the statement."))
    last = day_field(label=gettext_lazy("Through"), missing=gettext_lazy("Choose the last day of the statement."))

    def __init__(self, data: Mapping[str, str], *, today: date) -> None:
        super().__init__(data)
        self.today = today
        for field in self.fields.values():
            field.widget.attrs.update(max=today.isoformat())

    def clean(self) -> None:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if last and last > self.today:
            self.add_error("last", gettext_lazy("This day is still to come. A statement goes as far as today."))
        if first and last and first > last:
            self.add_error("first", gettext_lazy("The first day comes after the last one."))


@dataclass(frozen=True, slots=True)
class Line:
    entry: Entry
    said: str


@require_safe
@customer_page
def statement(request: CustomerRequest) -> HttpResponse:
    form = _form(request)
    found = _account(request, form) if form.is_valid() else None
    return page(
        request,
        "portal/statement.html",
        status=200 if found else 422,
        form=form,
        account=found,
        lines=[Line(one, entry_words.said(one)) for one in found.entries] if found else [],
        period=_days(form),
    )


@require_safe
@customer_page
def statement_pdf(request: CustomerRequest) -> HttpResponse:
    form = _form(request)
    if not form.is_valid():
        return _back(request)
    found = _account(request, form)
    sheet = Sheet(on_paper.paper(found, customer=request.customer, business=request.business))
    return paper(request, key=sheet.key, name=_name(found, "pdf"), written=sheet.unkept)


@require_safe
@customer_page
def statement_file(request: CustomerRequest) -> HttpResponse:
    form = _form(request)
    if not form.is_valid():
        return _back(request)
    found = _account(request, form)
    disposition = content_disposition_header(as_attachment=True, filename=_name(found, "csv"))
    return HttpResponse(
        statement_csv.written(found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": disposition or "attachment", "Cache-Control": "private, no-store"},
    )


def _form(request: CustomerRequest) -> PeriodForm:
    """Of the period that is asked for: two days, or a button's; this year, when nothing is."""
    today, asked = request.today, request.GET
    periods = {
        THIS_YEAR: (date(today.year, 1, 1), today),
        LAST_YEAR: (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        THREE_MONTHS: (add_months(today, -3), today),
    }
    named = asked.get("for", "")
    if named in periods or not (asked.keys() & {"first", "last"}):
        first, last = periods.get(named, periods[THIS_YEAR])
        return PeriodForm({"first": first.isoformat(), "last": last.isoformat()}, today=today)
    return PeriodForm({name: asked.get(name, "") for name in ("first", "last")}, today=today)


def _account(request: CustomerRequest, form: PeriodForm) -> Account:
    period = form.cleaned_data["first"], form.cleaned_data["last"]
    return account.between(*period, customer=request.customer, business=request.business)


def _days(form: PeriodForm) -> dict[str, str]:
    return {name: str(form[name].value()) for name in ("first", "last")}


def _back(request: CustomerRequest) -> HttpResponse:
    """To the page, which says what is wrong with the days."""
    return HttpResponseRedirect(request.link("portal_statement", query=_days(_form(request))))


def _name(found: Account, kind: str) -> str:
    return f"statement-{found.first.isoformat()}-{found.last.isoformat()}.{kind}"
