"""Discarding a draft, so that the next run bills its visits. The rule: docs/rules/invoicing.md."""

from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.billing import locks, statements
from nextroute.billing.invoices import Invoice, State
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.verbs import verb


@verb
def discard(*, invoice: Invoice, actor: Actor) -> None:
    """The draft is gone; its visits wait for the next run. Raises Refused when it is no draft, and when it charges what
    no run would charge again: a month of a plan that is paid by the month, or a set-up fee whose visits are elsewhere.
    """
    customer = invoice.customer
    locks.drafts_beside_others(customer.business_id)
    locks.books_of(customer)
    with scope.business(customer.business_id):
        found = Invoice.objects.filter(id=invoice.pk, state=State.DRAFT).first()
        if found is None:
            raise Refused(_("This invoice is not a draft any more."))
        if reason := why_not(found):
            raise Refused(reason)
        statements.change("unbill", {"invoice": found.pk, "business": customer.business_id})
        record(
            Verb.INVOICE_DISCARDED,
            actor=actor,
            business_id=customer.business_id,
            subject=found,
            label=f"{found.period_first:%Y-%m}",
            customer_id=customer.pk,
            detail={"cents": found.total_cents},
        )


def why_not(invoice: Invoice) -> str:
    """Why a draft cannot be discarded; "" when it can. Two statements, in the business's scope."""
    if invoice.lines.filter(month__isnull=False).exists():
        return _(
            "A month of a plan stands on it, and no later run charges that month again. "
            "Send it, and credit what should not be charged."
        )
    [(elsewhere,)] = statements.rows("set_up_here", {"invoice": invoice.pk})
    if elsewhere:
        return _(
            "A set-up fee stands on it, and the plan’s other visits are charged elsewhere, so no later run charges "
            "the fee again. Send it, and credit what should not be charged."
        )
    return ""
