"""What the office's lists ask for in their addresses: which rows, whose, and after which one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.http import Http404

from nextroute.customers import searching
from nextroute.customers.customers import Customer
from nextroute.dashboard.requests import StaffRequest

ROWS = 50
MOST = 100  # customers that a search finds
_SEQUENCE = re.compile(r"[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a filter's choices, and where it leads."""

    label: Any
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for, and the customers that are called so; `too_many`: there are more."""

    text: str
    customers: Sequence[Customer]
    too_many: bool

    @property
    def keys(self) -> list[UUID]:
        return [customer.pk for customer in self.customers]


def one_of[E: StrEnum](request: StaffRequest, name: str, kind: type[E], default: E) -> E:
    """The choice an address names. Raises Http404 for one there is not."""
    try:
        return kind(request.GET.get(name, default))
    except ValueError:
        raise Http404("There is nothing of this kind.") from None


def choices[E: StrEnum](
    request: StaffRequest, page: str, name: str, said: Mapping[E, Any], chosen: E | None, default: E | None
) -> list[Choice]:
    """Each with its address; what else is asked for stays as it is, but the list begins anew."""
    kept = _kept(request, but=name)
    return [
        Choice(label, request.link(page, query=kept | ({} if one == default else {name: one.value})), one == chosen)
        for one, label in said.items()
    ]


def search(request: StaffRequest) -> Search | None:
    """What `q` asks for; none: nothing. At most two statements."""
    text = request.GET.get("q", "").strip()[:200]
    if not text:
        return None
    found = searching.search(text, most=MOST + 1)
    return Search(text, found[:MOST], len(found) > MOST)


def sequence_after(request: StaffRequest) -> int | None:
    """The number that `before` says the page begins after. Raises Http404 for nonsense."""
    asked = request.GET.get("before", "")
    if asked and not _SEQUENCE.fullmatch(asked):
        raise Http404("There is no such page.")
    return int(asked) if asked else None


def key_after(request: StaffRequest) -> UUID | None:
    """The same of a row without a number."""
    asked = request.GET.get("before", "")
    try:
        return UUID(asked) if asked else None
    except ValueError:
        raise Http404("There is no such page.") from None


def onward(request: StaffRequest, page: str, further: object) -> str | None:
    """The address of the page after this one."""
    return request.link(page, query=_kept(request) | {"before": str(further)}) if further is not None else None


def first(request: StaffRequest, page: str) -> str | None:
    """The address of the first page; none on it."""
    return request.link(page, query=_kept(request)) if "before" in request.GET else None


def _kept(request: StaffRequest, but: str = "") -> dict[str, str]:
    """What the address asks for beside its place."""
    return {name: str(value) for name, value in request.GET.items() if name not in (but, "before")}
