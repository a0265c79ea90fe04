"""Counter: the last number given of a series, without gaps."""

from django.db import connection, models

from nextroute.core.rows import BusinessRow
from nextroute.tenancy.businesses import Business


class Series(models.TextChoices):
    INVOICE = "INV"
    CREDIT_NOTE = "CN"


# The number before the first one, and how many digits it has at least.
_BEFORE = {Series.INVOICE: 1000, Series.CREDIT_NOTE: 0}
DIGITS = 4


class Counter(BusinessRow):
    """`last` is the latest number of the series. Its row is locked last of all, until the numbers are committed."""

    series = models.TextField(choices=Series)
    last = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["business", "series"], name="counter_once")]


def take(business: Business, series: Series, count: int) -> int:
    """Give out `count` numbers; returns the one before the first of them. Gapless: a roll-back gives them back."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO billing_counter AS c (business_id, series, last) VALUES (%(business)s, %(series)s, %(first)s)
               ON CONFLICT (business_id, series) DO UPDATE SET last = c.last + %(count)s RETURNING last""",
            {"business": business.id, "series": series, "first": _BEFORE[series] + count, "count": count},
        )
        row = cursor.fetchone()
    assert row is not None
    last: int = row[0]
    return last - count


def number(series: Series, sequence: int) -> str:
    """INV-1001, CN-0001."""
    return f"{series}-{sequence:0{DIGITS}d}"
