"""Phone numbers in the one form they are stored, compared and dialled in."""

import phonenumbers


def e164(text: str, region: str | None = None) -> str:
    """`text` as E.164, such as +13035550142; a national number is read as of `region` (ISO 3166, such as US).

    "" stays "". Raises ValueError when it can be no number.
    """
    text = text.strip()
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise ValueError("not a phone number") from None
    # Possible, not valid: new area codes and made-up numbers of test data must not stop an import.
    if not phonenumbers.is_possible_number(number):
        raise ValueError("not a phone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
