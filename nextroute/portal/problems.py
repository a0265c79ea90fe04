"""Reporting a problem with a visit of the last days."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from nextroute.core import pictures
from nextroute.core.errors import Refused
from nextroute.portal.askers import login_of
from nextroute.portal.doors import customer_page
from nextroute.portal.looking import Looked
from nextroute.portal.requests import CustomerRequest
from nextroute.portal.service_requests import to_asked
from nextroute.scheduling.stops import Stop
from nextroute.service_requests import problems, words
from nextroute.service_requests.kinds import Kind, State, Trouble
from nextroute.service_requests.requests import ServiceRequest
from nextroute.ui.fields import one_of, words_field
from nextroute.ui.pages import page


class ProblemForm(Looked):
    """What went wrong, in the customer's words, and perhaps a picture of it."""

    note = words_field(label=gettext_lazy("Tell us in your words"))
    photo = forms.FileField(
        label=gettext_lazy("A photo"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("JPEG, PNG or WebP, at most 15 megabytes."),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )

    def __init__(self, data: Mapping[str, Any] | None, files: Mapping[str, Any] | None) -> None:
        super().__init__(data, files)  # type: ignore[arg-type]
        troubles = [(one.value, words.trouble(one)) for one in Trouble]
        self.fields["topic"] = one_of(troubles, missing=_("Choose what went wrong."))

    def clean_photo(self) -> bytes | None:
        photo: UploadedFile[bytes] | None = self.cleaned_data["photo"]
        if photo is None or not photo.size:
            return None
        # One byte more than is allowed says enough.
        content: bytes = photo.read(pictures.MOST_BYTES + 1)
        return content


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def problem(request: CustomerRequest, stop: UUID) -> HttpResponse:
    found = problems.visits(request.customer, request.today).filter(id=stop).first()
    if found is None:
        raise Http404("This customer has no such visit of the last days.")
    if told := _told(request, found):
        return HttpResponseRedirect(request.link("portal_request", key=str(told.pk)))
    form = ProblemForm(*(request.POST, request.FILES) if request.method == "POST" else (None, None))
    if request.method == "POST" and (sent := _tried(form, request, found)):
        return to_asked(request, sent)
    return page(
        request,
        "portal/problem.html",
        status=422 if form.errors else 200,
        form=form,
        stop=found,
        again=bool(request.FILES),
    )


def _told(request: CustomerRequest, stop: Stop) -> ServiceRequest | None:
    """The report of a problem with it that waits for an answer."""
    told = request.customer.service_requests.filter(kind=Kind.PROBLEM, stop=stop, answer_state=State.PENDING)
    first: ServiceRequest | None = told.first()
    return first


def _tried(form: ProblemForm, request: CustomerRequest, stop: Stop) -> ServiceRequest | None:
    if not form.is_valid():
        return None
    try:
        return problems.ask(
            customer=request.customer, stop=stop, actor=login_of(request), now=request.now, **form.cleaned_data
        )
    except Refused as refused:
        form.refuse(refused, {"content": "photo"})
        return None
