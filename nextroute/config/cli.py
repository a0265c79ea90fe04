"""The `nextroute` command. Each sub-command loads what it needs and calls one verb.

Without DATABASE_URL a command joins the embedded PostgreSQL that runs under var/, or runs one for as long as it takes.
"""

import os
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from nextroute.config import cli_billing, cli_businesses, cli_messages, cli_serving, cli_staff, roles, workbench
from nextroute.config.workbench import database

if TYPE_CHECKING:
    from nextroute.tenancy.businesses import Business

DAY = click.DateTime(["%Y-%m-%d"])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """NextRoute Portal: the customer portal of businesses that serve customers on recurring routes."""


main.add_command(cli_billing.bill)
main.add_command(cli_billing.stripe)
main.add_command(cli_businesses.business)
main.add_command(cli_businesses.import_)
main.add_command(cli_businesses.invite)
main.add_command(cli_businesses.sms_number)
main.add_command(cli_messages.wording)
main.add_command(cli_messages.deliveries)
main.add_command(cli_serving.serve)
main.add_command(cli_serving.worker)
main.add_command(cli_serving.demo)
main.add_command(cli_staff.staff)


@main.command("init-db")
@click.option("--database", "name", default="nextroute", show_default=True)
def init_db(name: str) -> None:
    """Print the SQL that makes the roles and the database on a managed server."""
    try:
        click.echo(roles.sql(name))
    except ValueError as problem:
        raise click.ClickException(str(problem)) from problem


@main.command()
def migrate() -> None:
    """Bring the tables up to date, as the owner."""
    with database():
        workbench.migrate(verbosity=1)


@main.command("collect-static")
def collect_static() -> None:
    """Gather fonts and icons where the web server of a production finds them."""
    from django.core.management import call_command

    workbench.set_up()
    call_command("collectstatic", interactive=False, verbosity=0)


@main.command()
def check() -> None:
    """Say whether settings and views are in order. Needs no database."""
    from django.core.management import call_command

    os.environ.setdefault("NEXTROUTE_DEV", "1")
    workbench.set_up()
    call_command("check", fail_level="WARNING")


@main.command()
@click.option("--business", "slug", help="Only this one; without it, every business.")
@click.option("--days", type=click.IntRange(0, 366), help="How many days after today; else the business's setting.")
@click.option("--from", "from_", type=DAY, help="The first day; else today.")
def reconcile(slug: str | None, days: int | None, from_: datetime | None) -> None:
    """Generate routes, and make the open ones equal to what is due."""
    with database():
        for one in workbench.businesses(slug):
            click.echo(f"{one}: {_reconciled(one, days, from_.date() if from_ else None)}")


def _reconciled(one: "Business", days: int | None, from_: date | None) -> str:
    from nextroute.scheduling.reconcile import nightly

    today = one.today(workbench.now())
    if from_ and from_ < today:
        raise click.ClickException(f"--from {from_} is before {one}'s today, {today}: the past is a record.")
    change = nightly(one, today=today, days=days, from_=from_)
    counts = (change.inserted, change.moved, change.restored, change.removed)
    return "{} visits added, {} moved, {} restored, {} removed".format(*counts)


@main.command()
@click.option("--business", "slug", help="Only this one; without it, every business.")
def close(slug: str | None) -> None:
    """Keep the record of the days before today: what was due and not served, and why."""
    with database():
        from nextroute.scheduling import closing

        for one in workbench.businesses(slug):
            now = workbench.now()
            click.echo(f"{one}: {closing.close(one, today=one.today(now), now=now)} visits not served are on record")


@main.group()
def audit() -> None:
    """The audit trail."""


@audit.command("verify")
@click.option("--business", "slug", help="Only this one; without it, every business.")
@click.option("--head", help="SEALS:HASH, noted at an earlier verification: nothing may have been taken off since.")
def audit_verify(slug: str | None, head: str | None) -> None:
    """Check that no entry was changed, deleted, put in or reordered; exits with 1 when one was."""
    if head and not slug:
        raise click.ClickException("--head is one business's: name it with --business.")
    with database():
        found = sum(_verified(one, head) for one in workbench.businesses(slug))
    raise SystemExit(1 if found else 0)


def _verified(one: "Business", head: str | None) -> int:
    """How much is wrong with the business's trail; each in a line."""
    from nextroute.audit import verifying

    verdict = verifying.verify(one.id)
    faults = [
        f"{one}: {finding.what} (seal {finding.sequence}, entry {finding.entry_id})" for finding in verdict.findings
    ]
    if head:
        sequence, _, noted = head.partition(":")
        if not sequence.isdigit() or verifying.hash_at(one.id, int(sequence)) != noted:
            faults.append(f"{one}: seal {sequence} is not the one that was noted")
    click.echo(f"{one}: {verdict.sealed} sealed, {verdict.tail} waiting, head {verdict.sealed}:{verdict.head}")
    click.echo("\n".join(faults), nl=bool(faults), err=True)
    return len(faults)


if __name__ == "__main__":
    main()
