"""CPU time of processes with all their children, from /proc."""

import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock, and of CPU in each of the watched trees of processes."""

    wall: float
    cpu: tuple[float, ...]


def of(work: Callable[[], object], *roots: int) -> Spent:
    """What `work` took, in the trees below these processes."""
    before, start = [seconds(root) for root in roots], time.perf_counter()
    work()
    wall = time.perf_counter() - start
    return Spent(wall, tuple(seconds(root) - was for root, was in zip(roots, before, strict=True)))


def seconds(root: int) -> float:
    """User and system seconds so far of a process, its living descendants, and those that have ended."""
    return sum(sum(int(ticks) for ticks in _stat(pid)[11:15]) for pid in _tree(root)) / _TICK


def own() -> float:
    """Of this process alone."""
    return time.process_time()


def _tree(root: int) -> Iterator[int]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            children.setdefault(int(_stat(int(folder.name))[1]), []).append(int(folder.name))
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children.get(pid, [])


def _stat(pid: int) -> Sequence[str]:
    """From the state on: parent is the second, user and system ticks (own, ended children's) the 12th to 15th."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def spread(values: Iterable[float], form: str = "{:.2f}") -> str:
    """Median (least-most)."""
    known = sorted(values)
    return f"{form} ({form}-{form})".format(statistics.median(known), known[0], known[-1])
