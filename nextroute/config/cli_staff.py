"""`nextroute staff`: who works for a business, and may sign in to its dashboard."""

import sys
from typing import TYPE_CHECKING

import click

from nextroute.config import workbench
from nextroute.config.workbench import database

if TYPE_CHECKING:
    from nextroute.tenancy.businesses import Business

ROLES = ("owner", "dispatcher", "driver")


@click.group()
def staff() -> None:
    """People who work for a business."""


@staff.command("add")
@click.argument("slug")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(ROLES), required=True)
def staff_add(slug: str, email: str, name: str, role: str) -> None:
    """Let EMAIL work for the business SLUG. Who is new is given a password: asked for twice, or piped in as a line."""
    with database():
        from nextroute.config import links
        from nextroute.core.actors import SYSTEM
        from nextroute.core.emails import normalised_email
        from nextroute.staff import members, users
        from nextroute.staff.members import Role

        business = workbench.business(slug)
        try:
            is_new = not users.is_known(normalised_email(email))
        except ValueError as fault:
            raise click.ClickException(f"Write {fault}.") from fault
        password = _hashed(business, email, name) if is_new else ""
        made = members.add(business=business, email=email, name=name, role=Role(role), password=password, actor=SYSTEM)
        said = "" if is_new else " with the password they have"
        click.echo(f"{made.user} works for {business} and signs in at {links.to('dashboard_sign_in')}{said}.")


@staff.command("list")
@click.argument("slug", required=False)
def staff_list(slug: str | None) -> None:
    """Who works for the business SLUG; without it, for every business."""
    with database():
        from nextroute.staff import members

        for business in workbench.businesses(slug):
            for one in members.every(business):
                click.echo(f"{business.slug:16} {one.role:10} {one.user.email:32} {one.user}")


@staff.command("password")
@click.argument("slug")
@click.argument("email")
def staff_password(slug: str, email: str) -> None:
    """Give EMAIL of the business SLUG another password, asked for or piped in; it ends their sessions."""
    with database():
        from nextroute.core.actors import SYSTEM
        from nextroute.staff import members

        business = workbench.business(slug)
        password = _hashed(business, email)
        member = members.set_password(business=business, email=email, password=password, actor=SYSTEM)
        click.echo(f"{member.user} has a new password, and is signed out everywhere.")


@staff.command("remove")
@click.argument("slug")
@click.argument("email")
def staff_remove(slug: str, email: str) -> None:
    """End the work of EMAIL for the business SLUG; from their next click on they see nothing more of it."""
    with database():
        from nextroute.core.actors import SYSTEM
        from nextroute.staff import members

        business = workbench.business(slug)
        members.remove(business=business, email=email, actor=SYSTEM)
        click.echo(f"{email} no longer works for {business}.")


def _hashed(business: "Business", *theirs: str) -> str:
    """A new password as it is kept, once it is good enough."""
    from nextroute.identity import passwords

    password = _asked_for()
    passwords.refuse_weak(password, known=(*theirs, business.name, business.slug))
    return passwords.hashed(password)


def _asked_for() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Their password", hide_input=True, confirmation_prompt="Once more"))
    return sys.stdin.readline().removesuffix("\n").removesuffix("\r")
