"""What was set is kept by what it says, once, whoever asks at the same time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from nextroute.billing.documents import invoice as on_paper
from nextroute.billing.documents import typesetting
from nextroute.billing.documents.keeping import Sheet
from nextroute.billing.models import Document, Invoice
from nextroute.core import files, scope
from nextroute.customers.models import Customer
from tests import cast
from tests.billing.books import an_invoice, pay
from tests.cast import NOON


@pytest.fixture
def presses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was set, each time."""
    real, asked = typesetting.pdf, []

    def noted(content: str) -> bytes:
        asked.append(content)
        return real(content)

    monkeypatch.setattr(typesetting, "pdf", noted)
    return asked


def sheet(invoice: Invoice) -> Sheet:
    found = Invoice.objects.with_money().select_related("customer__business").get(id=invoice.pk)
    return Sheet(on_paper.paper(found, business=found.customer.business))


def test_the_same_paper_is_set_once(ada: Customer, folder: Path, presses: list[str]) -> None:
    invoice = an_invoice(ada.subscriptions.get(), 1250)
    first = sheet(invoice).pdf(customer=ada, now=NOON)
    with scope.customer(ada.business_id, ada.pk):
        assert sheet(invoice).pdf(customer=ada, now=NOON) == first
    assert len(presses) == Document.objects.count() == 1
    assert files.read(Document.objects.get().digest) == first


def test_one_that_says_something_else_is_another(ada: Customer, folder: Path, presses: list[str]) -> None:
    invoice = an_invoice(ada.subscriptions.get(), 1250)
    open_ = sheet(invoice)
    pay(ada, 1250)
    paid = sheet(invoice)
    assert open_.key != paid.key
    assert open_.pdf(customer=ada, now=NOON) != paid.pdf(customer=ada, now=NOON)
    assert len(presses) == Document.objects.count() == 2


def test_bytes_that_are_lost_are_set_again(ada: Customer, folder: Path, presses: list[str]) -> None:
    invoice = an_invoice(ada.subscriptions.get(), 1250)
    first = sheet(invoice).pdf(customer=ada, now=NOON)
    next(file for file in folder.rglob("*") if file.is_file()).unlink()
    assert sheet(invoice).pdf(customer=ada, now=NOON) == first
    assert sheet(invoice).pdf(customer=ada, now=NOON) == first
    assert (len(presses), Document.objects.count()) == (2, 1)


@pytest.mark.usefixtures("committed")
def test_eight_who_ask_at_once_get_the_same_and_leave_one_row(folder: Path) -> None:
    business = cast.a_business()
    with cast.inside(business):
        invoice = an_invoice(cast.served(cast.a_customer(business, "ada")), 1250)

    def ask(_n: int) -> bytes:
        try:
            with cast.inside(business):
                wanted = sheet(invoice)
                with scope.customer(business.id, invoice.customer_id):
                    return wanted.pdf(customer=invoice.customer, now=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        got = set(pool.map(ask, range(8)))
    assert len(got) == 1
    with cast.inside(business):
        assert Document.objects.count() == 1
