"""Where a Chromium is, and how it is started on a machine without a screen."""

import os
import shutil
from pathlib import Path

import pytest

#: Without the calls home, which a closed network answers with noise.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]


def chromium_path() -> str:
    """Return the browser's path; without one skip the test, or fail it where nothing may skip."""
    for name in (os.environ.get("CHROMIUM"), "/usr/bin/chromium", shutil.which("chromium")):
        if name and Path(name).is_file():
            return name
    why = "No Chromium was found; set CHROMIUM to one."
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(why)
    pytest.skip(why)
