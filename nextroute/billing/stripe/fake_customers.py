"""Customers of one account, in the stand-in."""

import stripe

from nextroute.billing.stripe import fake_events as events
from nextroute.billing.stripe import fake_lists as lists
from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_shapes import blank
from nextroute.billing.stripe.fake_state import Drawer, Thing

KIND = "customer"
FIELDS = frozenset({"email", "name", "phone", "description", "metadata", "preferred_locales", "address"})


def create(drawer: Drawer, asked: Asked) -> Thing:
    known = {name: value for name, value in asked.items() if name in FIELDS}
    customer = drawer.put("cus", blank(stripe.Customer, created=drawer.now, **known))
    events.tell(drawer, "customer.created", customer)
    return customer


def update(drawer: Drawer, asked: Asked, key: str) -> Thing:
    customer = drawer.get(KIND, key)
    metadata = customer["metadata"] | (asked.get("metadata") or {})
    customer.update({name: value for name, value in asked.items() if name in FIELDS})
    customer["metadata"] = {name: value for name, value in metadata.items() if value != ""}
    events.tell(drawer, "customer.updated", customer)
    return customer


def listed(drawer: Drawer, asked: Asked) -> Thing:
    return lists.page(drawer.every(KIND), asked, "/v1/customers", "email")
