"""business.csv: the business itself, made when it is new; one row, one column for each setting."""

from collections.abc import Callable, Mapping
from pathlib import Path

from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.customers.importing import Counts, Fault, Findings, ImportRefused
from nextroute.customers.importing.sheets import Line, lines
from nextroute.scheduling import locks
from nextroute.tenancy import businesses, settings
from nextroute.tenancy.businesses import Business

FILE = "business.csv"
REQUIRED = ("slug", "name", "timezone")
OPTIONAL = tuple(name for name in settings.NAMES if name not in REQUIRED)
MAY_BE_EMPTY = ("email", "phone", "address")  # any other empty cell leaves the setting as it is


def settle(path: Path, slug: str, faults: Findings[Fault], actor: Actor) -> tuple[Business, Counts]:
    """The business with this slug, as the file says, its schedule locked.

    A file that has faults gives a business to check the other files with, in a transaction that will not be committed.
    """
    line = _only_line(path, slug, faults)
    try:
        business = businesses.find(slug)
        return _change(business, line, actor) if business else _create(slug, line, faults, actor)
    except Refused as refused:
        value = slug if refused.field == "slug" else None
        faults.add(Fault(FILE, line.number if line else None, refused.field or None, value, _expected(refused)))
        raise ImportRefused(faults) from refused


def _create(slug: str, line: Line | None, faults: Findings[Fault], actor: Actor) -> tuple[Business, Counts]:
    if line is None and not faults.total:
        faults.add(Fault(FILE, expected=f"this file in the folder, as there is no business “{slug}” yet"))
    stand_ins = {"name": slug, "timezone": "UTC"}
    business = _each_fault(lambda given: settings.create(slug, given, actor=actor), line, stand_ins)
    locks.schedule_exclusively(business)
    return business, Counts(created=1)


def _change(business: Business, line: Line | None, actor: Actor) -> tuple[Business, Counts]:
    locks.schedule_exclusively(business)
    changed = _each_fault(lambda given: settings.change(business, given, actor=actor), line, {})
    with scope.business(business.id):
        business.refresh_from_db()
    return business, Counts(changed=1) if changed else Counts(unchanged=1)


def _only_line(path: Path, slug: str, faults: Findings[Fault]) -> Line | None:
    if not path.exists():
        return None
    before = faults.total
    found = list(lines(path, faults, required=REQUIRED, optional=OPTIONAL))
    if not found and faults.total == before:
        faults.add(Fault(FILE, expected="one row below the header"))
    for line in found[1:]:
        line.refuse("slug", "no second row: a folder is one business")
    if found and found[0].cells["slug"] != slug:
        found[0].refuse("slug", f"{slug}, the business to import into")
    return found[0] if found else None


def _each_fault[T](write: Callable[[Mapping[str, str]], T], line: Line | None, stand_ins: Mapping[str, str]) -> T:
    """Write, and again without each setting that is refused, until none is. Raises Refused for what no cell says."""
    given = {name: cell for name, cell in (line.cells if line else {}).items() if name != "slug"}
    given = {name: cell for name, cell in given.items() if cell or name in (*MAY_BE_EMPTY, *stand_ins)}
    while True:
        try:
            return write({**stand_ins, **given})
        except Refused as refused:
            if line is None or refused.field not in given:
                raise
            line.refuse(refused.field, _expected(refused))
            del given[refused.field]


def _expected(refused: Refused) -> str:
    sentence = refused.sentence.removesuffix(".")
    if sentence.startswith("Use "):
        return sentence.removeprefix("Use ")
    return f"a value that is accepted ({sentence})"
