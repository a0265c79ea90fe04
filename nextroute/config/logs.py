"""What logs keep to themselves: an address may be a key, as a calendar feed's is, and log readers should not get in."""

import logging
import re

_TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")  # 256 bits, as all our tokens are


class Discreet(logging.Filter):
    """Writes … for every token in a line's parts."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_TOKEN.sub("…", part) if isinstance(part, str) else part for part in record.args)
        return True
