"""Whether every text is translated: the catalogues hold exactly what the code and the templates say, in full.

Run by `make check`; not a test, because it needs no database and says what to do.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po

LOCALE = Path("nextroute/locale")


def faults() -> list[str]:
    with tempfile.NamedTemporaryFile(suffix=".pot") as fresh:
        babel = [sys.executable, "-m", "babel.messages.frontend", "--quiet"]
        subprocess.run(
            [
                *babel,
                "extract",
                "-k",
                "gettext_lazy",
                "--no-location",
                "-F",
                LOCALE / "babel.cfg",
                "-o",
                fresh.name,
                "nextroute",
            ],
            check=True,
        )
        said = {message.id for message in read_po(fresh) if message.id}
    found = []
    for file in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        catalogue = read_po(file.open("rb"))
        known = {message.id: message for message in catalogue if message.id}
        found += [f"{file}: missing {text!r}" for text in said - known.keys()]
        found += [f"{file}: no longer said {text!r}" for text in known.keys() - said]
        for text, message in known.items():
            if message.fuzzy or not _complete(message.string):
                found.append(f"{file}: not translated {text!r}")
    return sorted(found)


def _complete(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    print(*faults(), sep="\n", end="\n" if faults() else "")
    sys.exit(bool(faults()))
