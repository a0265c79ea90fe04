import pytest

from nextroute.customers.models import Customer
from nextroute.scheduling.reconcile import reconcile
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import D
from tests.service_requests.scene import TODAY, a_made_stop, every_two_weeks


@pytest.fixture
def ready(bright: Business, ada: Customer) -> Customer:
    """Ada, with routes made through July 15 and a visit behind her, at a business that can be written to."""
    bright.email, bright.phone = "hello@brightbins.example", "+13035550142"
    bright.save()
    reconcile(bright, TODAY, D("2026-07-15"), today=TODAY)
    ada.business = bright
    cast.a_wash(bright)
    every_two_weeks(ada)
    a_made_stop(ada)
    return ada
