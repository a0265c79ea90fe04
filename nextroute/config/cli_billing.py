"""`nextroute bill`: what was done becomes invoices. `nextroute stripe`: what became of the money."""

from datetime import UTC, datetime, timedelta

import click

from nextroute.config import workbench
from nextroute.config.workbench import database


@click.command()
@click.argument("slug", required=False)
@click.option("--period", type=click.DateTime(["%Y-%m"]), help="The month, such as 2026-10; else the last one over.")
def bill(slug: str | None, period: datetime | None) -> None:
    """Draft the invoices of a month, of the business SLUG or of all. Safe to repeat."""
    with database():
        from nextroute.billing import run

        for one in workbench.businesses(slug):
            drafted, sent = run.bill(one, now=workbench.now(), month=period.date() if period else None)
            said = f"{drafted.invoices} drafts, {drafted.lines} lines, {drafted.visits} visits"
            click.echo(f"{one}: {said}" + (f"; {sent.invoices} invoices sent" if sent.invoices else ""))


@click.group()
def stripe() -> None:
    """Payments through Stripe."""


@stripe.command()
@click.argument("slug", required=False)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Of payments begun then or later; else 90 days.")
@click.option("--mend", is_flag=True, help="Book here what Stripe knows of the payments that differ.")
def reconcile(slug: str | None, since: datetime | None, mend: bool) -> None:
    """Compare our books with Stripe's, of the business SLUG or of all; exits with 1 where they differ."""
    with database():
        from nextroute.billing import comparing

        found, now = 0, workbench.now()
        begin = since.replace(tzinfo=UTC) if since else now - timedelta(days=90)
        for one in workbench.businesses(slug):
            for difference in list(comparing.differences(one, since=begin)):
                mended = mend and comparing.mend(one, difference, now=now)
                found += not mended
                click.echo(f"{one}: {difference}{' (mended)' if mended else ''}")
        click.echo(f"{found} differences")
    raise SystemExit(1 if found else 0)
