"""Why there is no server: sentences for the person at the terminal."""

from pathlib import Path


class AlreadyRunning(RuntimeError):
    """PostgreSQL runs in this folder already; `process` is what to stop: its parent, or an orphan itself."""

    def __init__(self, folder: Path, process: str | int) -> None:
        super().__init__(f"PostgreSQL is already running in {folder} (process {process}). Stop it first.")


class CannotStart(RuntimeError):
    """PostgreSQL did not come up; the message says why, with the end of its log where that tells."""
