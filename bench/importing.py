"""Import: an operator's export of many rows, as somebody at a terminal runs it, once and again."""

import csv
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench import clusters, cpu
from bench.report import Report
from nextroute.config.embedded_postgres import Addresses

NAME = "import"
# The demo's business, plans and zones; the rows are ours.
OPERATOR = Path(__file__).resolve().parents[1] / "demo" / "arvada"
SLUG = "bright-bins"
PLANS = ("weekly-clean", "biweekly-clean", "monthly-clean", "quarterly-deep", "seasonal")


def measure(report: Report, size: int) -> None:
    report.head(f"Import, {size:,} rows")
    folder = clusters.FOLDER / "export"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(OPERATOR, folder)
    _write(folder / "customers.csv", size)
    with clusters.fresh(NAME) as addresses:
        report.say("into an empty business", _timed(addresses, folder))
        report.say("again, nothing to change", _timed(addresses, folder))
    shutil.rmtree(folder)


def _timed(addresses: Addresses, folder: Path) -> str:
    """Clock, CPU of the command and of the database, and the most memory the command held."""
    command = [sys.executable, "-m", "nextroute.config.cli", "import", str(folder), "--business", SLUG]
    peaks: list[int] = []

    def work() -> None:
        process = subprocess.Popen(command, env=clusters.environment(addresses), stdout=subprocess.DEVNULL)
        while process.poll() is None:
            peaks.append(_peak(process.pid))
            time.sleep(0.05)
        if process.returncode:
            raise SystemExit("The import failed.")

    # The database is a child of ours too.
    spent = cpu.of(work, os.getpid(), clusters.postmaster(NAME))
    database = spent.cpu[1]
    application = spent.cpu[0] - database
    return f"{spent.wall:.1f} s, CPU {application:.1f} + {database:.1f} s, {max(peaks)} MiB"


def _peak(pid: int) -> int:
    """The most memory (MiB) a process held so far; 0 when it has just ended."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM:")), 0)


def _write(file: Path, size: int) -> None:
    with open(OPERATOR / "customers.csv", newline="") as ours, open(file, "w", newline="") as theirs:
        columns = next(csv.reader(ours))
        sheet = csv.DictWriter(theirs, columns, restval="")
        sheet.writeheader()
        sheet.writerows(_rows(size))


def _rows(size: int) -> Iterator[dict[str, object]]:
    """Every twentieth row is a second property of the customer before it."""
    with open(OPERATOR / "zones.csv", newline="") as zones:
        codes = [zone["zip_codes"].split(";")[0] for zone in csv.DictReader(zones)]
    for n in range(size):
        customer, plan = n - (n % 20 == 19), PLANS[n * 7919 % len(PLANS)]
        yield {
            "customer_ref": f"C{customer:07}",
            "first_name": f"Given{customer % 500}",
            "last_name": f"Family{customer % 3000}",
            "email": f"customer{customer}@example.com",
            "language": "es" if customer % 10 == 0 else "en",
            "status": "active",
            "address1": f"{n} West 51st Avenue",
            "city": "Arvada",
            "state": "CO",
            "postal_code": codes[customer % len(codes)],
            "lat": 39.7 + n % 1000 / 10000,
            "lng": -105.1 + n % 997 / 10000,
            "plan": plan,
            "bins": 1 + n % 3,
            "week_parity": "AB"[n % 2] if plan.startswith("biweekly") else "",
            "month_week": "1st" if plan.startswith("monthly") else "",
            "starts_on": "2024-03-01",
        }
