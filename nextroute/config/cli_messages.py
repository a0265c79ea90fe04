"""`nextroute wording` and `nextroute deliveries`: what businesses say in messages, and what did not arrive."""

from typing import TextIO
from uuid import UUID

import click

from nextroute.config import workbench
from nextroute.config.workbench import database

of_business = click.option("--business", "slug", required=True)
by_channel = click.option("--channel", default="email", show_default=True)
in_language = click.option("--language", default="en", show_default=True)


@click.group()
def wording() -> None:
    """Businesses' own words for the messages we send, instead of ours."""


@wording.command("list")
@of_business
def wording_list(slug: str) -> None:
    """Every message, whose words it is sent in, and the {{variables}} these may use."""
    with database():
        from nextroute.notifications import wordings

        for which, own in wordings.every(workbench.business(slug)):
            names = " ".join(sorted(which.variables))
            click.echo(f"{which.trigger:18} {which.channel:6} {which.language:3} {'own' if own else '-':4} {names}")


@wording.command("set")
@of_business
@click.argument("trigger")
@click.argument("body", type=click.File(encoding="utf-8"), default="-")
@by_channel
@in_language
@click.option("--subject", default="", help="Without it, ours.")
@click.option("--heading", default="", help="Without it, ours.")
def wording_set(slug: str, trigger: str, body: TextIO, channel: str, language: str, subject: str, heading: str) -> None:
    """Say TRIGGER in the words of BODY: a file, or what is typed or piped in. An empty line begins a paragraph."""
    said = body.read()
    with database():
        from nextroute.core.actors import SYSTEM
        from nextroute.notifications import wordings

        wordings.change(
            business=workbench.business(slug),
            trigger=trigger,
            channel=channel,
            language=language,
            subject=subject,
            heading=heading,
            body=said,
            actor=SYSTEM,
        )
    click.echo(f"{trigger}, {channel}, {language}: in the business's own words.")


@wording.command("reset")
@of_business
@click.argument("trigger")
@by_channel
@in_language
def wording_reset(slug: str, trigger: str, channel: str, language: str) -> None:
    """Say TRIGGER in our words again."""
    with database():
        from nextroute.core.actors import SYSTEM
        from nextroute.notifications import wordings

        business = workbench.business(slug)
        had = wordings.reset(business=business, trigger=trigger, channel=channel, language=language, actor=SYSTEM)
    click.echo("In our words again." if had else "It was in our words already.")


@click.group()
def deliveries() -> None:
    """Messages that did not arrive."""


@deliveries.command("list")
@of_business
def deliveries_list(slug: str) -> None:
    """What was given up or came back, the newest first: key, when, status, message, masked address, why."""
    with database():
        from nextroute.notifications import dead_letters

        for one in dead_letters.of(workbench.business(slug)):
            when = f"{one.created_at:%Y-%m-%d %H:%M}"
            click.echo(f"{one.id}  {when}  {one.status:7}  {one.trigger:18} {one.channel:6} {one.masked}  {one.why}")


@deliveries.command("resend")
@of_business
@click.argument("keys", type=click.UUID, nargs=-1, required=True)
def deliveries_resend(slug: str, keys: tuple[UUID, ...]) -> None:
    """Send these again, by their KEYS, as if they had never been tried."""
    with database():
        from nextroute.core.actors import SYSTEM
        from nextroute.notifications import dead_letters

        business = workbench.business(slug)
        for key in keys:
            letter = dead_letters.resend(key, business=business, actor=SYSTEM, now=workbench.now())
            click.echo(f"{letter.trigger} to {letter.masked} goes out again.")
