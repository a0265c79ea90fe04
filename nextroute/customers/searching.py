"""Finding customers by what somebody at the office remembers of them."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, TextField, Value
from django.db.models.functions import Concat

from nextroute.customers.customers import Customer


def search(text: str, *, most: int) -> Sequence[Customer]:
    """By their number, exactly; else those in whose name or e-mail the text is, by name. At most two statements, in the
    business's scope; the second looks at each of its customers."""
    text = " ".join(text.replace("\x00", "").split())
    if not text:
        return []
    if exact := list(Customer.objects.filter(ref=text)):
        return exact
    named = Customer.objects.annotate(full=Concat("first_name", Value(" "), "last_name", output_field=TextField()))
    within = Q(company__icontains=text) | Q(full__icontains=text) | Q(email__icontains=text)
    return list(named.filter(within).order_by("company", "last_name", "first_name", "ref")[:most])


def find(key: UUID) -> Customer:
    """The customer with this key, their business at hand. Raises Customer.DoesNotExist."""
    return Customer.objects.select_related("business").get(id=key)
