"""Which language a page speaks: the customer's own, else what the browser asks for, else the business's."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from nextroute.core.words import speech
from nextroute.tenancy.businesses import Business


def middleware(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Begin in the browser's language, and leave none behind in the thread."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        with translation.override(_asked(request) or settings.LANGUAGE_CODE):
            return get_response(request)

    return answer


def speak(request: HttpRequest, business: Business, language: str = "") -> None:
    """From here on, speak `language` (default: the browser's) with the dates and numbers of the business's country."""
    spoken = language or _asked(request) or business.locale.partition("-")[0]
    translation.activate(speech(spoken, business.locale))


def _asked(request: HttpRequest) -> str:
    """The language we have that the browser likes best; "" when it names none of ours."""
    ours = dict(settings.LANGUAGES)
    wishes = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())
    return next((code for tag, _ in wishes if (code := tag.partition("-")[0]) in ours), "")
