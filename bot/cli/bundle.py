"""`python -m bot bundle`: a case file to hand on."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.app import TEMPLATES
from bot.case_files.archive import build_archive, drawing, write_private
from bot.case_files.evidence import collect
from bot.cli.events import open_database
from bot.clock import SystemClock
from bot.errors import ConflictError
from bot.ids import new_id
from bot.messages.rendering.renderer import Renderer
from bot.messages.templates.isolation import Isolation
from bot.messages.workers.pool import Workers
from bot.redaction import learn
from bot.settings import environment, read_settings
from bot.telemetry.meters import opsbell_version
from bot.wiring.credentials import secrets_of


def bundle(
    what: Annotated[str, typer.Argument(help="The id of a task, an alert or a message.")],
    tenant: Annotated[str | None, typer.Option(help="Whose it is, if several have one.")] = None,
    out: Annotated[Path | None, typer.Option(help="The file to write.")] = None,
) -> None:
    """Write everything that is known of a task, alert or message into one zip, without secrets."""
    settings = read_settings(environment(), need_slack=False)
    learn(secrets_of(settings))
    with open_database() as database:
        evidence = database.snapshot(lambda session: collect(session, what, tenant))
    path = out or Path(f"{new_id('case')}.zip")

    async def build() -> bytes:
        workers = Workers()
        try:
            draw = drawing(Renderer(TEMPLATES), Isolation(workers))
            now = SystemClock().now()
            return await build_archive(evidence, settings, draw, now, opsbell_version())
        finally:
            workers.close()

    content = asyncio.run(build())
    try:
        write_private(path, content)
    except FileExistsError as error:
        raise ConflictError(f"{path} exists already: give another --out.") from error
    except OSError as error:
        raise ConflictError(f"{path} cannot be written: {error.strerror}.") from error
    sys.stdout.write(f"{path}\n")
