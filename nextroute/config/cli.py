"""The `nextroute` command. Each sub-command loads what it needs and calls one verb.

Without DATABASE_URL a command joins the embedded PostgreSQL that runs under var/, or runs one for as long as it takes.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nextroute.config import cli_billing, cli_messages, cli_staff, roles, serving
from nextroute.config.children import port_is_free
from nextroute.config.workbench import VAR, database
from nextroute.config.workbench import business as _business
from nextroute.config.workbench import businesses as _businesses
from nextroute.config.workbench import let_go as _let_go
from nextroute.config.workbench import now as _now
from nextroute.config.workbench import set_up as _set_up

if TYPE_CHECKING:
    from nextroute.config.demo_money import Till
    from nextroute.customers.customers import Customer
    from nextroute.tenancy.businesses import Business

DAY = click.DateTime(["%Y-%m-%d"])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """NextRoute Portal: the customer portal of businesses that serve customers on recurring routes."""


main.add_command(cli_billing.bill)
main.add_command(cli_billing.stripe)
main.add_command(cli_messages.wording)
main.add_command(cli_messages.deliveries)
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
        _migrate(verbosity=1)


def _migrate(verbosity: int = 0) -> None:
    from django.core.management import call_command

    if "DATABASE_OWNER_URL" not in os.environ:
        raise click.ClickException("Set DATABASE_OWNER_URL: only the owner may change tables.")
    call_command("migrate", database="owner", verbosity=verbosity)


@main.command("collect-static")
def collect_static() -> None:
    """Gather fonts and icons where the web server of a production finds them."""
    from django.core.management import call_command

    _set_up()
    call_command("collectstatic", interactive=False, verbosity=0)


@main.command()
def check() -> None:
    """Say whether settings and views are in order. Needs no database."""
    from django.core.management import call_command

    os.environ.setdefault("NEXTROUTE_DEV", "1")
    _set_up()
    call_command("check", fail_level="WARNING")


@main.group()
def business() -> None:
    """Businesses and their settings."""


@business.command("create")
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--timezone", required=True, help="IANA name, such as America/Denver")
@click.option("--currency", default="USD", show_default=True)
@click.argument("settings", nargs=-1)
def business_create(slug: str, name: str, timezone: str, currency: str, settings: tuple[str, ...]) -> None:
    """Make a business. Further SETTINGS as key=value."""
    values = {"name": name, "timezone": timezone, "currency": currency} | _pairs(settings)
    with database():
        from nextroute.config import links
        from nextroute.core.actors import SYSTEM
        from nextroute.tenancy import settings as of_business

        made = of_business.create(slug, values, actor=SYSTEM)
        click.echo(f"{made} is at {links.to('portal_sign_in', made)}")


@business.command("set")
@click.argument("slug")
@click.argument("settings", nargs=-1, required=True)
def business_set(slug: str, settings: tuple[str, ...]) -> None:
    """Change SETTINGS of a business, as key=value."""
    values = _pairs(settings)
    with database():
        from nextroute.core.actors import SYSTEM
        from nextroute.tenancy import settings as of_business

        changed = of_business.change(_business(slug), values, actor=SYSTEM)
    click.echo(f"Changed: {', '.join(changed)}." if changed else "Nothing changed.")


@main.command("sms-number")
@click.argument("slug")
@click.argument("number")
def sms_number(slug: str, number: str) -> None:
    """The NUMBER (such as +13035550142) a business's text messages come from; “none” takes it back."""
    with database():
        from nextroute.core.actors import SYSTEM
        from nextroute.notifications import sms_numbers

        business = _business(slug)
        if number == "none":
            sms_numbers.take_back(business=business, actor=SYSTEM)
            click.echo(f"{business} sends no text messages.")
        else:
            own = sms_numbers.give(business=business, number=number, actor=SYSTEM, now=_now())
            click.echo(f"{business} sends text messages from {own}.")


def _pairs(settings: tuple[str, ...]) -> dict[str, str]:
    if bad := [text for text in settings if "=" not in text]:
        raise click.ClickException(f"Write settings as key=value, not “{bad[0]}”.")
    return dict(text.split("=", 1) for text in settings)


@main.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--business", "slug", required=True)
def import_(folder: Path, slug: str) -> None:
    """Import an operator's FOLDER of business.csv, plans.csv, zones.csv and customers.csv: all of it, or nothing."""
    with database():
        from nextroute.core.actors import SYSTEM
        from nextroute.scheduling import importing

        try:
            with _bar("Importing") as progress:
                report = importing.import_folder(
                    folder, slug=slug, today=None, now=_now(), actor=SYSTEM, progress=progress
                )
        except importing.ImportRefused as refused:
            raise click.ClickException(f"Nothing was imported.\n{refused}") from refused
        click.echo(report)


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar; what it yields is told how much is done, of how much."""
    with click.progressbar(length=1, label=label) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(min(done, bar.length) - bar.pos)

        yield progress


@main.command()
@click.option("--business", "slug", help="Only this one; without it, every business.")
@click.option("--days", type=click.IntRange(0, 366), help="How many days after today; else the business's setting.")
@click.option("--from", "from_", type=DAY, help="The first day; else today.")
def reconcile(slug: str | None, days: int | None, from_: datetime | None) -> None:
    """Generate routes, and make the open ones equal to what is due."""
    with database():
        for one in _businesses(slug):
            click.echo(f"{one}: {_reconciled(one, days, from_.date() if from_ else None)}")


def _reconciled(one: "Business", days: int | None, from_: date | None) -> str:
    from nextroute.scheduling.reconcile import nightly

    today = one.today(_now())
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

        for one in _businesses(slug):
            now = _now()
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
        found = sum(_verified(one, head) for one in _businesses(slug))
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


@main.command()
@click.option("--business", "slug", required=True)
@click.option("--customer", "ref", help="The office's number of one customer, who is welcomed whatever went before.")
@click.option("--all", "everybody", is_flag=True, help="Everybody who never signed in and was not welcomed yet.")
@click.option("--again", is_flag=True, help="With --all: also those who were welcomed already.")
def invite(slug: str, ref: str | None, everybody: bool, again: bool) -> None:
    """Write to customers that there is a portal, and where."""
    if bool(ref) == everybody:
        raise click.UsageError("Name one --customer, or say --all.")
    with database():
        from nextroute.core.actors import SYSTEM
        from nextroute.identity import invitations

        one, now = _business(slug), _now()
        if ref:
            invited = invitations.invite(customer=_customer(one, ref), actor=SYSTEM, now=now)
            click.echo(f"{one}: {invited.email} is welcomed")
        else:
            count = invitations.invite_all(one, actor=SYSTEM, now=now, again=again)
            click.echo(f"{one}: {count} are welcomed")


def _customer(business: "Business", ref: str) -> "Customer":
    from django.db import transaction

    from nextroute.core import scope
    from nextroute.customers.models import Customer

    with transaction.atomic(), scope.business(business.id):
        found = Customer.objects.filter(business=business, ref=ref).first()
    if found is None:
        raise click.ClickException(f"{business} has no customer “{ref}”.")
    return found


@main.command()
@click.option("--port", default=8000, show_default=True, envvar="PORT")
def serve(port: int) -> None:
    """Run the web server on 127.0.0.1."""
    with database() as postgres:
        from nextroute.config import kept_mail

        kept_mail.refuse_real_database()
        with serving.web(_free(port)) as web:
            click.echo(f"{_at(port, 'portal_home')}   Ctrl-C stops")
            raise SystemExit(serving.until_stopped(web, postgres))


@main.command()
def worker() -> None:
    """Send messages, generate and close days, seal the audit trail. Any number of workers may run."""
    os.environ["NEXTROUTE_WORKER"] = "1"
    with database():
        from django.core.exceptions import ImproperlyConfigured

        from nextroute.config import worker as of_jobs
        from nextroute.core.running_role import WrongRole

        try:
            of_jobs.run()
        except (ImproperlyConfigured, WrongRole) as problem:
            raise click.ClickException(str(problem)) from problem


@main.command()
@click.option("--port", default=8000, show_default=True, envvar="PORT")
def demo(port: int) -> None:
    """Two businesses with eight weeks behind them, and a web server to look at them."""
    os.environ["PORT"] = str(_free(port))  # of the addresses in mails, which the worker writes
    from nextroute.config import demo_stripe

    with (
        serving.text_messages(VAR / "mail"),
        demo_stripe.stand_in(VAR / "stripe", web_port=port) as till,
        database(own=True) as postgres,
    ):
        _migrate()
        _prepare_demo(port, till)
        _let_go()
        with serving.web(port) as web, serving.workers() as keep_working:
            raise SystemExit(serving.until_stopped(web, postgres, keep_working))


def _prepare_demo(port: int, till: "Till | None") -> None:
    from django.conf import settings

    from nextroute.config import demo as of_demo

    def progress(what: str, done: int, total: int) -> None:
        click.echo(f"\r\033[K{what} ({done * 100 // max(total, 1)} %)", nl=False, err=True)

    sign_ins = of_demo.prepare(_now(), f"http://127.0.0.1:{port}", progress, till)
    of_demo.write(sign_ins, VAR / "demo.json")
    click.echo("\r\033[K", nl=False, err=True)
    for sign_in in sign_ins:
        click.echo(f"{sign_in.business:15} {sign_in.role:10} {sign_in.url}  {sign_in.email:32}  {sign_in.password}")
    if settings.MAIL_FOLDER:
        click.echo(f"{_at(port, 'dev_mail')}   their mail")
    click.echo(f"{_at(port, 'portal_home')}   Ctrl-C stops everything")


def _at(port: int, name: str) -> str:
    from nextroute.config import links

    return f"http://127.0.0.1:{port}{links.to(name)}"


def _free(port: int) -> int:
    if not port_is_free(port):
        raise click.ClickException(f"Port {port} is taken. Choose another: PORT=8001 make demo")
    return port


if __name__ == "__main__":
    main()
