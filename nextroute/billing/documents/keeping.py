"""Document: a paper that was set, kept so that the same one is not set again."""

from datetime import datetime

from django.db import models

from nextroute.billing.documents import typesetting
from nextroute.billing.documents.paper import Paper
from nextroute.core import files, scope
from nextroute.core.rows import BusinessRow
from nextroute.customers.customers import Customer


class Document(BusinessRow):
    """`key` names what the paper says and how we set it (typesetting.py), `digest` its bytes in core.files.

    Nothing depends on it: where the row or the bytes are gone, the paper is set again.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="documents"
    )
    key = models.TextField()
    digest = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "key"], name="document_once"),
            models.CheckConstraint(condition=models.Q(digest__regex="^[0-9a-f]{64}$"), name="document_digest"),
        ]


class Sheet:
    """A paper on its way to be read: what it is named by is known before it is set."""

    def __init__(self, paper: Paper) -> None:
        self._content = typesetting.content(paper)
        self.key = typesetting.key(self._content)

    def unkept(self) -> bytes:
        """Its bytes, set now. For what is asked for in too many ways to be kept, such as any period's statement."""
        return typesetting.pdf(self._content)

    def pdf(self, *, customer: Customer, now: datetime) -> bytes:
        """Its bytes; set and kept where they are not yet. In the customer's scope or the business's; takes no lock, so
        that several who ask at once may set it at once, into the same bytes and one row.
        """
        found = Document.objects.filter(customer=customer, key=self.key).first()
        try:
            if found:
                return files.read(found.digest)
        except FileNotFoundError:
            pass  # the same bytes go to the same place again
        written = self.unkept()
        digest = files.keep(written)
        if not found:
            self._note(digest, customer, now)
        return written

    def _note(self, digest: str, customer: Customer, now: datetime) -> None:
        made = Document(business_id=customer.business_id, customer=customer, key=self.key, digest=digest, made_at=now)
        with scope.business(customer.business_id):
            Document.objects.bulk_create([made], ignore_conflicts=True)
