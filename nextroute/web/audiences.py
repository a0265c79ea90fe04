"""Every address names who may see it: views carry their audience, and a system check refuses one without."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

type View = Callable[..., HttpResponse]


def audience(name: str, because: str = "") -> Callable[[View], View]:
    """Mark a view with its audience; a public one says why."""

    def mark(view: View) -> View:
        vars(view).update(audience=name, because=because)
        return view

    return mark


def of(view: Callable[..., Any]) -> str:
    """The audience a view names; "" when it names none."""
    return str(vars(view).get("audience", ""))


def patterns(within: Iterable[URLPattern | URLResolver] | None = None) -> Iterator[URLPattern]:
    """Every address of the site."""
    for each in get_resolver().url_patterns if within is None else within:
        if isinstance(each, URLResolver):
            yield from patterns(each.url_patterns)
        else:
            yield each


@register(Tags.urls)
def every_view_names_its_audience(**_: Any) -> Sequence[CheckMessage]:
    return [
        Error(f"The view of “{pattern.pattern}” does not name its audience.", obj=pattern.callback, id="web.E001")
        for pattern in patterns()
        if not of(pattern.callback)
    ]
