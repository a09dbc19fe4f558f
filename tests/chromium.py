"""Where a Chromium is, and how it is started on a machine without a screen."""

import os
import shutil
from pathlib import Path

from tests.missing import missing

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
    names = (os.environ.get("CHROMIUM"), "/usr/bin/chromium", shutil.which("chromium"))
    found = next((name for name in names if name and Path(name).is_file()), None)
    if found is None:
        missing("No Chromium was found; set CHROMIUM to one.")
    return found
