"""The portal's addresses, below the prefix config/urls.py gives them."""

from datetime import date

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from nextroute.portal.activity import activity
from nextroute.portal.autopay import (
    autopay,
    autopay_add,
    autopay_added,
    autopay_method,
    autopay_off,
    autopay_on,
)
from nextroute.portal.brand_files import brand_css, icon
from nextroute.portal.calendar_feed import calendar, calendar_feed
from nextroute.portal.cancel import cancel
from nextroute.portal.choose_customer import choose_customer
from nextroute.portal.documents import invoice_pdf, receipt_pdf
from nextroute.portal.extras import new_extra
from nextroute.portal.history import history
from nextroute.portal.holds import all_holds, change_hold, hold, lift_hold, new_hold
from nextroute.portal.home import home
from nextroute.portal.invoice import draft, invoice
from nextroute.portal.invoices import all_invoices
from nextroute.portal.password import password
from nextroute.portal.paying import paid, pay
from nextroute.portal.payments import all_payments, payment
from nextroute.portal.photos import photo, small_photo
from nextroute.portal.plans import all_plans, change_plan
from nextroute.portal.problems import problem
from nextroute.portal.schedule import schedule
from nextroute.portal.service_requests import all_requests, request_photo, service_request, small_request_photo
from nextroute.portal.sign_in import shared_sign_in, sign_in, sign_out
from nextroute.portal.sign_in_choose import sign_in_choose
from nextroute.portal.sign_in_link import sign_in_link
from nextroute.portal.sign_in_sent import sign_in_again, sign_in_sent
from nextroute.portal.skips import skip
from nextroute.portal.statement import statement, statement_file, statement_pdf
from nextroute.web import converters  # noqa: F401 - registers what an invoice's number looks like


class BusinessSlug(StringConverter):
    """As tenancy's `is_slug` has it."""

    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"


class Version(StringConverter):
    regex = "[0-9a-f]{12}"


class Day(StringConverter):
    """A local day: 2026-07-03."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:  # type: ignore[override]
        return date.fromisoformat(value)


class InvoiceNumber(StringConverter):
    """INV-1042."""

    regex = "[A-Z]{1,8}-[0-9]{1,18}"


register_converter(Day, "day")
register_converter(InvoiceNumber, "number")
register_converter(BusinessSlug, "business")
register_converter(Version, "version")

urlpatterns = [
    path("", home, name="portal_home"),
    path("schedule/", schedule, name="portal_schedule"),
    path("activity/", activity, name="portal_activity"),
    path("calendar/", calendar, name="portal_calendar"),
    path("calendar/<str:token>.ics", calendar_feed, name="portal_calendar_feed"),
    path("history/", history, name="portal_history"),
    path("history/photos/<uuid:photo>/", photo, name="portal_photo"),
    path("history/photos/<uuid:photo>/small/", small_photo, name="portal_photo_small"),
    path("history/<uuid:stop>/problem/", problem, name="portal_problem"),
    path("invoices/", all_invoices, name="portal_invoices"),
    path("invoices/<number:number>/", invoice, name="portal_invoice"),
    path("invoices/draft/<uuid:key>/", draft, name="portal_draft"),
    path("payments/", all_payments, name="portal_payments"),
    path("payments/<uuid:key>/", payment, name="portal_payment"),
    path("requests/", all_requests, name="portal_requests"),
    path("requests/<uuid:key>/", service_request, name="portal_request"),
    path("requests/<uuid:key>/photo/", request_photo, name="portal_request_photo"),
    path("requests/<uuid:key>/photo/small/", small_request_photo, name="portal_small_request_photo"),
    path("extras/new/", new_extra, name="portal_new_extra"),
    path("plans/", all_plans, name="portal_plans"),
    path("plans/<uuid:subscription>/", change_plan, name="portal_change_plan"),
    path("cancel/", cancel, name="portal_cancel"),
    path("pay/", pay, name="portal_pay"),
    path("pay/<uuid:payment>/", paid, name="portal_paid"),
    path("autopay/", autopay, name="portal_autopay"),
    path("autopay/on/", autopay_on, name="portal_autopay_on"),
    path("autopay/off/", autopay_off, name="portal_autopay_off"),
    path("autopay/add/", autopay_add, name="portal_autopay_add"),
    path("autopay/added/<uuid:setup>/", autopay_added, name="portal_autopay_added"),
    path("autopay/methods/<uuid:method>/", autopay_method, name="portal_autopay_method"),
    path("holds/", all_holds, name="portal_holds"),
    path("holds/new/", new_hold, name="portal_new_hold"),
    path("holds/<uuid:hold>/", hold, name="portal_hold"),
    path("holds/<uuid:hold>/change/", change_hold, name="portal_change_hold"),
    path("holds/<uuid:hold>/lift/", lift_hold, name="portal_lift_hold"),
    path("visits/<uuid:subscription>/<day:due_on>/skip/", skip, name="portal_skip"),
    path("invoices/<invoice_number:number>/pdf/", invoice_pdf, name="portal_invoice_pdf"),
    path("payments/<uuid:payment>/receipt.pdf", receipt_pdf, name="portal_receipt_pdf"),
    path("statement/", statement, name="portal_statement"),
    path("statement/statement.pdf", statement_pdf, name="portal_statement_pdf"),
    path("statement/statement.csv", statement_file, name="portal_statement_csv"),
    path("customers/", choose_customer, name="portal_choose_customer"),
    path("password/", password, name="portal_password"),
    path("sign-out/", sign_out, name="portal_sign_out"),
    path("sign-in/", shared_sign_in, name="portal_shared_sign_in"),
    path("sign-in/sent/", sign_in_sent, name="portal_sign_in_sent"),
    path("sign-in/again/", sign_in_again, name="portal_sign_in_again"),
    path("sign-in/choose/", sign_in_choose, name="portal_sign_in_choose"),
    # Any text: a link that lost or gained a letter on its way is answered as kindly as one that is too old.
    path("sign-in/<str:token>/", sign_in_link, name="portal_sign_in_link"),
    path("at/<business:slug>/", sign_in, name="portal_sign_in"),
    path("at/<business:slug>/brand.<version:version>.css", brand_css, name="portal_brand_css"),
    path("at/<business:slug>/icon.<version:version>.svg", icon, name="portal_icon"),
]
