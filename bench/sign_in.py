"""The door: whether how long it takes tells that somebody has that e-mail. Known and unknown ones are asked in turn."""

from statistics import median
from time import perf_counter

from django.db import transaction
from django.test import Client

from bench import clusters, cpu, seeding, web
from bench.report import Report
from nextroute.core import scope
from nextroute.customers.models import Customer
from nextroute.identity.models import Access, Login
from nextroute.identity.passwords import hashed
from nextroute.tenancy.businesses import Business

EACH = 60
BUDGET = 1.05
WAYS = {"a link asked for": {"way": "link"}, "a wrong password": {"way": "password", "password": "velvet harbor"}}


def measure(report: Report) -> None:
    report.head(f"The door: {EACH} known and {EACH} unknown e-mails in turn, each from an address of its own")
    with web.static_files(), clusters.fresh("door") as addresses:
        _logins(seeding.seed(addresses, EACH))
        clusters.analyse(addresses)
        for name, form in WAYS.items():
            known, unknown = _in_turn(form)
            ratio = median(known) / median(unknown)
            both = f"{ratio:.3f} ({cpu.spread([1000 * s for s in known], '{:.1f}')} ms)"
            report.at_most(f"{name}: p50 known / unknown", max(ratio, 1 / ratio), BUDGET, both, "")


def _logins(business: Business) -> None:
    password = hashed("another password altogether")
    with transaction.atomic(), scope.business(business.id):
        for n, customer in enumerate(Customer.objects.filter(business=business)[:EACH]):
            login = Login.objects.create(business=business, email=f"known{n}@example.com", password=password)
            Access.objects.create(business=business, login=login, customer=customer)


def _in_turn(form: dict[str, str]) -> tuple[list[float], list[float]]:
    """Seconds of each answer: of those who are customers, and of those who are not."""
    taken: dict[str, list[float]] = {"known": [], "unknown": []}
    for n in range(EACH):
        for who, seconds in taken.items():
            browser = Client(REMOTE_ADDR=f"10.{n % 250}.{len(seconds) % 250}.{len(form)}", HTTP_HOST="127.0.0.1")
            begun = perf_counter()
            answer = browser.post(f"/portal/at/{seeding.SLUG}/", {"email": f"{who}{n}@example.com", **form})
            seconds.append(perf_counter() - begun)
            if answer.status_code not in (302, 422):
                raise RuntimeError(f"{who} was answered {answer.status_code}")
    return taken["known"], taken["unknown"]
