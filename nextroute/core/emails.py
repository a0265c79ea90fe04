"""E-mail addresses in the one form they are stored and compared in."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email


def normalised_email(text: str) -> str:
    """The address trimmed, NFKC-normalised and in small letters; "" stays "". ValueError when it is no address."""
    email = unicodedata.normalize("NFKC", text).strip().lower()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise ValueError("an e-mail address, such as ada@example.com") from None
    return email
