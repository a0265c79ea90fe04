"""Access: which customers a login may act for."""

from typing import Self

from django.db import models

from nextroute.core.rows import BusinessRow


class Role(models.TextChoices):
    OWNER = "owner"


class AccessQuerySet(models.QuerySet["Access"]):
    def with_all_they_open(self) -> Self:
        """With login, customer, business and branding, in the same statement."""
        return self.select_related("login", "customer", "business__branding")


class Access(BusinessRow):
    """A login may act for a customer, in a role; many to many from the first day."""

    login = models.ForeignKey(
        "identity.Login", models.PROTECT, db_constraint=False, db_index=False, related_name="accesses"
    )
    customer = models.ForeignKey("customers.Customer", models.PROTECT, db_constraint=False, related_name="accesses")
    role = models.TextField(choices=Role, default=Role.OWNER)

    objects = AccessQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["login", "customer"], name="access_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="access_role"),
        ]
