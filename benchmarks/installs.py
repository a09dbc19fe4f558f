"""What is measured beside Opsbell, installed apart from it: in a cache folder of the user."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PINS = HERE / "peers" / "requirements.txt"


def cache() -> Path:
    """Return the folder for what is installed."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "opsbell-benchmarks"


def bullmq() -> Path:
    """Install BullMQ as locked, unless it is there, and return its folder."""
    home = cache() / "bullmq"
    lock = (HERE / "bullmq" / "package-lock.json").read_text()
    installed = home / "installed.json"
    if installed.is_file() and installed.read_text() == lock:
        return home
    home.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "bullmq" / name, home / name)
    # Not `ci`: that also wants the optional packages of every other platform in the lock.
    command = ["npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=home, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - no input is in it
    installed.write_text(lock)
    return home


def peers() -> Path:
    """Install the Python peers as pinned, unless they are there, and return their `bin`."""
    home = cache() / "peers"
    installed = home / "installed.txt"
    if installed.is_file() and installed.read_text() == PINS.read_text():
        return home / "bin"
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)  # noqa: S603 - no input is in it
    pip = [str(home / "bin" / "pip"), "install", "--quiet", "-r", str(PINS)]
    subprocess.run(pip, check=True)  # noqa: S603 - no input is in it
    installed.write_text(PINS.read_text())
    return home / "bin"
