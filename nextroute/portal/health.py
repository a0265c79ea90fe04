"""/healthz: whether this process can serve, for whoever watches it."""

from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from psycopg_pool import PoolTimeout

from nextroute.core import running_role
from nextroute.portal.doors import public
from nextroute.portal.requests import PortalRequest


@require_safe
@public(because="it says nothing of anybody")
def healthz(_request: PortalRequest) -> HttpResponse:
    try:
        found = {"database": running_role.fault() or "ok", "migrations": _missing() or "ok"}
    except (Error, PoolTimeout):
        found = {"database": "does not answer", "migrations": "unknown"}
    well = set(found.values()) == {"ok"}
    return JsonResponse({"status": "ok" if well else "failing", **found}, status=200 if well else 503)


def _missing() -> str:
    """The migrations this code needs and the database has not run, or ""."""
    missing = _needed() - MigrationRecorder(connection).applied_migrations().keys()
    return "missing: " + ", ".join(sorted(".".join(one) for one in missing)) if missing else ""


@cache
def _needed() -> set[tuple[str, str]]:
    return set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
