"""What builds case files in a running bot."""

from collections.abc import Callable

from bot.case_files.archive import drawing
from bot.case_files.service import CaseFiles
from bot.clock import Clock
from bot.db import Database
from bot.messages.rendering.renderer import Renderer
from bot.messages.templates.isolation import Isolation
from bot.settings import Settings
from bot.telemetry.meters import opsbell_version


def open_cases(
    settings: Settings,
    database: Database,
    clock: Clock,
    renderer: Renderer,
    isolation: Isolation,
    wake: Callable[[str], None],
) -> CaseFiles:
    """Return the service; *wake* is called with the workspace that has something to send."""
    draw = drawing(renderer, isolation)
    return CaseFiles(database, clock, settings, draw, wake, opsbell_version())
