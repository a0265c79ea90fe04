"""The settings of a test run: a development machine's, with its files in a folder of their own."""

import os

os.environ["NEXTROUTE_DEV"] = "1"
os.environ.pop("DATABASE_URL", None)
os.environ.pop("DATABASE_OWNER_URL", None)
os.environ.pop("PORT", None)

from nextroute.config.settings import *  # noqa: F403
