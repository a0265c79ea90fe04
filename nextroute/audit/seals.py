"""Seal and Unsealed: the chain over the entries, and what is not in it yet."""

from django.db import models


class Seal(models.Model):
    """Number `sequence` of a business's chain: a hash over the entry, the number and the hash before it."""

    id = models.UUIDField(primary_key=True, editable=False, help_text="its entry's")
    business_id = models.UUIDField()
    sequence = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["business_id", "sequence"], name="audit_seal_sequence")]

    def __str__(self) -> str:
        return f"seal {self.sequence}"


class Unsealed(models.Model):
    """An entry waiting for its seal; a trigger puts it here, the sealer takes it away."""

    id = models.UUIDField(primary_key=True, editable=False, help_text="its entry's")
    business_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["business_id", "id"], name="audit_unsealed_of_business")]

    def __str__(self) -> str:
        return f"unsealed {self.id}"
