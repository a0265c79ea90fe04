"""What an import did."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from nextroute.customers.importing.findings import Findings, Notice


@dataclass(slots=True)
class Counts:
    """How many of one noun the import created, changed, left as they were, and ended."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    ended: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{count:,} {what}" for what, count in asdict(self).items() if count) or "none"


@dataclass(slots=True)
class Report:
    """Counts by noun, cells that were not taken as they stand, and what the business has but the files have not."""

    slug: str
    counts: dict[str, Counts] = field(default_factory=dict)
    warnings: Findings[Notice] = field(default_factory=Findings)
    absent: Findings[str] = field(default_factory=Findings)

    @property
    def changed_anything(self) -> bool:
        return any(counts.created or counts.changed or counts.ended for counts in self.counts.values())

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for noun, counts in self.counts.items():
            yield f"{noun}: {counts}"
        for title, found in (
            ("Not taken as they stand", self.warnings),
            ("Not in the files, and left as they are", self.absent),
        ):
            if found.total:
                yield f"\n{title} ({found.total:,}):"
                yield from map(str, found.listed)
            if found.more:
                yield f"… and {found.more:,} more"
