"""What a request carries by the time a view of the dashboard sees it."""

from collections.abc import Sequence

from nextroute.staff.members import Membership
from nextroute.staff.presence import Presence
from nextroute.ui.pages import Tab
from nextroute.ui.requests import BusinessRequest


class StaffRequest(BusinessRequest):
    """Of a member of staff, in the business's scope: `member` says who (`user`) and as what (`role`).

    `person` and `others` (businesses) are what the page's head says of them.
    """

    presence: Presence
    member: Membership
    person: str
    others: bool
    tabs: Sequence[Tab]
