"""`make test`: every test, in two halves side by side, each with a database of its own; with arguments, just pytest.

One test after the other leaves a core idle while processes are killed, started and waited for, and while PostgreSQL or
Chromium works. What one half says is shown as it is said; what the other said, when both have ended.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from tempfile import TemporaryFile

# About as long as all the rest, measured; what is not named here is in the rest.
BESIDE = (
    "tests/faults",
    "tests/journeys",
    "tests/ui",
    *(f"tests/billing/{name}.py" for name in ("test_autopay_machine", "test_machine", "test_stripe_machine")),
)

PYTEST = (sys.executable, "-m", "pytest")


def both() -> int:
    """Run them; the exit status of the first that fails, or 0."""
    colour = "--color=yes" if sys.stdout.isatty() else "--color=auto"
    with TemporaryFile() as said:
        # Each with a cache of its own, or the last to end would forget what failed in the other.
        beside = subprocess.Popen(
            [*PYTEST, colour, "-o", "cache_dir=.pytest_cache/beside", *BESIDE], stdout=said, stderr=subprocess.STDOUT
        )
        here = subprocess.Popen([*PYTEST, colour, *(f"--ignore={path}" for path in BESIDE)])
        # Ctrl-C reaches both by itself; they clear away before they end, and so does this.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        failed = here.wait()
        failed = beside.wait() or failed
        print("-- and beside it:", *BESIDE, flush=True)
        said.seek(0)
        sys.stdout.buffer.write(said.read())
    return failed


def main(arguments: Sequence[str]) -> int:
    if arguments:
        os.execv(sys.executable, [*PYTEST, *arguments])
    return both()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
