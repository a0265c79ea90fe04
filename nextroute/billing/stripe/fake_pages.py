"""The pages the stand-in shows to people, each marked as a test: to pay, to confirm, to set a business up."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import jinja2

from nextroute.billing.stripe import fake_account_links as account_links
from nextroute.billing.stripe import fake_cards as cards
from nextroute.billing.stripe import fake_charges as charges
from nextroute.billing.stripe import fake_paying as paying
from nextroute.billing.stripe import fake_sessions as sessions
from nextroute.billing.stripe.fake_account_views import STATES
from nextroute.billing.stripe.fake_errors import Refusal
from nextroute.billing.stripe.fake_state import PLATFORM, Drawer, Thing, World
from nextroute.billing.stripe.fake_time import ripen

_TEMPLATES = Path(__file__).parent / "templates" / "stripe_fake"
_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
_HTML = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Page:
    status: int
    body: str
    headers: dict[str, str] = field(default_factory=lambda: _HTML)


type Form = dict[str, str]
type View = Callable[..., Page]


def page(world: World, method: str, path: str, form: Form) -> Page:
    """What is shown at this address, or comes of the form that was sent there."""
    for pattern, view in _VIEWS:
        if match := re.fullmatch(pattern, path):
            with world.lock:
                ripen(world)
                try:
                    shown = view(world, form if method == "POST" else None, *match.groups())
                except Refusal as no:
                    shown = _drawn("gone", status=404, says=str(no))
                world.save()
            return shown
    return _drawn("gone", status=404, says="There is no such page.")


def pay(world: World, form: Form | None, account: str, key: str) -> Page:
    drawer = _drawer(world, account)
    session = drawer.get(sessions.KIND, key)
    if session["status"] != "open":
        return _ended(session)
    if form is None:
        return _offer(world, drawer, session)
    try:
        intent = paying.pay(drawer, key, card=form.get("number", ""), bank=_bank(form))
    except Refusal as no:
        return _offer(world, drawer, session, says=str(no), form=form)
    return _onward(drawer, intent)


def challenge(world: World, form: Form | None, account: str, key: str) -> Page:
    drawer = _drawer(world, account)
    if form is None:
        paying.waiting(drawer, key)
        return _drawn("challenge", name=_name(world, account))
    intent = paying.confirm(drawer, key, agree=form.get("answer") == "yes")
    return _onward(drawer, intent)


def deposits(world: World, form: Form | None, account: str, key: str) -> Page:
    drawer = _drawer(world, account)
    paying.waiting(drawer, key)
    says = ""
    if form is not None:
        try:
            paying.prove(drawer, key, form.get("code", ""))
        except Refusal as no:
            says = str(no)
        else:
            return _drawn("gone", says="Thank you. The bank account is verified.", title="Verified")
    return _drawn("deposits", name=_name(world, account), code=cards.DESCRIPTOR, says=says, status=400 if says else 200)


def set_up(world: World, form: Form | None, secret: str) -> Page:
    link = account_links.found(world, secret)
    if link is None:
        return _drawn("gone", status=404, says="There is no such page.")
    if form is None:
        if not account_links.open_(world, link):
            return _go(account_links.options(link)["refresh_url"])
        return _drawn("set_up", name=_name(world, link["account"]))
    state = form.get("state", "")
    return _go(account_links.leave(world, link, state if state in STATES else "unfinished"))


def receipt(world: World, _form: Form | None, key: str) -> Page:
    for account, things in world.things.items():
        if key in things:
            charge = world.drawer(account).get(charges.KIND, key)
            says = f"{money(charge['amount'], charge['currency'])} paid to {_name(world, account)}."
            return _drawn("gone", says=says, title="Receipt")
    return _drawn("gone", status=404, says="There is no such receipt.")


def styles(_world: World, _form: Form | None) -> Page:
    return Page(200, (_TEMPLATES / "page.css").read_text(), {"Content-Type": "text/css; charset=utf-8"})


_VIEWS: tuple[tuple[str, View], ...] = (
    (r"/page\.css", styles),
    (r"/pay/(\w+)/(\w+)", pay),
    (r"/challenge/(\w+)/(\w+)", challenge),
    (r"/deposits/(\w+)/(\w+)", deposits),
    (r"/setup/(\w+)", set_up),
    (r"/receipts/(\w+)", receipt),
)


def money(cents: int, currency: str) -> str:
    """As the pages write it."""
    sign = {"usd": "$", "eur": "€", "gbp": "£"}.get(currency, f"{currency.upper()} ")
    return f"{sign}{cents // 100:,}.{cents % 100:02}"


def _offer(world: World, drawer: Drawer, session: Thing, *, says: str = "", form: Form | None = None) -> Page:
    items = [
        ((item["price_data"].get("product_data") or {}).get("name", "Payment"), _cost(item, session["currency"]))
        for item in session["_items"]
    ]
    return _drawn(
        "pay",
        status=402 if says else 200,
        says=says,
        form=form or {},
        session=session,
        items=items,
        total=money(session["amount_total"], session["currency"]) if session["amount_total"] else "",
        name=_name(world, drawer.account),
        cards=cards.CARDS,
        banks=cards.BANKS,
    )


def _cost(item: Thing, currency: str) -> str:
    return money(item["price_data"]["unit_amount"] * item.get("quantity", 1), currency)


def _onward(drawer: Drawer, intent: Thing) -> Page:
    """To the bank, back to the shop, or once more to the page where one pays."""
    action = intent["next_action"] or {}
    if "redirect_to_url" in action:
        return _go(action["redirect_to_url"]["url"])
    session = paying.of_intent(drawer, intent["id"])
    if session is None:
        return _drawn("gone", says="Thank you. You can close this page.", title="Done")
    if session["status"] == "open":
        return _go(f"{drawer.world.origin}/pay/{drawer.account}/{session['id']}")
    return _ended(session)


def _ended(session: Thing) -> Page:
    if session["status"] == "complete":
        return _go(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))
    return _drawn("gone", says="This page has expired.", back=session["cancel_url"], status=410)


def _bank(form: Form) -> str:
    return form.get("bank", "") if form.get("way") == "bank" else ""


def _drawer(world: World, account: str) -> Drawer:
    if account not in world.things:
        raise Refusal(404, "There is no such page.")
    return world.drawer(account)


def _name(world: World, account: str) -> str:
    known = world.things[PLATFORM].get(account) or {}
    return str(known.get("display_name") or "this business")


def _go(url: str) -> Page:
    return Page(303, "", {"Location": url, "Cache-Control": "no-store"})


def _drawn(template: str, /, *, status: int = 200, **known: object) -> Page:
    return Page(status, _environment().get_template(f"{template}.html").render(**known))


@cache
def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(_TEMPLATES)
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
