"""The pages: CPU, statements, bytes and paint, and whether a long history of everybody's slows them down."""

import gzip
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median, quantiles

from django.db import transaction

from bench import browser, clusters, cpu, explaining, seeding, web
from bench.report import Report
from nextroute.core import scope
from nextroute.core.days import add_months
from nextroute.customers.models import Customer
from nextroute.identity import sessions
from nextroute.identity.models import Access, Login
from nextroute.scheduling import locks, visits
from nextroute.scheduling.reconcile import nightly, reconcile
from nextroute.tenancy import businesses
from nextroute.tenancy.businesses import Business

SMALL, LARGE = "small", "large"
SMALL_SIZE = 100  # customers: 10,000 past stops when there are 100 weeks
HOME, SCHEDULE = "/portal/", "/portal/schedule/"
PAGES = {"home": HOME, "schedule": SCHEDULE, "history": "/portal/history/", "activity": "/portal/activity/"}
LISTS = {"history", "activity", "invoices"}
ROUNDS, ASKED = 5, 100
FEW, MANY = "C0000002", "C0000001"  # one property served weekly, and five
BUDGET_CPU, BUDGET_STATEMENTS, BUDGET_FLAT, BUDGET_TAIL = 8, 10, 1.2, 3
BUDGET_CPU_OF_LISTS, BUDGET_STATEMENTS_OF_LISTS = 5, 7
BUDGET_LCP, BUDGET_CLS = 200, 0
BUDGET_KB = {"Document": 6, "Stylesheet": 10, "Font": 20}
BUDGET_FIRST, BUDGET_FOLLOWING = 56, 8


type Paths = Mapping[str, str]  # of pages, by their names in the report


@dataclass(frozen=True, slots=True)
class Site:
    """A database with its web server running, and the tokens of two customers signed in there."""

    name: str
    server: web.Server
    few: str
    many: str

    @property
    def roots(self) -> tuple[int, int]:
        return self.server.pid, clusters.postmaster(self.name)


def measure(report: Report, size: int, weeks: int) -> None:
    with web.static_files(), clusters.kept(SMALL), clusters.kept(LARGE):
        tokens = {SMALL: _prepare(SMALL, SMALL_SIZE, weeks, report), LARGE: _prepare(LARGE, size, weeks, report)}
        report.head("Pages, as signed in; 1 property served weekly unless said otherwise")
        with site_of(PAGES, SMALL, tokens[SMALL], clusters.EVERY_STATEMENT) as site:
            statements_of(PAGES, report, site)
        with site_of(PAGES, SMALL, tokens[SMALL]) as small, site_of(PAGES, LARGE, tokens[LARGE]) as large:
            _bytes(report, large)
            cpu_of(PAGES, report, small, large)
            tail_of(PAGES, report, large)
            _paint(report, large)


def _prepare(name: str, size: int, weeks: int, report: Report) -> tuple[str, str]:
    """Seed, live through the past, generate, and sign two customers in; writes how the statements are answered."""
    with clusters.running(name) as addresses:
        clusters.migrate(addresses)
        now = businesses.utc_now()
        today = now.date()
        business = seeding.seed(addresses, size, today=today)
        stops = seeding.live_through(addresses, business, weeks, today=today)
        clusters.analyse(addresses)
        nightly(business, today=today)
        clusters.analyse(addresses)
        report.head(f"Seeded “{name}”: {size:,} active customers, {stops:,} past stops")
        tokens = signed_in(business, FEW), signed_in(business, MANY)
        _explain(name, business, today)
    return tokens


def signed_in(business: Business, ref: str) -> str:
    """The customer's login has a session: its token."""
    now = businesses.utc_now()
    with transaction.atomic(), scope.business(business.pk):
        customer = Customer.objects.get(business=business, ref=ref)
        login = Login.objects.create(business=business, email=customer.email)
        Access.objects.create(business=business, login=login, customer=customer)
        return sessions.start(login, customer=customer, user_agent="bench", now=now)


def _explain(name: str, business: Business, today: date) -> None:
    with transaction.atomic(), explaining.written("reconcile", f"reconcile-{name}.txt"):
        locks.schedule_exclusively(business)
        reconcile(business, today, today + timedelta(days=6), today=today)
    with transaction.atomic(), scope.business(business.pk):
        customer = Customer.objects.select_related("business").get(business=business, ref=MANY)
        with scope.customer(business.pk, customer.pk), explaining.written("timeline", f"timeline-{name}.txt"):
            visits.between(customer, today, add_months(today, 13), today=today)


@contextmanager
def site_of(paths: Paths, name: str, tokens: tuple[str, str], settings: dict[str, str] | None = None) -> Iterator[Site]:
    """Serving, each of its processes warm on each page."""
    with clusters.running(name, settings) as addresses, web.serving_from(addresses) as server:
        site = Site(name, server, *tokens)
        for path in paths.values():
            web.warm(server, site.few, path)
        yield site


def statements_of(paths: Paths, report: Report, site: Site) -> None:
    """What the server's own log says was sent for one page; its text is kept in var/bench."""
    log = clusters.FOLDER / site.name / "log"
    for name, path in paths.items():
        before = log.stat().st_size
        site.server.visitor(site.few).get(path)
        with open(log, "rb") as file:
            file.seek(before)
            sent = _sent(file.read().decode())
        (clusters.FOLDER / f"{name}-statements.sql").write_text(";\n\n".join(sent) + ";\n")
        most = BUDGET_STATEMENTS_OF_LISTS if name in LISTS else BUDGET_STATEMENTS
        report.at_most(f"{name}: statements", len(sent), most, str(len(sent)), "")


def _sent(log: str) -> Sequence[str]:
    """The statements but BEGIN and COMMIT."""
    entries = re.findall(r"LOG:  (?:statement|execute [^:]*): (.*(?:\n\t.*)*)", log)
    return [text for text in entries if text.strip().upper() not in ("BEGIN", "COMMIT", "ROLLBACK")]


def _bytes(report: Report, site: Site) -> None:
    for name, path in PAGES.items():
        for whose, token in (("1 property", site.few), ("5 properties", site.many)):
            html = site.server.visitor(token).get(path)
            packed = len(gzip.compress(html, 6)) if html[:2] != b"\x1f\x8b" else len(html)
            report.say(f"{name}, {whose}: HTML", f"{len(html) / 1000:.1f} kB, as gzip {packed / 1000:.1f} kB")


def cpu_of(paths: Paths, report: Report, small: Site, large: Site) -> None:
    """The two databases take turns, request by request, so that whatever else the machine does meets both."""
    for name, path in paths.items():
        rounds = [_round(path, small, large) for _ in range(ROUNDS)]
        for site, at in ((small, 0), (large, 1)):
            busy = [each.cpu[2 * at] + each.cpu[2 * at + 1] for each in rounds]
            parts = " + ".join(f"{median(each.cpu[2 * at + n] for each in rounds):.1f}" for n in (0, 1))
            measured = f"{cpu.spread(busy, '{:.1f}')} ms, {parts}"
            most = BUDGET_CPU_OF_LISTS if name in LISTS else BUDGET_CPU
            report.at_most(f"{name}, {site.name}: CPU, application + database", median(busy), most, measured, "")
        middles = [median(second for each in rounds for second in each.seconds[at]) for at in (0, 1)]
        flat = middles[1] / middles[0]
        measured = f"{flat:.2f} ({middles[0] * 1000:.1f} and {middles[1] * 1000:.1f} ms)"
        report.at_most(f"{name}: p50 large / small", flat, BUDGET_FLAT, measured, "")
    _yardsticks(report, large)


@dataclass(frozen=True, slots=True)
class _Round:
    """Of small and large: CPU ms a request (web, database, web, database), and each answer's seconds."""

    cpu: list[float]
    seconds: tuple[list[float], list[float]]


def _round(path: str, small: Site, large: Site) -> _Round:
    visitors = small.server.visitor(small.few), large.server.visitor(large.few)
    seconds: tuple[list[float], list[float]] = [], []

    def ask() -> None:
        for _ in range(ASKED):
            for visitor, taken in zip(visitors, seconds, strict=True):
                taken.append(visitor.timed(path))

    spent = cpu.of(ask, *small.roots, *large.roots)
    return _Round([1000 * each / ASKED for each in spent.cpu], seconds)


def _yardsticks(report: Report, site: Site) -> None:
    """What the same server needs for fixed bytes, and for an answer with two statements and no template."""
    for name, path in (("fixed bytes (the font)", "/static/ui/fonts/literata.woff2"), ("/healthz", "/healthz")):
        busy = [_yardstick(site, path) for _ in range(ROUNDS)]
        report.say(f"{name}: CPU", f"{cpu.spread(busy, '{:.1f}')} ms")


def _yardstick(site: Site, path: str) -> float:
    visitor = site.server.visitor()
    spent = cpu.of(lambda: [visitor.get(path) for _ in range(ASKED)], *site.roots)
    return 1000 * sum(spent.cpu) / ASKED


def tail_of(paths: Paths, report: Report, site: Site) -> None:
    for name, path in paths.items():
        taken = web.at_once(site.server, site.few, path, visitors=32, each=20)
        p50, p99 = median(taken), quantiles(taken, n=100)[98]
        measured = f"{p99 / p50:.1f} ({p50 * 1000:.0f} and {p99 * 1000:.0f} ms)"
        report.at_most(f"{name}, 32 at once: p99 / p50", p99 / p50, BUDGET_TAIL, measured, "")


def _paint(report: Report, site: Site) -> None:
    origin = f"http://127.0.0.1:{site.server.port}"
    with browser.chromium() as chromium:
        if chromium is None:
            report.say("first visit, paint", "not measured: no Chromium")
            return
        seen = [browser.visits(chromium, origin, site.few, HOME, SCHEDULE) for _ in range(ROUNDS)]
    first, following = seen[0]
    for kind, most in BUDGET_KB.items():
        size = first.wire.get(kind, 0) / 1000
        report.at_most(f"first visit: {kind}", size, most, f"{size:.1f}", "kB")
    report.at_most("first visit, all", first.total / 1000, BUDGET_FIRST, f"{first.total / 1000:.1f}", "kB")
    report.at_most(
        "following page, all", following.total / 1000, BUDGET_FOLLOWING, f"{following.total / 1000:.1f}", "kB"
    )
    for name, at in (("home, first visit", 0), ("schedule, following", 1)):
        paints = [both[at].lcp for both in seen]
        report.at_most(f"{name}: LCP", median(paints), BUDGET_LCP, cpu.spread(paints, "{:.0f}"), "ms")
        shift = max(both[at].cls for both in seen)
        report.at_most(f"{name}: CLS", shift, BUDGET_CLS, f"{shift:.3f}", "")
