"""Money arithmetic, in plain Python: amounts are whole cents (`int`), never floats."""

from decimal import ROUND_HALF_UP, Decimal


def round_half_up(cents: int, rate: Decimal) -> int:
    """`rate` per cent of `cents`, in whole cents: the tax of an amount. 7500 at 8.25 is 619.

    Half a cent rounds away from zero, as PostgreSQL's `round(numeric)` does, so the tax of a credit
    is that of the charge with the sign changed.
    """
    return int((cents * rate).scaleb(-2).quantize(Decimal(1), ROUND_HALF_UP))


def share(cents: int, part: int, whole: int) -> int:
    """`part` of an amount's `whole` equal pieces, in whole cents, rounded as `round_half_up` does; of none, nothing."""
    if not whole:
        return 0
    return int((Decimal(cents * part) / whole).quantize(Decimal(1), ROUND_HALF_UP))
