"""What customers ask for: the queue, and answering one."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from nextroute.core import files
from nextroute.core.errors import Refused
from nextroute.core.pictures import CONTENT_TYPE
from nextroute.core.words import phone
from nextroute.dashboard.askers import member_of
from nextroute.dashboard.doors import staff_page
from nextroute.dashboard.requests import StaffRequest
from nextroute.service_requests import answering, queue, words
from nextroute.service_requests.kinds import Kind, State
from nextroute.service_requests.requests import ServiceRequest
from nextroute.service_requests.words import Description
from nextroute.ui.fields import day_field
from nextroute.ui.pages import page

LATELY = 20
log = logging.getLogger(__name__)


class AnswerForm(forms.Form):
    """`day`: another one than was asked for; `words`: what the customer reads."""

    day = day_field(label=gettext_lazy("Another day"), missing="", required=False)
    words = forms.CharField(
        label=gettext_lazy("What you say to them"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": gettext_lazy("Please say it in at most %(limit_value)s letters.")},
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A request in the list: who, what, and since which local day."""

    request: ServiceRequest
    said: Description
    since: date
    state: State

    @property
    def lost(self) -> bool:
        """Whether it was arranged, and the business lost its day."""
        return self.state is State.PENDING and self.request.answer_state == State.APPROVED


@require_safe
@staff_page()
def service_requests(request: StaffRequest) -> HttpResponse:
    """Those to answer, the longest waiting first; below them the latest answers."""
    return page(
        request,
        "dashboard/requests.html",
        waiting=[_line(request, one) for one in queue.to_answer(request.today)],
        answered=[_line(request, one) for one in queue.answered(LATELY)],
        done=_done(request),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page()
def service_request(request: StaffRequest, key: UUID) -> HttpResponse:
    """One of them, and the answer."""
    found = _found(key)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _answer(request, found, form.cleaned_data)
        except Refused as refused:
            # Said beside the field it is about; without one, above the form.
            form.add_error({"day": "day", "answer": "words"}.get(refused.field), refused.sentence)
        else:
            return HttpResponseRedirect(request.link("dashboard_requests", query={"done": str(found.pk)}))
    return page(
        request,
        "dashboard/request.html",
        status=422 if form.errors else 200,
        line=_line(request, _found(key)),
        form=form,
        topic=_topic(found),
        phone=phone(found.customer.phone, request.business.locale.partition("-")[2]),
        moves=found.kind in (Kind.EXTRA, Kind.CANCELLATION),
    )


@require_safe
@staff_page()
def request_photo(request: StaffRequest, key: UUID) -> HttpResponse:  # noqa: ARG001 - the door asked it
    """The picture a customer sent with a problem."""
    found = _found(key)
    if not found.photo_digest:
        raise Http404("There is no photo with this request.")
    try:
        content = files.read(found.photo_digest)
    except FileNotFoundError as fault:
        log.error("A photo's bytes are not under NEXTROUTE_FILES: %s", found.photo_digest)
        raise Http404("The bytes of this photo are lost.") from fault
    return HttpResponse(content, content_type=CONTENT_TYPE, headers={"Cache-Control": "private, no-store"})


def _answer(request: StaffRequest, found: ServiceRequest, said: Mapping[str, object]) -> None:
    by = {"actor": member_of(request), "now": request.now}
    text, day = str(said["words"]), said["day"]
    match request.POST.get("do"):
        case "approve":
            answering.approve(request=found, day=day if isinstance(day, date) else None, answer=text, **by)  # type: ignore[arg-type]
        case "decline":
            answering.decline(request=found, answer=text, **by)  # type: ignore[arg-type]
        case "answer":
            answering.answer(request=found, words=text, **by)  # type: ignore[arg-type]
        case _:
            raise Http404("There is nothing of this kind to do.")


def _found(key: UUID) -> ServiceRequest:
    found = queue.find(key)
    if found is None:
        raise Http404("This business has no such request.")
    return found


def _line(request: StaffRequest, found: ServiceRequest) -> Line:
    since = request.business.here(found.asked_at).date()
    return Line(found, words.describe(found, request.today), since, found.state(request.today))


def _topic(found: ServiceRequest) -> str:
    """Why they cancel, or what went wrong, in words."""
    if found.kind == Kind.CANCELLATION:
        return words.leaving(found.topic)
    return words.trouble(found.topic) if found.kind == Kind.PROBLEM else ""


def _done(request: StaffRequest) -> Line | None:
    """The one that was answered just now."""
    try:
        found = queue.find(UUID(request.GET.get("done", "")))
    except ValueError:
        return None
    return _line(request, found) if found and found.answer_state != State.PENDING else None
