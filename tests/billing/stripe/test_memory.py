"""What the stand-in remembers between two runs, and the levers that are pulled over HTTP."""

from pathlib import Path

import pytest
import requests
import stripe

from nextroute.billing.stripe.fake import a_fake_stripe
from tests.billing.stripe.shop import GOOD_BANK, Shop, a_client


def test_with_a_folder_it_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    with a_fake_stripe(folder=tmp_path) as fake:
        shop = Shop(fake, a_client(fake))
        customer = shop.client.v1.customers.create({"name": "Ada"}, shop.options("k")).id
        intent = shop.paid(bank=GOOD_BANK)
        before = fake.books(shop.account)
    with a_fake_stripe(folder=tmp_path) as fake:
        shop.fake, shop.client = fake, a_client(fake)
        assert fake.books(shop.account) == before
        assert shop.client.v1.customers.create({"name": "Ada"}, shop.options("k")).id == customer
        fake.advance(days=5)
        assert shop.intent(intent).status == "succeeded"


def test_without_one_it_writes_nothing(tmp_path: Path, shop: Shop) -> None:
    shop.paid()
    assert shop.fake.world._file is None


def test_what_breaks_in_the_stand_in_is_never_taken_for_a_lost_line() -> None:
    def breaking() -> None:
        with a_fake_stripe() as fake:
            shop = Shop(fake, a_client(fake))
            del fake.world.things[shop.account]
            with pytest.raises(stripe.APIConnectionError):
                shop.customer()

    with pytest.raises(ExceptionGroup, match="stand-in for Stripe broke"):
        breaking()


def test_every_lever_is_pulled_over_http_too(shop: Shop) -> None:
    def pull(name: str, **by: object) -> requests.Response:
        return requests.post(f"{shop.fake.url}/test_helpers/{name}", json=by, timeout=5)

    paid = pull("pay", session=shop.session().id, card="4242424242424242").json()["done"]
    assert pull("dispute", payment=paid["id"]).json()["done"]["status"] == "needs_response"
    assert pull("advance", days=2).json() == {"done": None}
    assert pull("books", account=shop.account).json()["done"]["withdrawn"] == 5_000
    assert pull("pay", session=shop.session().id, card="4000000000000002").status_code == 402
    assert pull("pay", seance="x").status_code == 400
    assert "advance" in pull("fly").json()["levers"]
