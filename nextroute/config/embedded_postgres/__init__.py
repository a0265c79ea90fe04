"""A PostgreSQL of our own for development, the demo and the tests: it starts with a process and ends with it.

`launcher` is the way in, `credentials` keeps passwords and addresses, `account` says whom the server runs as
when we are root, `server` knows its process and files. Plain Python: imports only `config.roles` of ours.
"""

from nextroute.config.embedded_postgres.credentials import Addresses, knows
from nextroute.config.embedded_postgres.errors import AlreadyRunning, CannotStart
from nextroute.config.embedded_postgres.launcher import EmbeddedPostgres, running

__all__ = ["Addresses", "AlreadyRunning", "CannotStart", "EmbeddedPostgres", "knows", "running"]
