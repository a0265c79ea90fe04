"""Every address of the site, and what each kind of asker gets there."""

import re
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.core.checks import Error
from django.http import HttpResponse
from django.urls import path as address

import nextroute
from nextroute.core.actors import SYSTEM, Actor, ActorKind
from nextroute.customers.models import Customer
from nextroute.scheduling import holds, photos
from nextroute.scheduling.models import Hold, Photo
from nextroute.service_requests import problems
from nextroute.service_requests.models import ServiceRequest
from nextroute.tenancy.businesses import Business
from nextroute.web import audiences
from tests import cast
from tests.billing import books
from tests.doors import (
    AGAIN,
    ANYWHERE,
    BUSINESSES,
    CALENDAR,
    CHOOSE,
    CHOOSE_BUSINESS,
    DASHBOARD,
    HISTORY,
    HOME,
    SCHEDULE,
    SENT,
    SET_PASSWORD,
    SIGN_OUT,
    STAFF_DOOR,
    STAFF_OUT,
    Browser,
    Clock,
    a_login,
    a_member,
)
from tests.post import Post
from tests.service_requests import scene

PACKAGE = Path(nextroute.__file__).parent
DOOR, SILK = "/portal/at/bright-bins/", "/portal/at/silk-city/"

LIFTED = "/portal/holds/KEY/?done=lifted&first=2026-06-09&back=2026-06-11"
WITHDRAWN = "/portal/requests/KEY/?done=withdrawn"
SKIPPED = "/portal/visits/KEY/2026-06-16/skip/?done=skipped"
AUTOPAY, OFF, CHOSEN = "/portal/autopay/", "/portal/autopay/?done=off", "/portal/autopay/?done=chosen"
EXPIRED, UNSENT = f"{DOOR}?why=expired", f"{DOOR}?why=unsent"

# What each asker gets: a status, or where it leads. A stranger finds the shared door at HOME, as does a forged cookie
# in a browser that never signed in. None of these asked for a link; the POSTs are empty but for
# a customer and a business.
# The staff are anybody to the portal, and its customers to the dashboard: they get what the anonymous get there.
CUSTOMERS = ("anonymous", "ada", "eve", "dee", "expired", "forged", "several")
STAFF = ("owner", "dispatcher", "driver", "of silk city")
TABLE: dict[str, tuple[str, tuple[int | str, ...]]] = {
    "portal_home": ("customer", (200, 200, 200, 200, EXPIRED, 200, CHOOSE)),
    "portal_schedule": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_schedule?property=adas": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_activity": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_calendar": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_calendar POST": ("customer", (HOME, 404, 404, 404, UNSENT, HOME, CHOOSE)),
    "portal_calendar_feed": ("public", (404,) * 7),
    "portal_invoices": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_invoice": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_draft": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_payments": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_payment": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_problem": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_problem POST": ("customer", (HOME, 422, 404, 404, UNSENT, HOME, CHOOSE)),
    "portal_requests": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_request": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_request POST": ("customer", (HOME, WITHDRAWN, 404, 404, UNSENT, HOME, CHOOSE)),
    "portal_request_photo": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_small_request_photo": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_new_extra": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_new_extra POST": ("customer", (HOME, 422, 422, 422, UNSENT, HOME, CHOOSE)),
    "portal_plans": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_change_plan": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_change_plan POST": ("customer", (HOME, 422, 404, 404, UNSENT, HOME, CHOOSE)),
    "portal_cancel": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_cancel POST": ("customer", (HOME, 422, 422, 422, UNSENT, HOME, CHOOSE)),
    "portal_pay": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_pay POST": ("customer", (HOME, 422, 422, 422, UNSENT, HOME, CHOOSE)),
    "portal_paid": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_autopay": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_autopay_on": ("customer", (HOME, AUTOPAY, AUTOPAY, AUTOPAY, EXPIRED, HOME, CHOOSE)),
    "portal_autopay_on POST": ("customer", (HOME, AUTOPAY, AUTOPAY, AUTOPAY, UNSENT, HOME, CHOOSE)),
    "portal_autopay_off": ("customer", (405,) * 7),
    "portal_autopay_off POST": ("customer", (HOME, OFF, OFF, OFF, UNSENT, HOME, CHOOSE)),
    "portal_autopay_add": ("customer", (405,) * 7),
    "portal_autopay_add POST": ("customer", (HOME, 422, 422, 422, UNSENT, HOME, CHOOSE)),
    "portal_autopay_added": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_autopay_method": ("customer", (405,) * 7),
    "portal_autopay_method POST": ("customer", (HOME, CHOSEN, 404, 404, UNSENT, HOME, CHOOSE)),
    "portal_holds": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_new_hold": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_new_hold POST": ("customer", (HOME, 422, 422, 422, UNSENT, HOME, CHOOSE)),
    "portal_hold": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_change_hold": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_change_hold POST": ("customer", (HOME, 422, 404, 404, UNSENT, HOME, CHOOSE)),
    "portal_lift_hold": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_lift_hold POST": ("customer", (HOME, LIFTED, 404, 404, UNSENT, HOME, CHOOSE)),
    "portal_skip": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_skip POST": ("customer", (HOME, SKIPPED, 404, 404, UNSENT, HOME, CHOOSE)),
    "portal_history": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_history?property=adas": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_photo": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_photo_small": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_invoice_pdf": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_receipt_pdf": ("customer", (HOME, 200, 404, 404, EXPIRED, HOME, CHOOSE)),
    "portal_statement": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_statement_pdf": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_statement_csv": ("customer", (HOME, 200, 200, 200, EXPIRED, HOME, CHOOSE)),
    "portal_choose_customer": ("login", (HOME, HOME, HOME, HOME, EXPIRED, HOME, 200)),
    "portal_choose_customer POST adas": ("login", (HOME, HOME, 404, 404, UNSENT, HOME, HOME)),
    "portal_sign_in": ("public", (200, HOME, HOME, 200, HOME, 200, HOME)),
    "portal_shared_sign_in": ("public", (200,) * 7),
    "portal_shared_sign_in POST": ("public", (422,) * 7),
    "portal_sign_in_sent": ("public", (HOME,) * 7),
    "portal_sign_in_sent POST": ("public", (HOME,) * 7),
    "portal_sign_in_again": ("public", (405,) * 7),
    "portal_sign_in_again POST": ("public", (HOME,) * 7),
    "portal_sign_in_choose": ("public", (HOME,) * 7),
    "portal_sign_in_choose POST": ("public", (HOME,) * 7),
    "portal_sign_in_link": ("public", (404,) * 7),
    "portal_sign_in_link open": ("public", (200,) * 7),
    "portal_sign_in_link POST": ("public", (404,) * 7),
    "portal_password": ("login", (HOME, 200, 200, 200, EXPIRED, HOME, 200)),
    "portal_password POST": ("login", (HOME, 422, 422, 422, UNSENT, HOME, 422)),
    "portal_sign_out": ("public", (405,) * 7),
    "portal_sign_out POST": ("public", (HOME, DOOR, DOOR, SILK, DOOR, HOME, DOOR)),
    "portal_brand_css": ("public", (200,) * 7),
    "portal_icon": ("public", (200,) * 7),
    "stylesheet": ("public", (200,) * 7),
    "healthz": ("public", (200,) * 7),
    "api_sms": ("provider", (405,) * 7),
    "api_sms POST": ("provider", (403,) * 7),
    "api_mail": ("provider", (405,) * 7),
    "api_mail POST": ("provider", (404,) * 7),
    "api_stripe": ("provider", (405,) * 7),
    "api_stripe POST": ("provider", (404,) * 7),
    "dev_mail": ("developer", (200,) * 7),
    "dev_letter": ("developer", (404,) * 7),
    "dev_letter_html": ("developer", (404,) * 7),
}

# The same for the dashboard: its audience, what customers and strangers get, and what each of the staff.
STAFF_TABLE: dict[str, tuple[str, int | str, tuple[int | str, ...]]] = {
    "dashboard_home": ("staff", STAFF_DOOR, (200, 200, 403, 200)),
    "dashboard_requests": ("staff", f"{STAFF_DOOR}?next=%2Fdashboard%2Frequests%2F", (200, 200, 403, 200)),
    "dashboard_request": ("staff", f"{STAFF_DOOR}?next=%2Fdashboard%2Frequests%2FKEY%2F", (200, 200, 403, 404)),
    "dashboard_request POST": ("staff", f"{STAFF_DOOR}?why=unsent", (404, 404, 403, 404)),
    "dashboard_request_photo": (
        "staff",
        f"{STAFF_DOOR}?next=%2Fdashboard%2Frequests%2FKEY%2Fphoto%2F",
        (200, 200, 403, 404),
    ),
    "dashboard_stripe": ("staff", f"{STAFF_DOOR}?next=%2Fdashboard%2Fstripe%2F", (404, 403, 403, 404)),
    "dashboard_stripe_back": ("staff", f"{STAFF_DOOR}?next=%2Fdashboard%2Fstripe%2Fback%2F", (404, 403, 403, 404)),
    "dashboard_stripe_again": ("staff", f"{STAFF_DOOR}?next=%2Fdashboard%2Fstripe%2Fagain%2F", (404, 403, 403, 404)),
    "dashboard_invoices": ("staff", f"{STAFF_DOOR}?next=%2Fdashboard%2Finvoices%2F", (200, 200, 403, 200)),
    "dashboard_send_drafts": (
        "staff",
        f"{STAFF_DOOR}?next=%2Fdashboard%2Finvoices%2Fdrafts%2F2026-05%2Fsend%2F",
        (200, 200, 403, 404),
    ),
    "dashboard_send_drafts POST": (
        "staff",
        f"{STAFF_DOOR}?why=unsent",
        (200, 200, 403, "/dashboard/invoices/?done=sent"),
    ),
    "dashboard_draft": ("staff", f"{STAFF_DOOR}?next=%2Fdashboard%2Finvoices%2Fdraft%2FKEY%2F", (200, 200, 403, 404)),
    "dashboard_draft POST": ("staff", f"{STAFF_DOOR}?why=unsent", (422, 422, 403, 404)),
    "dashboard_invoice": ("staff", f"{STAFF_DOOR}?next=%2Fdashboard%2Finvoices%2FINV-1001%2F", (200, 200, 403, 404)),
    "dashboard_void": (
        "staff",
        f"{STAFF_DOOR}?next=%2Fdashboard%2Finvoices%2FINV-1001%2Fvoid%2F",
        (200, 200, 403, 404),
    ),
    "dashboard_void POST": ("staff", f"{STAFF_DOOR}?why=unsent", (200, 200, 403, 404)),
    "dashboard_credit": (
        "staff",
        f"{STAFF_DOOR}?next=%2Fdashboard%2Finvoices%2FINV-1001%2Fcredit%2F",
        (200, 200, 403, 404),
    ),
    "dashboard_credit POST": ("staff", f"{STAFF_DOOR}?why=unsent", (422, 422, 403, 404)),
    "dashboard_payments": ("staff", f"{STAFF_DOOR}?next=%2Fdashboard%2Fpayments%2F", (200, 200, 403, 200)),
    "dashboard_new_payment?customer=adas": (
        "staff",
        f"{STAFF_DOOR}?next=%2Fdashboard%2Fpayments%2Fnew%2F%3Fcustomer%3DKEY",
        (200, 200, 403, 404),
    ),
    "dashboard_new_payment POST": ("staff", f"{STAFF_DOOR}?why=unsent", (200, 200, 403, 200)),
    "dashboard_payment": ("staff", f"{STAFF_DOOR}?next=%2Fdashboard%2Fpayments%2FKEY%2F", (200, 200, 403, 404)),
    "dashboard_refund": ("staff", f"{STAFF_DOOR}?next=%2Fdashboard%2Fpayments%2FKEY%2Frefund%2F", (200, 200, 403, 404)),
    "dashboard_refund POST": ("staff", f"{STAFF_DOOR}?why=unsent", (422, 422, 403, 404)),
    "dashboard_invoice_pdf": (
        "staff",
        f"{STAFF_DOOR}?next=%2Fdashboard%2Finvoices%2FINV-1001%2Fpdf%2F",
        (200, 200, 403, 404),
    ),
    "dashboard_businesses": ("staff", f"{STAFF_DOOR}?next=%2Fdashboard%2Fbusinesses%2F", (DASHBOARD,) * 4),
    "dashboard_businesses POST brights": (
        "staff",
        f"{STAFF_DOOR}?why=unsent",
        (DASHBOARD, DASHBOARD, DASHBOARD, 404),
    ),
    "dashboard_sign_in": ("public", 200, (DASHBOARD,) * 4),
    "dashboard_sign_in POST": ("public", 422, (422,) * 4),
    "dashboard_sign_out": ("public", 405, (405,) * 4),
    "dashboard_sign_out POST": ("public", STAFF_DOOR, (STAFF_DOOR,) * 4),
}
EVERY = [*TABLE, *STAFF_TABLE]


def expected(name: str, path: str) -> tuple[int | str, ...]:
    """What the customers get, then the staff. Who has to say first who they are is led on to a page that was only to be
    looked at."""
    if name in TABLE:
        audience, theirs = TABLE[name]
        if audience == "customer" and "POST" not in name and path != HOME:
            theirs = tuple(_on_to(path, leads) for leads in theirs)
        return theirs + theirs[:1] * len(STAFF)
    _, others, staff = STAFF_TABLE[name]
    return (others,) * len(CUSTOMERS) + staff


def _on_to(path: str, leads: int | str) -> int | str:
    ways_in = {HOME: f"{ANYWHERE}?", EXPIRED: f"{EXPIRED}&", CHOOSE: f"{CHOOSE}?"}
    return f"{ways_in[leads]}next={quote(path, safe='')}" if leads in ways_in else leads


PATHS = {
    "portal_home": HOME,
    "portal_schedule": SCHEDULE,
    "portal_activity": "/portal/activity/",
    "portal_calendar": CALENDAR,
    "portal_calendar_feed": f"{CALENDAR}{'x' * 43}.ics",
    "portal_invoices": "/portal/invoices/",
    "portal_invoice": "/portal/invoices/{invoice}/",
    "portal_draft": "/portal/invoices/draft/{draft}/",
    "portal_payments": "/portal/payments/",
    "portal_payment": "/portal/payments/{payment}/",
    "portal_problem": f"{HISTORY}{{stop}}/problem/",
    "portal_requests": "/portal/requests/",
    "portal_request": "/portal/requests/{request}/",
    "portal_request_photo": "/portal/requests/{request}/photo/",
    "portal_small_request_photo": "/portal/requests/{request}/photo/small/",
    "portal_new_extra": "/portal/extras/new/",
    "portal_plans": "/portal/plans/",
    "portal_change_plan": "/portal/plans/{subscription}/",
    "portal_cancel": "/portal/cancel/",
    "portal_pay": "/portal/pay/",
    "portal_paid": "/portal/pay/{payment}/",
    "portal_autopay": AUTOPAY,
    "portal_autopay_on": f"{AUTOPAY}on/",
    "portal_autopay_off": f"{AUTOPAY}off/",
    "portal_autopay_add": f"{AUTOPAY}add/",
    "portal_autopay_added": f"{AUTOPAY}added/{{setup}}/",
    "portal_autopay_method": f"{AUTOPAY}methods/{{method}}/",
    "portal_holds": "/portal/holds/",
    "portal_new_hold": "/portal/holds/new/",
    "portal_hold": "/portal/holds/{hold}/",
    "portal_change_hold": "/portal/holds/{hold}/change/",
    "portal_lift_hold": "/portal/holds/{hold}/lift/",
    "portal_skip": "/portal/visits/{subscription}/2026-06-16/skip/",
    "portal_history": HISTORY,
    "portal_photo": f"{HISTORY}photos/adas/",
    "portal_photo_small": f"{HISTORY}photos/adas/small/",
    "portal_invoice_pdf": "/portal/invoices/INV-1001/pdf/",
    "portal_receipt_pdf": "/portal/payments/{payment}/receipt.pdf",
    "portal_statement": "/portal/statement/",
    "portal_statement_pdf": "/portal/statement/statement.pdf",
    "portal_statement_csv": "/portal/statement/statement.csv",
    "portal_choose_customer": CHOOSE,
    "portal_sign_in": DOOR,
    "portal_shared_sign_in": ANYWHERE,
    "portal_sign_in_sent": SENT,
    "portal_sign_in_again": AGAIN,
    "portal_sign_in_choose": CHOOSE_BUSINESS,
    "portal_sign_in_link": f"{ANYWHERE}{'x' * 43}/",
    "portal_password": SET_PASSWORD,
    "portal_sign_out": SIGN_OUT,
    "portal_brand_css": f"{DOOR}brand.000000000000.css",
    "portal_icon": f"{DOOR}icon.000000000000.svg",
    "stylesheet": "/assets/portal.0.css",
    "healthz": "/healthz",
    "api_sms": "/api/webhooks/sms",
    "api_mail": "/api/webhooks/mail",
    "api_stripe": "/api/webhooks/stripe",
    "dashboard_stripe": "/dashboard/stripe/",
    "dashboard_stripe_back": "/dashboard/stripe/back/",
    "dashboard_stripe_again": "/dashboard/stripe/again/",
    "dashboard_home": DASHBOARD,
    "dashboard_requests": "/dashboard/requests/",
    "dashboard_request": "/dashboard/requests/{request}/",
    "dashboard_request_photo": "/dashboard/requests/{request}/photo/",
    "dashboard_invoices": "/dashboard/invoices/",
    "dashboard_send_drafts": "/dashboard/invoices/drafts/2026-05/send/",
    "dashboard_draft": "/dashboard/invoices/draft/{draft}/",
    "dashboard_invoice": "/dashboard/invoices/{invoice}/",
    "dashboard_void": "/dashboard/invoices/{invoice}/void/",
    "dashboard_credit": "/dashboard/invoices/{invoice}/credit/",
    "dashboard_payments": "/dashboard/payments/",
    "dashboard_new_payment": "/dashboard/payments/new/",
    "dashboard_payment": "/dashboard/payments/{payment}/",
    "dashboard_refund": "/dashboard/payments/{payment}/refund/",
    "dashboard_invoice_pdf": "/dashboard/invoices/INV-1001/pdf/",
    "dashboard_businesses": BUSINESSES,
    "dashboard_sign_in": STAFF_DOOR,
    "dashboard_sign_out": STAFF_OUT,
    "dev_mail": "/dev/mail/",
    "dev_letter": "/dev/mail/00000000-0000-7000-8000-000000000000/",
    "dev_letter_html": "/dev/mail/00000000-0000-7000-8000-000000000000/html/",
}


@pytest.fixture
def askers(
    clock: Clock, bright: Business, silk: Business, ada: Customer, eve: Customer, dee: Customer
) -> dict[str, Browser]:
    """A browser of each role; the clock stands where only one session is over."""
    browsers = {role: Browser() for role in CUSTOMERS + STAFF}
    browsers["expired"].come_in(a_login(ada), now=clock.now)
    clock.forward(hours=2)
    browsers["ada"].come_in(ada.accesses.get().login, now=clock.now)
    browsers["eve"].come_in(a_login(eve), now=clock.now)
    browsers["dee"].come_in(a_login(dee), now=clock.now)
    browsers["several"].come_in(a_login(ada, eve, email="several@example.com"), now=clock.now)
    browsers["forged"].token = "x" * 43
    for role in STAFF[:3]:
        browsers[role].come_in_as_staff(a_member(bright, f"{role}@example.com", role), now=clock.now)
    browsers["of silk city"].come_in_as_staff(a_member(silk, "owner@silk-city.example"), now=clock.now)
    return browsers


def test_every_address_is_in_the_table_and_names_the_audience_it_says() -> None:
    said = {re.split("[ ?]", name)[0]: row[0] for table in (TABLE, STAFF_TABLE) for name, row in table.items()}
    assert said == {pattern.name: audiences.of(pattern.callback) for pattern in audiences.patterns()}


@pytest.mark.parametrize("name", EVERY)
def test_each_asker_gets_what_the_table_says(
    name: str, askers: dict[str, Browser], ada: Customer, folder: Path, post: Post
) -> None:
    path = PATHS[re.split("[ ?]", name)[0]]
    if name.endswith(" open"):
        Browser().ask(ada.email)
        path = post.letter().link
    if "?property" in name:
        path += f"?property={ada.properties.get().pk}"
    if "/adas/" in path:
        path = path.replace("adas", str(_a_photo(ada).pk))
    if "{hold}" in path:
        path = path.format(hold=_a_hold(ada).pk)
    if "{setup}" in path:
        path = path.format(setup=books.a_setup(ada).pk)
    if "{method}" in path:
        path = path.format(method=books.a_card(ada).pk)
    if "{stop}" in path:
        path = path.format(stop=cast.a_stop(ada.subscriptions.get(), "2026-05-26").pk)
    if "{request}" in path:
        path = path.format(request=_a_request(ada).pk)
    if "{subscription}" in path:
        path = path.format(subscription=ada.subscriptions.get().pk)
    if "{request}" in path:
        path = path.format(request=scene.problem(ada, photo=cast.a_picture()).pk)
    if "customer=adas" in name:
        path += f"?customer={ada.pk}"
    if "/invoices/" in path or "/payments/" in path or "{payment}" in path:
        path = path.format(**_books(ada))
    got: list[int | str] = []
    posted = {"customer": str(ada.pk), "business": str(ada.business_id), "do": "choose"}
    for browser in askers.values():
        answer = browser.post(path, posted) if "POST" in name else browser.get(path)
        leads = answer.headers.get("Location")
        got.append(_without_keys(leads) if leads else answer.status_code)
    assert tuple(got) == tuple(_without_keys(each) for each in expected(name, path))


def _without_keys[T: int | str](leads: T) -> T | str:
    return re.sub("[0-9a-f-]{36}", "KEY", leads) if isinstance(leads, str) else leads


def _books(customer: Customer) -> dict[str, object]:
    """A sent invoice, a payment that is some of it, and the draft of May."""
    subscription = customer.subscriptions.get()
    invoice = books.an_invoice(subscription, 2000, month=cast.D("2026-04-01"), on="2026-05-01")
    payment = books.pay(customer, 500, on="2026-05-02")
    books.visit(subscription, "2026-05-26")
    books.draft(customer.business, cast.D("2026-05-01"), "2026-06-01")
    return {"invoice": invoice.number, "payment": payment.pk, "draft": customer.invoices.get(state="draft").pk}


def _a_hold(customer: Customer) -> Hold:
    first, last = cast.D("2026-06-09"), cast.D("2026-06-10")
    return holds.place(customer=customer, start_date=first, end_date=last, actor=SYSTEM, now=cast.NOON)[0]


def _a_request(customer: Customer) -> ServiceRequest:
    stop, login = cast.a_stop(customer.subscriptions.get(), "2026-05-26"), Actor(ActorKind.CUSTOMER, uuid4())
    about = {"topic": "damage", "note": "", "photo": cast.a_picture()}
    return problems.ask(customer=customer, stop=stop, actor=login, now=cast.NOON, **about)  # type: ignore[arg-type]


def _a_photo(customer: Customer) -> Photo:
    stop = cast.a_stop(customer.subscriptions.get(), "2026-05-26")
    return photos.add(stop=stop, kind=Photo.Kind.AFTER, content=cast.a_picture(), actor=SYSTEM, now=cast.NOON)


def test_every_view_that_asks_nobody_to_sign_in_says_why() -> None:
    open_to_all = [p.callback for p in audiences.patterns() if audiences.of(p.callback) in ("public", "provider")]
    assert all(len(vars(view)["because"]) > 10 for view in open_to_all)


def test_an_address_without_an_audience_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody_thought_of_it(_request: object) -> HttpResponse:
        return HttpResponse()

    bare = address("bare/", nobody_thought_of_it)
    monkeypatch.setattr(audiences, "patterns", lambda: [bare])
    (found,) = audiences.every_view_names_its_audience()
    assert isinstance(found, Error)
    assert "bare/" in found.msg


def test_addresses_are_built_in_one_place_only() -> None:
    own = {PACKAGE / "config" / "links.py", PACKAGE / "config" / "urls.py"}
    sources = [file for kind in ("*.py", "*.html") for file in PACKAGE.rglob(kind) if file not in own]
    guilty = [
        str(file.relative_to(PACKAGE))
        for file in sources
        if re.search(r"""reverse\(|["'(]/(?:portal|dashboard)/|\burl\(""", file.read_text())
    ]
    assert guilty == []
