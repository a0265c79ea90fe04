"""Entry and Detail: the trail itself."""

from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import UUID7, Now


class EntryQuerySet(models.QuerySet["Entry"]):
    def latest_first(self, *, before: UUID | None = None) -> Self:
        """Newest first; from the one after `before` on. Keys grow with time, so they are the page's place too."""
        return (self.filter(id__lt=before) if before else self).order_by("-id")


class Entry(models.Model):
    """One action. `subject_*` is what it was done to, `customer_id` whose trail it stands in (none: the office's own).

    `changed` names fields, `counts` says how many rows a bulk action touched; nothing personal is here but where it
    came from. `detail_digest` ties a Detail to it. `at` is the database's own time (UTC), not the caller's.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    business_id = models.UUIDField()
    at = models.DateTimeField(db_default=Now())
    actor_kind = models.TextField(help_text="core.actors.ActorKind")
    actor_id = models.UUIDField(null=True)
    verb = models.TextField(help_text="audit.verbs.Verb")
    subject_type = models.TextField()
    subject_id = models.UUIDField(null=True)
    subject_label = models.TextField(db_default="", help_text="names the thing, never a person")
    customer_id = models.UUIDField(null=True)
    changed = ArrayField(models.TextField(), default=list)
    counts = models.JSONField(default=dict)
    ip = models.TextField(db_default="")
    user_agent = models.TextField(db_default="")
    detail_digest = models.BinaryField(null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business_id", "id"], name="audit_entry_in_business"),
            models.UniqueConstraint(fields=["business_id", "id", "customer_id"], name="audit_entry_of_its_customer"),
        ]
        indexes = [models.Index("customer_id", models.F("id").desc(), name="audit_entry_of_customer")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_label}".strip()


class Detail(models.Model):
    """The personal values of an entry, such as what a field was before and is now. Retention may delete it.

    `salt` is what keeps the digest in the entry from being guessed once this row is gone.
    """

    entry = models.OneToOneField(
        Entry, models.PROTECT, primary_key=True, db_column="id", db_constraint=False, related_name="detail"
    )
    business_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    values = models.JSONField()
    salt = models.UUIDField()

    def __str__(self) -> str:
        return f"detail of {self.entry_id}"
