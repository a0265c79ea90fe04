"""The passwords of an embedded server and the addresses they are part of."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

from nextroute.config import roles
from nextroute.config.embedded_postgres.errors import CannotStart
from nextroute.config.embedded_postgres.server import Server

DATABASE = "nextroute"
SUPERUSER = "postgres"


@dataclass(frozen=True)
class Addresses:
    """postgresql:// addresses of the database, with passwords: the web server's and worker's, the owner's."""

    app: str
    owner: str

    @classmethod
    def of(cls, server: Server, passwords: Mapping[str, str]) -> Self:
        """A socket's folder is the host, percent-encoded: libpq and dj-database-url both take it so."""
        place = f"{quote(server.host, safe='')}:{server.port}/{DATABASE}"
        app, owner = (f"postgresql://{role}:{passwords[role]}@{place}" for role in (roles.APP, roles.OWNER))
        return cls(app=app, owner=owner)


def passwords(folder: Path) -> dict[str, str]:
    """By role, made on first use; the superuser's only serves to make the roles.

    Raises CannotStart when they are gone but the data is not.
    """
    file = folder / "passwords"
    if not file.exists():
        if (folder / "data").exists():
            raise CannotStart(f"{file} is gone. Put it back, or remove {folder} to begin with an empty database.")
        fresh = folder / "passwords.new"  # a kill must not leave half of them
        with open(fresh, "w", opener=private) as lines:
            for role in (SUPERUSER, roles.OWNER, roles.APP):
                lines.write(f"*:*:*:{role}:{secrets.token_hex(24)}\n")
        fresh.rename(file)
    return dict(line.split(":")[3:] for line in file.read_text().splitlines())


def knows(folder: Path, password: str) -> bool:
    """Whether this is the web server's password at the embedded server in `folder`; nobody else's can be."""
    try:
        own = passwords(folder)[roles.APP] if (folder / "passwords").exists() else ""
        return own != "" and secrets.compare_digest(own.encode(), password.encode())
    except OSError:
        return False


def private(path: str, flags: int) -> int:
    """An opener for files that are nobody else's business."""
    return os.open(path, flags, 0o600)
