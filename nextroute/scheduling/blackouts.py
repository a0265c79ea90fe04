"""BlackoutDate: a day the business, or one zone, does not run."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow
from nextroute.core.verbs import verb
from nextroute.scheduling import extra_drops, locks, moves
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.reconcile import Change, reconcile
from nextroute.scheduling.zones import Zone
from nextroute.tenancy.businesses import Business


class BlackoutDate(BusinessRow):
    """No service on `date` (local), for one zone or, with none, the business; `effect` says where its visits go."""

    zone = models.ForeignKey(
        "scheduling.Zone", models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    date = models.DateField()
    name = models.TextField()
    effect = models.TextField(choices=[(e.value, e.value) for e in Effect], default=Effect.SKIP)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "zone", "date"], nulls_distinct=False, name="blackout_date_once"
            ),
            models.CheckConstraint(condition=models.Q(effect__in=[e.value for e in Effect]), name="blackout_effect"),
        ]


class BlackoutExists(Refused):
    """There is one on this date for this zone, or for the whole business, already (409 to the API)."""


@verb
def add(
    *,
    business: Business,
    date: date,
    name: str,
    effect: Effect,
    actor: Actor,
    now: datetime,
    zone: Zone | None = None,
) -> tuple[BlackoutDate, Change]:
    """Do not run on `date` (local), and move or drop its visits on open routes at once. Extras wait for another day.

    Customers whose visits move or fall away hear of it. Raises Refused for a day before today, BlackoutExists for one
    that is there.
    """
    _guard(date, today := business.today(now))
    locks.schedule_exclusively(business)
    with scope.business(business.id):
        try:
            with transaction.atomic():
                made = BlackoutDate.objects.create(business=business, zone=zone, date=date, name=name, effect=effect)
        except IntegrityError as fault:
            if "blackout_date_once" not in str(fault):
                raise
            raise BlackoutExists(_("There is a day off on this date already."), field="date") from fault
        extra_drops.on_days_off(business, date, name, actor=actor, now=now)
        return made, _reconcile(made, Verb.BLACKOUT_ADDED, actor, today, now)


@verb
def remove(*, blackout: BlackoutDate, actor: Actor, now: datetime) -> Change:
    """Run on that day after all; visits come back where routes are still open. Raises Refused for the past."""
    with scope.business(blackout.business_id):
        _guard(blackout.date, today := blackout.business.today(now))
        locks.schedule_exclusively(blackout.business)
        BlackoutDate.objects.filter(id=blackout.id).delete()
        return _reconcile(blackout, Verb.BLACKOUT_REMOVED, actor, today, now)


def _guard(day: date, today: date) -> None:
    if day < today:
        raise Refused(_("Choose today or a later day."), field="date")


def _reconcile(blackout: BlackoutDate, verb: Verb, actor: Actor, today: date, now: datetime) -> Change:
    """From the blackout's week on: it may have moved visits of the days before a later blackout, too."""
    business, change = blackout.business, Change()
    business.refresh_from_db(fields=["generated_through"])
    through = business.generated_through
    if through and blackout.date <= through:
        first = max(today, blackout.date - timedelta(days=7))
        with moves.told(business, first, through, blackout.name, now=now):
            change = reconcile(business, first, through, today=today)
    record(
        verb,
        actor=actor,
        business_id=business.id,
        subject=blackout,
        label=f"{blackout.date} {blackout.name}",
        counts=change.counts,
    )
    return change
