"""zones.csv: the parts of the service area, known by their names; which one a postal code is in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from nextroute.customers.importing import Counts, Fault, Findings, Report
from nextroute.customers.importing.cells import one_of, text
from nextroute.customers.importing.sheets import Line, lines
from nextroute.scheduling.zones import Zone
from nextroute.tenancy.businesses import Business

FILE = "zones.csv"
COLUMNS = ("name", "zip_codes", "day_of_week")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_US = re.compile(r"[0-9]{5}(-[0-9]{4})?")
_CODE = re.compile(r"[0-9A-Z-]{2,10}")


@dataclass(slots=True)
class Area:
    """The zone of each postal code, and the zones whose weekday changed with the one they had (ISO)."""

    zones: dict[str, UUID | None] = field(default_factory=dict)
    moved: dict[UUID, int] = field(default_factory=dict)

    def covers(self, postal_code: str) -> bool:
        return self._key(postal_code) in self.zones

    def zone_of(self, postal_code: str) -> UUID | None:
        return self.zones.get(self._key(postal_code))

    def _key(self, postal_code: str) -> str:
        """ZIP+4 is in the zone of its ZIP, unless a zone names it whole."""
        code = _normalised(postal_code)
        return code if code in self.zones or not _US.fullmatch(code) else code[:5]


def read(path: Path, business: Business, report: Report, faults: Findings[Fault]) -> Area | None:
    """Create and change the zones; the whole service area. None when the file could not be read."""
    zones = {zone.name: zone for zone in Zone.objects.filter(business=business).order_by("id")}
    counts = report.counts["zones"] = Counts()
    if not path.exists():
        counts.unchanged = len(zones)
        if not zones:
            faults.add(Fault(FILE, expected="this file in the folder, as the business has no zones yet"))
        return _area(zones.values()) if zones else None
    area = Area()
    before = faults.total
    seen: dict[str, Line] = {}
    owners: dict[str, str] = {}  # postal code -> name of its zone
    for line in lines(path, faults, required=COLUMNS):
        codes = _codes_of(line, seen, owners)
        name = line.cells["name"]
        if line.sound and codes:
            _write(zones.get(name) or Zone(business=business, name=name), name in zones, codes, line, area, counts)
        else:
            area.zones |= dict.fromkeys(codes or ())
    _keep([zone for name, zone in zones.items() if name not in seen], area, seen, owners, report)
    if not area.zones and faults.total == before:
        faults.add(Fault(FILE, expected="a zone below the header"))
    return area if area.zones else None


def _area(zones: Iterable[Zone]) -> Area:
    return Area({_normalised(code): zone.id for zone in zones for code in zone.zip_codes})


def _codes_of(line: Line, seen: dict[str, Line], owners: dict[str, str]) -> list[str] | None:
    """The row's postal codes, once all of the row is checked."""
    name = line.read("name", text(needed=True)) or ""
    line.read("day_of_week", _weekday)
    codes = line.read("zip_codes", _codes)
    if seen.setdefault(name, line) is not line:
        line.refuse("name", f"each zone once; line {seen[name].number} has it")
    for code in codes or ():
        if owners.setdefault(code, name) != name:
            line.refuse("zip_codes", f"postal codes of no other zone; {owners[code]} has {code}")
    return codes


def _write(zone: Zone, known: bool, codes: list[str], line: Line, area: Area, counts: Counts) -> None:
    weekday = _weekday(line.cells["day_of_week"])
    if not known:
        counts.created += 1
    elif (zone.zip_codes, zone.weekday) == (codes, weekday):
        counts.unchanged += 1
    else:
        counts.changed += 1
        if zone.weekday != weekday:
            area.moved[zone.id] = zone.weekday
    if (zone.zip_codes, zone.weekday) != (codes, weekday):
        zone.zip_codes, zone.weekday = codes, weekday
        zone.save(force_insert=not known)
    area.zones |= dict.fromkeys(codes, zone.id)


def _keep(zones: list[Zone], area: Area, seen: dict[str, Line], owners: dict[str, str], report: Report) -> None:
    """Zones the file does not name stay, with their postal codes."""
    for zone in zones:
        report.absent.add(f"zone {zone.name}")
        for code in map(_normalised, zone.zip_codes):
            if code in owners:
                seen[owners[code]].refuse("zip_codes", f"postal codes of no other zone; {zone.name} has {code}")
            area.zones.setdefault(code, zone.id)


def _weekday(cell: str) -> int:
    return WEEKDAYS.index(one_of(*WEEKDAYS)(cell.lower())) + 1


def _codes(cell: str) -> list[str]:
    """`80002`, `80002 80003`, `80002;80003`, `SW1A 1AA, SW1A 2AA`: in the order given, each once."""
    codes: list[str] = []
    for part in re.split(r"[,;|]", cell):
        words = part.split()
        codes += words if all(_US.fullmatch(word) for word in words) else [_normalised(part)]
    if not codes or not all(_CODE.fullmatch(code) for code in codes):
        raise ValueError("postal codes, such as 80002 or 80002;80003")
    return list(dict.fromkeys(codes))


def _normalised(postal_code: str) -> str:
    return "".join(postal_code.upper().split())
