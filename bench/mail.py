"""The outbox: how fast one worker sends what is owed to a mail server that takes everything."""

from datetime import timedelta

from django.db import transaction

from bench import clusters, cpu, seeding, web, workers
from bench.report import Report
from nextroute.config.embedded_postgres import Addresses
from nextroute.core import scope
from nextroute.customers.models import Customer
from nextroute.notifications.models import Delivery
from nextroute.scheduling.reconcile import nightly
from nextroute.scheduling.reminders import remind
from nextroute.tenancy import businesses
from nextroute.tenancy.businesses import Business

CUSTOMERS = 2_000


def measure(report: Report) -> None:
    with clusters.fresh("mail") as addresses:
        now = businesses.utc_now()
        business = seeding.seed(addresses, CUSTOMERS, today=now.date())
        nightly(business, today=business.today(now))
        owed = _owe(business)
        clusters.analyse(addresses)
        port = web.free_port()
        report.head(f"Mail: {owed:,} reminders owed, one worker, one connection to a mail server that takes them all")
        with workers.mail_server(port):
            spent = cpu.of(lambda: _sent(addresses, port, business), clusters.postmaster("mail"))
        report.say("sent", f"{owed / spent.wall:.0f} a second, start of the worker included")
        report.say("database CPU for each", f"{1000 * spent.cpu[0] / owed:.1f} ms")


def _owe(business: Business) -> int:
    """What the night before the busiest day would: a reminder to everybody on its routes."""
    evening = businesses.utc_now().replace(hour=3)  # of the day before, in Denver
    with transaction.atomic(), scope.business(business.id):
        Customer.objects.update(email="someone@example.com")
    for days in range(1, 8):
        remind(business, now=evening + timedelta(days=days))
    with transaction.atomic(), scope.business(business.id):
        Delivery.objects.update(due_at=businesses.utc_now(), not_after=None)
        return Delivery.objects.count()


def _sent(addresses: Addresses, port: int, business: Business) -> None:
    with workers.working(addresses, smtp_port=port):
        workers.until(lambda: not _waiting(business), seconds=600)


def _waiting(business: Business) -> int:
    with transaction.atomic(), scope.business(business.id):
        return Delivery.objects.waiting().count()
