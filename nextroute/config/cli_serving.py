"""`nextroute serve`, `worker`, `demo`: what runs until it is stopped."""

import os
from typing import TYPE_CHECKING

import click

from nextroute.config import serving, workbench
from nextroute.config.children import port_is_free
from nextroute.config.workbench import VAR, database

if TYPE_CHECKING:
    from nextroute.config.demo_money import Till


@click.command()
@click.option("--port", default=8000, show_default=True, envvar="PORT")
def serve(port: int) -> None:
    """Run the web server on 127.0.0.1."""
    with database() as postgres:
        from nextroute.config import kept_mail

        kept_mail.refuse_real_database()
        with serving.web(_free(port)) as web:
            click.echo(f"{_at(port, 'portal_home')}   Ctrl-C stops")
            raise SystemExit(serving.until_stopped(web, postgres))


@click.command()
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


@click.command()
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
        workbench.migrate()
        _prepare_demo(port, till)
        workbench.let_go()
        with serving.web(port) as web, serving.workers() as keep_working:
            raise SystemExit(serving.until_stopped(web, postgres, keep_working))


def _prepare_demo(port: int, till: "Till | None") -> None:
    from django.conf import settings

    from nextroute.config import demo as of_demo

    def progress(what: str, done: int, total: int) -> None:
        click.echo(f"\r\033[K{what} ({done * 100 // max(total, 1)} %)", nl=False, err=True)

    sign_ins = of_demo.prepare(workbench.now(), f"http://127.0.0.1:{port}", progress, till)
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
