"""The WSGI application, for granian."""

import logging
import os

from nextroute.config.children import die_with_parent

# The server shares its port among its processes: one that outlived it would go on answering beside its successor.
# First of all, because a parent that is gone already cannot be noticed any more.
die_with_parent()

from django.core.wsgi import get_wsgi_application  # noqa: E402

from nextroute.config import kept_mail  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nextroute.config.settings")
application = get_wsgi_application()
kept_mail.refuse_real_database()
kept_mail.refuse_other_machines()


def _refuse_wrong_role() -> None:
    """End this process if row-level security would not hold it back; a database that is away is not asked twice."""
    from django.db import Error, connections

    from nextroute.core.running_role import refuse_wrong_role

    try:
        refuse_wrong_role()
    except Error:
        logging.getLogger(__name__).warning("The database does not answer yet; pages say so until it does.")
    finally:
        # A request opens its own. A pool left open would hold up the end of this process by 20 seconds.
        connections.close_all()
        connections["default"].close_pool()  # type: ignore[attr-defined]


_refuse_wrong_role()
