"""The addresses machines call, below the prefix config/urls.py gives them."""

from django.urls import path

from nextroute.api.mail import mail
from nextroute.api.sms import sms
from nextroute.api.stripe_webhook import stripe

urlpatterns = [
    path("webhooks/sms", sms, name="api_sms"),
    path("webhooks/mail", mail, name="api_mail"),
    path("webhooks/stripe", stripe, name="api_stripe"),
]
