"""The monthly run: what was done becomes drafts, once. The rule: docs/rules/invoicing.md.

A fixed number of statements however many customers; nothing of them is held here.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import F
from django.db.models.functions import Greatest

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.billing import invoices, locks, statements
from nextroute.billing.lines import POSITIONS
from nextroute.billing.sending import Sent
from nextroute.core import scope
from nextroute.core.actors import SYSTEM, Actor
from nextroute.core.days import ONE_DAY, add_months, first_of_month, last_of_month
from nextroute.core.verbs import verb
from nextroute.scheduling import closing, question
from nextroute.scheduling.plans import Plan
from nextroute.tenancy.businesses import Business

BEGINS = time(4)  # local, after the night has closed the month's last day


@dataclass(frozen=True, slots=True)
class Drafted:
    """How many invoices were opened, lines written or added to, and visits charged."""

    invoices: int = 0
    lines: int = 0
    visits: int = 0

    def __add__(self, other: "Drafted") -> "Drafted":
        return Drafted(self.invoices + other.invoices, self.lines + other.lines, self.visits + other.visits)

    def __bool__(self) -> bool:
        return self != Drafted()


def due(business: Business, now: datetime) -> bool:
    """Whether a month is over there that is not billed yet."""
    here = business.here(now)
    return here.time() >= BEGINS and (business.billed_through or date.min) < last_month(here.date())[1]


def last_month(today: date) -> tuple[date, date]:
    """The first and last day of the month before today's (local days)."""
    last = first_of_month(today) - ONE_DAY
    return first_of_month(last), last


def bill(
    business: Business, *, now: datetime, month: date | None = None, actor: Actor = SYSTEM
) -> tuple[Drafted, Sent]:
    """Draft the invoices of the month of a local day (default: the last one that is over); where the business says so,
    send them once it is over. Days that are over are closed first. Safe to repeat, and beside another worker.
    """
    today = business.today(now)
    first = first_of_month(month) if month else last_month(today)[0]
    closing.close(business, today=today, now=now)
    drafted = draft(business, first=first, today=today, now=now, actor=actor)
    if business.auto_send and last_of_month(first) < today:
        return drafted, invoices.send_all(business=business, period_first=first, actor=actor, now=now)
    return drafted, Sent()


@verb
def draft(business: Business, *, first: date, today: date, now: datetime, actor: Actor) -> Drafted:
    """Put everything that is not charged yet, through the end of the month that begins on `first`, on its drafts.

    Plans that are paid by the month follow once it is over, by the record of its visits.
    """
    locks.drafts_alone(business)
    with scope.business(business.id):
        business.refresh_from_db(fields=["flat_billing", "hold_credit", "default_tax_rate", "currency"])
        over = last_of_month(first) < today
        done = _draft(business, _parameters(business, first, now), over=over)
        if over:
            through = Greatest(F("billed_through"), last_of_month(first))
            Business.objects.filter(id=business.id).update(billed_through=through)
        if done:
            record(
                Verb.INVOICES_DRAFTED,
                actor=actor,
                business_id=business.id,
                subject="invoice",
                label=f"{first:%Y-%m}",
                counts=asdict(done),
            )
    return done


def _draft(business: Business, asked: dict[str, Any], *, over: bool) -> Drafted:
    with statements.without_nested_loops():
        done = _post("visits", asked)
        if over:
            done += _flat(business, asked)
    if Plan.objects.filter(business=business, setup_fee_cents__gt=0).exists():
        done += _post("setup", asked)  # of few: their stops are found by index
    if done:
        with statements.without_nested_loops():
            statements.change("totals", asked)
    return done


def _flat(business: Business, asked: dict[str, Any]) -> Drafted:
    done = _of_month("flat", asked["first"], asked)
    if business.flat_billing == "in_advance":
        done += _of_month("flat_ahead", add_months(asked["first"], 1), asked)
    return done


def _of_month(name: str, month: date, asked: dict[str, Any]) -> Drafted:
    of_month = asked | {"month": month, "month_last": last_of_month(month)}
    partly = [customer for (customer,) in statements.rows("part_months", of_month)]
    return _post(name, of_month | question.parameters([], month, last_of_month(month), partly))


def _parameters(business: Business, first: date, now: datetime) -> dict[str, Any]:
    positions = {str(kind): position for kind, position in POSITIONS.items()}
    return positions | {
        "business": business.id,
        "first": first,
        "last": last_of_month(first),
        "now": now,
        "currency": business.currency,
        "tax_rate": business.default_tax_rate,
        "hold_credit": business.hold_credit,
    }


def _post(name: str, asked: dict[str, Any]) -> Drafted:
    [row] = statements.rows(name, asked)
    return Drafted(*row)
