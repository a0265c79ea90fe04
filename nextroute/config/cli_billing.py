"""`nextroute bill`: what was done becomes invoices."""

from datetime import datetime

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
