"""Property: a place where a customer is served."""

import re

from django.db import models

from nextroute.core.rows import BusinessRow, same_business

# The Postal Service's short forms, so that an export spelling a street out matches one that does not.
_SHORT = {
    "avenue": "ave", "boulevard": "blvd", "circle": "cir", "court": "ct", "drive": "dr", "highway": "hwy",
    "lane": "ln", "parkway": "pkwy", "place": "pl", "road": "rd", "square": "sq", "street": "st",
    "terrace": "ter", "trail": "trl", "turnpike": "tpke",
    "north": "n", "south": "s", "east": "e", "west": "w",
    "northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
    "apartment": "apt", "suite": "ste",
}  # fmt: skip


def normalised_address(*lines: str) -> str:
    """Lines of an address in a form to compare by, never to show: case, punctuation and short forms do not count."""
    return "|".join(" ".join(_SHORT.get(word, word) for word in re.findall(r"\w+", line.casefold())) for line in lines)


def short_address(address1: str, address2: str) -> str:
    """One short line, as people name the place."""
    return ", ".join(filter(None, (address1, address2)))


class Property(BusinessRow):
    """A service location of exactly one customer; `normalised` is its address to compare by.

    Coordinates are WGS 84 degrees. `trash_day` is an ISO weekday, when the municipality collects.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="properties"
    )
    address1 = models.TextField()
    address2 = models.TextField(blank=True, default="")
    city = models.TextField(blank=True, default="")
    state = models.TextField(blank=True, default="")
    postal_code = models.TextField()
    normalised = models.TextField()
    lat = models.FloatField(null=True, blank=True)
    lng = models.FloatField(null=True, blank=True)
    zone = models.ForeignKey(
        "scheduling.Zone", models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    bin_count = models.SmallIntegerField(default=1)
    bin_size = models.TextField(blank=True, default="")
    bin_location = models.TextField(blank=True, default="")
    trash_day = models.SmallIntegerField(null=True, blank=True)
    gate_code = models.TextField(blank=True, default="")
    notes = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            same_business("customer", name="property_in_business"),
            models.UniqueConstraint(fields=["customer", "normalised"], name="property_address"),
            models.CheckConstraint(condition=models.Q(bin_count__gte=0), name="property_bins"),
            models.CheckConstraint(
                condition=models.Q(lat=None, lng=None) | models.Q(lat__range=(-90, 90), lng__range=(-180, 180)),
                name="property_coordinates",
            ),
            models.CheckConstraint(
                condition=models.Q(trash_day=None) | models.Q(trash_day__range=(1, 7)), name="property_trash_day"
            ),
        ]

    def __str__(self) -> str:
        return short_address(self.address1, self.address2)
