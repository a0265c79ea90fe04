"""Phone numbers in the one form they are stored and compared in."""

from nextroute.core.phones import e164


def normalised_phone(text: str, region: str) -> str:
    """E.164; national numbers are read as of `region` (ISO 3166, such as US). "" stays "". ValueError otherwise."""
    try:
        return e164(text, region)
    except ValueError:
        raise ValueError("a phone number, such as (303) 555-0142") from None
