"""The dashboard's addresses, below the prefix config/urls.py gives them."""

from django.urls import path

from nextroute.dashboard.businesses import businesses
from nextroute.dashboard.correcting import credit, void
from nextroute.dashboard.documents import invoice_pdf
from nextroute.dashboard.drafts import send_drafts
from nextroute.dashboard.invoice import draft, invoice
from nextroute.dashboard.invoices import all_invoices
from nextroute.dashboard.new_payment import new_payment
from nextroute.dashboard.payment import payment, refund
from nextroute.dashboard.payments import all_payments
from nextroute.dashboard.service_requests import request_photo, service_request, service_requests
from nextroute.dashboard.sign_in import sign_in, sign_out
from nextroute.dashboard.stripe_account import again, back, stripe_account
from nextroute.dashboard.today import today
from nextroute.web import converters  # noqa: F401 - registers what an invoice's number looks like

urlpatterns = [
    path("", today, name="dashboard_home"),
    path("requests/", service_requests, name="dashboard_requests"),
    path("requests/<uuid:key>/", service_request, name="dashboard_request"),
    path("requests/<uuid:key>/photo/", request_photo, name="dashboard_request_photo"),
    path("stripe/", stripe_account, name="dashboard_stripe"),
    path("stripe/back/", back, name="dashboard_stripe_back"),
    path("stripe/again/", again, name="dashboard_stripe_again"),
    path("invoices/", all_invoices, name="dashboard_invoices"),
    path("invoices/drafts/<str:month>/send/", send_drafts, name="dashboard_send_drafts"),
    path("invoices/draft/<uuid:key>/", draft, name="dashboard_draft"),
    path("invoices/<str:number>/", invoice, name="dashboard_invoice"),
    path("invoices/<str:number>/void/", void, name="dashboard_void"),
    path("invoices/<str:number>/credit/", credit, name="dashboard_credit"),
    path("payments/", all_payments, name="dashboard_payments"),
    path("payments/new/", new_payment, name="dashboard_new_payment"),
    path("payments/<uuid:key>/", payment, name="dashboard_payment"),
    path("payments/<uuid:key>/refund/", refund, name="dashboard_refund"),
    path("invoices/<invoice_number:number>/pdf/", invoice_pdf, name="dashboard_invoice_pdf"),
    path("businesses/", businesses, name="dashboard_businesses"),
    path("sign-in/", sign_in, name="dashboard_sign_in"),
    path("sign-out/", sign_out, name="dashboard_sign_out"),
]
