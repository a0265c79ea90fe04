"""What a customer may do with their visits by themselves, as pages offer it. The verbs decide again."""

from dataclasses import dataclass
from datetime import date

from nextroute.portal.askers import login_of
from nextroute.portal.requests import CustomerRequest
from nextroute.scheduling import notice
from nextroute.scheduling.visits import State, Visit
from nextroute.tenancy import permissions
from nextroute.tenancy.permissions import Action, Mode


@dataclass(frozen=True, slots=True)
class May:
    """`hold`: plan a time away. `skip_from`: the first day (local) whose visits can be skipped; none: not by them.
    `extra`, `change_plan`, `cancel`: arrange these, or ask for them."""

    hold: bool
    skip_from: date | None
    extra: bool
    change_plan: bool
    cancel: bool

    def skip(self, visit: Visit) -> bool:
        """Whether to offer doing without this visit."""
        planned = visit.state in (State.SCHEDULED, State.EXPECTED) and visit.subscription_id is not None
        return planned and self._in_time(visit)

    def unskip(self, visit: Visit) -> bool:
        """Whether to offer having it after all."""
        return visit.skip_id is not None and visit.state is State.OFF and self._in_time(visit)

    def _in_time(self, visit: Visit) -> bool:
        return self.skip_from is not None and visit.attempt == 1 and visit.day >= self.skip_from


def of(request: CustomerRequest) -> May:
    business = request.business
    on = {action: permissions.mode(business, action) is not Mode.OFF for action in Action}
    skip_from = notice.first_day(business, Action.SKIP, login_of(request), request.now) if on[Action.SKIP] else None
    return May(on[Action.HOLD], skip_from, on[Action.EXTRA], on[Action.PLAN_CHANGE], on[Action.CANCELLATION])
