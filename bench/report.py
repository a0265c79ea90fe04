"""What was measured: on the terminal as it comes, and as a table in var/bench/results.md."""

import platform
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Report:
    """Lines of (what, measured, budget, verdict)."""

    lines: list[tuple[str, str, str, str]] = field(default_factory=list)

    def say(self, what: str, measured: str, budget: str = "", *, met: bool | None = None) -> None:
        """One figure; `met` none: there is no budget for it, or nothing to hold it to."""
        verdict = {None: "", True: "met", False: "NOT MET"}[met]
        self.lines.append((what, measured, budget, verdict))
        print(f"{what:58} {measured:34} {budget:12} {verdict}", flush=True)

    def at_most(self, what: str, value: float, most: float, measured: str, unit: str) -> None:
        """A figure with a budget."""
        self.say(what, f"{measured} {unit}".rstrip(), f"<= {most:g} {unit}".rstrip(), met=value <= most)

    def head(self, title: str) -> None:
        self.lines.append((f"**{title}**", "", "", ""))
        print(f"\n{title}", flush=True)

    def write(self, file: Path) -> None:
        rows = [("what", "measured", "budget", ""), ("---", "---", "---", "---"), *self.lines]
        file.write_text("".join(f"| {' | '.join(row)} |\n" for row in rows))
        missed = sum(verdict == "NOT MET" for *_, verdict in self.lines)
        print(f"\n{missed} budgets not met. Python {platform.python_version()}. The same as a table: {file}")
