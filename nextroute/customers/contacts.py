"""E-mails and phone numbers in the one form they are stored and compared in."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from nextroute.core.phones import e164


def normalised_email(text: str) -> str:
    """The address trimmed, NFKC-normalised and in small letters; "" stays "". ValueError when it is no address."""
    email = unicodedata.normalize("NFKC", text).strip().lower()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise ValueError("an e-mail address, such as ada@example.com") from None
    return email


def normalised_phone(text: str, region: str) -> str:
    """E.164; national numbers are read as of `region` (ISO 3166, such as US). "" stays "". ValueError otherwise."""
    try:
        return e164(text, region)
    except ValueError:
        raise ValueError("a phone number, such as (303) 555-0142") from None
