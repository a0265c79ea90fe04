"""`make test` runs two halves side by side: what fails in either fails the whole, and both are heard."""

import subprocess
import sys

import pytest

RUN = """
import sys
from tests import halves
halves.PYTEST = (sys.executable, "-c", {pytest!r})
sys.exit(halves.main([]))
"""
# In pytest's place: tells which half it is, and ends as the test says.
PYTEST = """
import sys
half = "rest" if "--ignore=tests/ui" in sys.argv else "beside" if "tests/ui" in sys.argv else "neither"
print(half, "was run")
sys.exit(half in {failing!r})
"""


@pytest.mark.parametrize(("failing", "status"), [((), 0), (("rest",), 1), (("beside",), 1), (("rest", "beside"), 1)])
def test_both_halves_are_run_and_heard_and_either_may_fail_the_whole(failing: tuple[str, ...], status: int) -> None:
    run = RUN.format(pytest=PYTEST.format(failing=failing))
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True)
    assert done.returncode == status, done.stderr
    assert done.stdout.count("rest was run") == done.stdout.count("beside was run") == 1
