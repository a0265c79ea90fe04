"""E-mails and phone numbers in the one form they are stored and compared in."""

import unicodedata

import phonenumbers
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


def normalised_phone(text: str, region: str) -> str:
    """E.164; national numbers are read as of `region` (ISO 3166, such as US). "" stays "". ValueError otherwise."""
    text = text.strip()
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise ValueError("a phone number, such as (303) 555-0142") from None
    # Possible, not valid: new area codes and made-up numbers of test data must not stop an import.
    if not phonenumbers.is_possible_number(number):
        raise ValueError("a phone number, such as (303) 555-0142")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
