"""ServiceRequest: something a customer asked the office for, its state, and who answered it."""

from datetime import date

from django.db import models

from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow, same_business
from nextroute.scheduling.stops import WITH_PLAN
from nextroute.service_requests.kinds import Kind, State

__all__ = ["Kind", "RequestRefused", "ServiceRequest", "State"]


class RequestRefused(Refused):
    """This cannot be asked for, or not be answered; `field` is the input to change."""


_KEPT = [State.PENDING, State.APPROVED, State.DECLINED, State.WITHDRAWN, State.DONE]


class ServiceRequestQuerySet(models.QuerySet["ServiceRequest"]):
    def waiting(self, today: date) -> "ServiceRequestQuerySet":
        """Those the office has to answer, an extra that lost its day among them; the longest waiting first."""
        lost = models.Q(answer_state=State.APPROVED, extra__dropped_at__isnull=False, extra__called_off_at=None)
        over = models.Q(expires_after__lt=today)
        return self.filter((models.Q(answer_state=State.PENDING) & ~over) | lost).order_by("asked_at", "id")

    def in_words(self) -> "ServiceRequestQuerySet":
        """With all at hand that words.describe reads. Two statements, however many."""
        of_stop = (f"stop__{one}" for one in (*WITH_PLAN,))
        related = ("business", "customer", "property", "plan", "subscription__plan", "extra", *of_stop)
        return self.select_related(*related).prefetch_related(
            "endings__subscription__plan", "endings__subscription__property"
        )


class ServiceRequest(BusinessRow):
    """What was asked. `day` (local): an extra's, the first of a new plan or of a hold, the last of a service, the due
    day of a skip, the day of a visit with a problem; `last_day`: a hold's. `price_cents`: as it was shown when it was
    asked, of the extra in all, or of a visit (or period) of the new plan. `topic`: why it is cancelled, what the
    problem is. `expires_after`: the last day on which an answer helps. `answer_state` is what was decided; whether it
    is done or came too late is read from the days (`state`), so that it is never late.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, related_name="service_requests"
    )
    kind = models.TextField(choices=Kind)
    answer_state = models.TextField(choices=[(s.value, s.value) for s in _KEPT], default=State.PENDING)
    asked_at = models.DateTimeField()
    property = models.ForeignKey(
        "customers.Property", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    subscription = models.ForeignKey(
        "scheduling.Subscription", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    plan = models.ForeignKey(
        "scheduling.Plan", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    stop = models.ForeignKey(
        "scheduling.Stop", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    price_cents = models.BigIntegerField(null=True)
    topic = models.TextField(default="")
    note = models.TextField(default="")
    photo_digest = models.TextField(default="")
    small_photo_digest = models.TextField(default="")
    expires_after = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(default="", help_text="core.actors.Actor, as text")
    answer = models.TextField(default="", help_text="the office's words")
    extra = models.ForeignKey(
        "scheduling.Extra", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    new_subscription = models.ForeignKey(
        "scheduling.Subscription", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )

    objects = ServiceRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            same_business("customer", name="request_of_customer"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="request_kind"),
            models.CheckConstraint(condition=models.Q(answer_state__in=_KEPT), name="request_state"),
            models.CheckConstraint(
                condition=models.Q(answer_state=State.PENDING) ^ models.Q(answered_at__isnull=False),
                name="request_answered",
            ),
            models.UniqueConstraint(
                fields=["customer", "kind", "property", "subscription", "plan", "stop", "day", "last_day"],
                condition=models.Q(answer_state=State.PENDING) & ~models.Q(kind=Kind.CANCELLATION),
                nulls_distinct=False,
                name="request_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "asked_at"],
                condition=models.Q(answer_state=State.PENDING),
                name="request_waiting",
            ),
        ]

    def state(self, today: date) -> State:
        """Where it stands on a local day. An extra that lost its day waits again, one that the office called off is
        declined. Needs `extra` at hand."""
        decided = State(self.answer_state)
        if decided is State.PENDING:
            over = self.expires_after is not None and self.expires_after < today
            return State.EXPIRED if over else State.PENDING
        if decided is not State.APPROVED:
            return decided
        if self.extra and self.extra.called_off_at:
            return State.DECLINED
        if self.extra and self.extra.dropped_at:
            return State.PENDING
        last = self.last_day or (self.extra.day if self.extra else self.day)
        return State.DONE if last and last < today else State.APPROVED
