"""A statement on paper: a customer's account over a period."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from nextroute.billing.account import Account
from nextroute.billing.documents import entry_words
from nextroute.billing.documents.letterhead import Letterhead, on, speaking_to
from nextroute.billing.documents.paper import Cell, Column, Mark, Paper, Part, Sum
from nextroute.core.days import ONE_DAY
from nextroute.core.words import money
from nextroute.customers.customers import Customer
from nextroute.tenancy.businesses import Business


def paper(account: Account, *, customer: Customer, business: Business) -> Paper:
    with speaking_to(customer, business):
        first, last = on(account.first), on(account.last)
        return Letterhead(business, customer).paper(
            heading=_("Statement"),
            day=account.last,
            mark=Mark(),
            facts=[Sum(_("From"), first), Sum(_("Through"), last)],
            columns=[
                Column(_("Day")),
                Column(_("What"), wide=True),
                Column(_("Amount"), amount=True),
                Column(_("Balance"), amount=True),
            ],
            rows=_rows(account),
            sums=[],
            total=Sum(_("Balance on %(day)s") % {"day": last}, money(account.closing, account.currency)),
            parts=list(_meaning(account)),
        )


def _rows(account: Account) -> Sequence[Sequence[Cell]]:
    def cents(amount: int) -> Cell:
        return Cell(money(amount, account.currency))

    before = [Cell(on(account.first - ONE_DAY)), Cell(_("Balance before")), Cell(""), cents(account.opening)]
    entries = [
        [Cell(on(one.on)), Cell(entry_words.said(one), one.words, strong=True), cents(one.cents), cents(one.balance)]
        for one in account.entries
    ]
    return [before, *entries]


def _meaning(account: Account) -> Iterator[Part]:
    if account.closing < 0:
        yield Part("", words=_("A balance below zero is your credit: it is used on your next invoice."))
