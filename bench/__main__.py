"""`make bench`: measure, and say what is within its budget. SIZE customers; PARTS as `main` names them."""

import os
import sys
from contextlib import suppress

SIZE = int(os.environ.get("SIZE", "10000"))
WEEKS = int(os.environ.get("WEEKS", "100"))


def main() -> None:
    _as_in_production()
    from bench import billing, holding, importing, invoices, mail, pages, reconciling, setting, sign_in, trail
    from bench.clusters import FOLDER
    from bench.report import Report

    report = Report()
    parts = {
        "reconcile": lambda: reconciling.measure(report, SIZE),
        "holds": lambda: holding.measure(report, WEEKS),
        "bill": lambda: billing.measure(report, SIZE, WEEKS),
        "pdf": lambda: setting.measure(report),
        "import": lambda: importing.measure(report, SIZE),
        "trail": lambda: trail.measure(report),
        "mail": lambda: mail.measure(report),
        "door": lambda: sign_in.measure(report),
        "invoices": lambda: invoices.measure(report),
        "pages": lambda: pages.measure(report, SIZE, WEEKS),
    }
    if unknown := set(sys.argv[1:]) - parts.keys():
        raise SystemExit(f"No part {', '.join(sorted(unknown))}; there are {', '.join(parts)}.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with suppress(KeyboardInterrupt):
        for part in sys.argv[1:] or parts:
            parts[part]()
    report.write(FOLDER / "results.md")


def _as_in_production() -> None:
    """Production's settings, before Django reads them; only the redirect to TLS is off."""
    for name in ("NEXTROUTE_DEV", "DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "nextroute.config.settings",
        "NEXTROUTE_SECRET_KEY": "only for measuring, on loopback, with made-up customers",
        "NEXTROUTE_HOSTS": "127.0.0.1",
        "NEXTROUTE_TLS_REDIRECT": "0",
    }
    import django

    django.setup()


if __name__ == "__main__":
    main()
