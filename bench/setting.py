"""Papers as PDF: a short invoice and a long one, set anew each time, as nobody has them yet."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from bench import cpu
from bench.report import Report
from nextroute.billing.documents import typesetting
from nextroute.billing.documents.paper import Block, Cell, Column, Mark, Paper, Sender, Sum

MOST = 30.0  # CPU ms for one, which a request may then take
COUNT, THREADS = 200, 4


def measure(report: Report) -> None:
    report.head("Papers as PDF, each set for the first time")
    for lines in (4, 60):
        typesetting.pdf(typesetting.content(_invoice(0, lines)))  # fonts are read once a process
        spent = sorted(_cpu_ms(n, lines) for n in range(1, COUNT))
        report.at_most(
            f"an invoice of {lines} lines", spent[len(spent) // 2], MOST, cpu.spread(spent, "{:.1f}"), "CPU ms"
        )
        start = time.perf_counter()
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(lambda n: _set(n, lines), range(COUNT, 2 * COUNT)))  # noqa: B023 - waited for here
        report.say(f"the same, by {THREADS} threads", f"{COUNT / (time.perf_counter() - start):.0f} a second")


def _cpu_ms(n: int, lines: int) -> float:
    start = cpu.own()
    _set(n, lines)
    return (cpu.own() - start) * 1000


def _set(n: int, lines: int) -> bytes:
    content = typesetting.content(_invoice(n, lines))
    typesetting.key(content)
    return typesetting.pdf(content)


def _invoice(n: int, lines: int) -> Paper:
    """No two are alike, so that nothing typst remembers of one helps with another."""
    visits = "8447 W 51st Ave. 4 visits at $12.00: May 5, 12, 19, 26"
    return Paper(
        lang="en",
        region="US",
        size="us-letter",
        title=f"Invoice INV-{n} from Bright Bins",
        day=date(2026, 6, 5),
        sender=Sender("Bright Bins", ["4990 Kipling St", "(303) 555-0142"], "B", "#0e7490", "#fff"),
        heading=f"Invoice INV-{n}",
        mark=Mark("Due June 20, 2026", "#0e7490"),
        to=Block("For", [f"Customer {n}", "8447 W 51st Ave", "Arvada, CO 80002"]),
        facts=[Sum("Date", "June 5, 2026"), Sum("Due", "June 20, 2026"), Sum("Service", "May 2026")],
        columns=[Column("What we did", wide=True), Column("Amount", amount=True)],
        rows=[[Cell(f"Plan {n}.{line}", visits, strong=True), Cell("$48.00")] for line in range(lines)],
        sums=[Sum("Subtotal", "$75.00"), Sum("Tax, 8.25%", "$6.19")],
        total=Sum("Total", "$81.19"),
        parts=[],
        page="Page {page} of {pages}",
    )
