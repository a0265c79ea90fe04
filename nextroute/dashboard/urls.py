"""The dashboard's addresses, below the prefix config/urls.py gives them."""

from django.urls import path

from nextroute.dashboard.businesses import businesses
from nextroute.dashboard.service_requests import request_photo, service_request, service_requests
from nextroute.dashboard.sign_in import sign_in, sign_out
from nextroute.dashboard.stripe_account import again, back, stripe_account
from nextroute.dashboard.today import today

urlpatterns = [
    path("", today, name="dashboard_home"),
    path("requests/", service_requests, name="dashboard_requests"),
    path("requests/<uuid:key>/", service_request, name="dashboard_request"),
    path("requests/<uuid:key>/photo/", request_photo, name="dashboard_request_photo"),
    path("stripe/", stripe_account, name="dashboard_stripe"),
    path("stripe/back/", back, name="dashboard_stripe_back"),
    path("stripe/again/", again, name="dashboard_stripe_again"),
    path("businesses/", businesses, name="dashboard_businesses"),
    path("sign-in/", sign_in, name="dashboard_sign_in"),
    path("sign-out/", sign_out, name="dashboard_sign_out"),
]
