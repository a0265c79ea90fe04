"""`nextroute business`, `import`, `invite`, `sms-number`: businesses, and what the office hands over to them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nextroute.config import workbench
from nextroute.config.workbench import database

if TYPE_CHECKING:
    from nextroute.customers.customers import Customer
    from nextroute.tenancy.businesses import Business


@click.group()
def business() -> None:
    """Businesses and their settings."""


@business.command("create")
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--timezone", required=True, help="IANA name, such as America/Denver")
@click.option("--currency", default="USD", show_default=True)
@click.argument("settings", nargs=-1)
def create(slug: str, name: str, timezone: str, currency: str, settings: tuple[str, ...]) -> None:
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
def set_(slug: str, settings: tuple[str, ...]) -> None:
    """Change SETTINGS of a business, as key=value."""
    values = _pairs(settings)
    with database():
        from nextroute.core.actors import SYSTEM
        from nextroute.tenancy import settings as of_business

        changed = of_business.change(workbench.business(slug), values, actor=SYSTEM)
    click.echo(f"Changed: {', '.join(changed)}." if changed else "Nothing changed.")


@click.command("sms-number")
@click.argument("slug")
@click.argument("number")
def sms_number(slug: str, number: str) -> None:
    """The NUMBER (such as +13035550142) a business's text messages come from; “none” takes it back."""
    with database():
        from nextroute.core.actors import SYSTEM
        from nextroute.notifications import sms_numbers

        business = workbench.business(slug)
        if number == "none":
            sms_numbers.take_back(business=business, actor=SYSTEM)
            click.echo(f"{business} sends no text messages.")
        else:
            own = sms_numbers.give(business=business, number=number, actor=SYSTEM, now=workbench.now())
            click.echo(f"{business} sends text messages from {own}.")


def _pairs(settings: tuple[str, ...]) -> dict[str, str]:
    if bad := [text for text in settings if "=" not in text]:
        raise click.ClickException(f"Write settings as key=value, not “{bad[0]}”.")
    return dict(text.split("=", 1) for text in settings)


@click.command("import")
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
                    folder, slug=slug, today=None, now=workbench.now(), actor=SYSTEM, progress=progress
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


@click.command()
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

        one, now = workbench.business(slug), workbench.now()
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
