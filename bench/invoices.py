"""The list of invoices: whether everybody's many, and one's own, slow down its first page."""

import gzip

from bench import clusters, pages, seeding, web
from bench.report import Report
from nextroute.tenancy import businesses

PATHS = {"invoices": "/portal/invoices/"}
WHO = "C0000002"
ROWS = 25
FEW, MANY = "few-invoices", "many-invoices"
SMALL, LARGE = (20, 10, 30), (2_000, 10, 200)  # customers, invoices of each, and of the one who looks


def measure(report: Report) -> None:
    with web.static_files(), clusters.kept(FEW), clusters.kept(MANY):
        report.head(f"The list of invoices, as signed in; {ROWS} rows")
        few, many = _prepare(FEW, *SMALL, report), _prepare(MANY, *LARGE, report)
        with pages.site_of(PATHS, MANY, many, clusters.EVERY_STATEMENT) as site:
            pages.statements_of(PATHS, report, site)
        with pages.site_of(PATHS, FEW, few) as small, pages.site_of(PATHS, MANY, many) as large:
            _bytes(report, large)
            pages.cpu_of(PATHS, report, small, large)
            pages.tail_of(PATHS, report, large)


def _prepare(name: str, size: int, each: int, most: int, report: Report) -> tuple[str, str]:
    """Seed, and sign in who looks."""
    with clusters.running(name) as addresses:
        clusters.migrate(addresses)
        today = businesses.utc_now().date()
        business = seeding.seed(addresses, size, today=today)
        invoices = seeding.billed(addresses, business, WHO, each=each, most=most, today=today)
        clusters.analyse(addresses)
        report.say(f"seeded “{name}”", f"{size:,} customers, {invoices:,} invoices, {most} of who looks")
        token = pages.signed_in(business, WHO)
    return token, token


def _bytes(report: Report, site: pages.Site) -> None:
    sent = site.server.visitor(site.few).get(PATHS["invoices"])
    html = gzip.decompress(sent) if sent[:2] == b"\x1f\x8b" else sent
    if html.count(PATHS["invoices"].encode() + b"INV-") < ROWS:
        raise RuntimeError("The page is not the one to be measured.")
    report.say("HTML", f"{len(html) / 1000:.1f} kB, as sent {len(sent) / 1000:.1f} kB")
