"""The rows of customers.csv on their way in: what customers and properties read of them, and the table they wait in."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import connection

from nextroute.core.emails import normalised_email
from nextroute.customers.contacts import normalised_phone
from nextroute.customers.customers import BillingStatus, Language
from nextroute.customers.importing.cells import Reader, degrees, one_of, text, whole
from nextroute.customers.importing.sheets import Line
from nextroute.customers.properties import normalised_address

FILE = "customers.csv"
ADDRESS = ("address1", "address2", "postal_code")  # what makes two rows of a customer one property

# What `values` answers, with the types it has in the database.
TYPES = {
    "line": "integer",
    "customer_ref": "text",
    "first_name": "text",
    "last_name": "text",
    "company": "text",
    "email": "text",
    "phone": "text",
    "language": "text",
    "status": "text",
    "address1": "text",
    "address2": "text",
    "city": "text",
    "state": "text",
    "postal_code": "text",
    "lat": "double precision",
    "lng": "double precision",
    "bins": "smallint",
    "gate_code": "text",
    "notes": "text",
    "normalised": "text",
}


def readers(region: str) -> dict[str, Reader]:
    """What each column of a customer and a property may hold; national phone numbers are those of `region`."""
    return {
        "customer_ref": text(needed=True),
        "first_name": text(),
        "last_name": text(),
        "company": text(),
        "email": normalised_email,
        "phone": partial(normalised_phone, region=region),
        "language": one_of(*Language.values, otherwise=Language.ENGLISH),
        "status": one_of(*BillingStatus),
        "address1": text(needed=True),
        "address2": text(),
        "city": text(),
        "state": text(),
        "postal_code": text(20, needed=True),
        "lat": degrees(90),
        "lng": degrees(180),
        "bins": whole(1, 99),
        "gate_code": text(),
        "notes": text(10_000),
    }


def values(line: Line, columns: Mapping[str, Reader]) -> dict[str, Any]:
    """The row by the names of TYPES; none where a cell has a fault."""
    read = {column: line.read(column, reader) for column, reader in columns.items()}
    if not line.cells["lat"] and line.cells["lng"]:
        line.refuse("lat", "a latitude beside the longitude, or neither")
    if line.cells["lat"] and not line.cells["lng"]:
        line.refuse("lng", "a longitude beside the latitude, or neither")
    address = [cell for column in ADDRESS if (cell := read[column]) is not None]
    whole_address = len(address) == len(ADDRESS)
    return {"line": line.number, **read, "normalised": normalised_address(*address) if whole_address else None}


def stage(types: Mapping[str, str], staged: Iterable[Sequence[Any]]) -> None:
    """Stream rows, with these columns, into the temporary table `import_row`."""
    columns = ", ".join(f"{name} {type_}" for name, type_ in types.items())
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.import_row")
        cursor.execute(f"CREATE TEMPORARY TABLE import_row ({columns}) ON COMMIT DROP")
        with cursor.copy("COPY import_row FROM STDIN") as copy:
            for row in staged:
                copy.write_row(row)
        cursor.execute("ANALYZE import_row")
