"""What the variable parts of addresses look like, where more than one audience has them."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class InvoiceNumber(StringConverter):
    """As billing's counters give them: INV-1001."""

    regex = "INV-[0-9]{4,15}"


register_converter(InvoiceNumber, "invoice_number")
