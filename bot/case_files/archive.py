"""Writes a case file: one zip, readable for its owner alone, without secrets."""

import asyncio
import io
import json
import os
import platform
import zipfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.case_files.evidence import Evidence, ShownState
from bot.case_files.summary import write_contents, write_summary
from bot.errors import TemplateError, UnavailableError, WorkerStoppedError
from bot.messages.rendering.renderer import Rendered, Renderer
from bot.messages.rendering.sandbox import stored_context
from bot.messages.templates.isolation import Isolation
from bot.redaction import redact, redact_json
from bot.schema import newest_revision
from bot.settings import Settings

#: The time in a zip says nothing; a fixed one makes equal cases equal files.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
#: What says nothing is left out.
_EMPTY = ("", "[]", "{}", "null")
Draw = Callable[[ShownState], Awaitable[Rendered | str]]


async def build_archive(
    evidence: Evidence, settings: Settings | None, draw: Draw, now: datetime, version: str
) -> bytes:
    """
    Return the zip; without *settings* it says nothing of them.

    *draw* returns what Slack was given in a state, or why that is not known.
    """
    drawn = {
        f"slack/{number:03}-revision-{state.revision:04}.json": await _drawn_state(
            state, draw, str(one.row["id"])
        )
        for number, one in enumerate(evidence.messages, 1)
        for state in one.states
    }
    # Masking what may be megabytes would hold up everybody else.
    return await asyncio.to_thread(_archive_of, evidence, settings, drawn, now, version)


def _archive_of(
    evidence: Evidence,
    settings: Settings | None,
    drawn: Mapping[str, object],
    now: datetime,
    version: str,
) -> bytes:
    files: dict[str, str] = {}
    made_at = now.isoformat(timespec="seconds")
    files["timeline.jsonl"] = "".join(
        json.dumps(redact_json({"message": one.row["id"], **event}), ensure_ascii=False) + "\n"
        for one in evidence.messages
        for event in one.timeline
    )
    for name, value in (
        ("tasks.json", evidence.tasks),
        ("alerts.json", evidence.alerts),
        ("messages.json", [one.row for one in evidence.messages]),
        ("templates.json", evidence.templates),
        ("settings.json", _settings_of(settings) if settings else None),
        ("versions.json", _versions(version)),
    ):
        files[name] = _json_text(value)
    for number, (task_id, text) in enumerate(sorted(evidence.logs.items()), 1):
        files[f"logs/{number:03}.txt"] = f"{redact(task_id)}\n{redact(text)}"
    files |= {name: _json_text(value) for name, value in drawn.items()}
    kept = {name: text for name, text in files.items() if text.strip() not in _EMPTY}
    summary = write_summary(evidence, made_at=made_at, version=version)
    return _zipped({"summary.md": redact(summary) + write_contents(kept), **kept})


def write_private(path: Path, content: bytes) -> None:
    """Write a new file for its owner alone; raise `FileExistsError` rather than replace one."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(content)


def drawing(renderer: Renderer, isolation: Isolation) -> Draw:
    """Return what renders our own templates here and tenants' templates in worker processes."""

    async def draw(state: ShownState) -> Rendered | str:
        context = {**state.context, "revision": state.revision}
        try:
            if state.source is None:
                return await asyncio.to_thread(renderer.render, state.template, context)
            context = stored_context(context)
            found = await asyncio.to_thread(renderer.render_logicless, state.source, context)
            return found or await isolation.render(state.tenant, state.source, context)
        except (TemplateError, WorkerStoppedError, UnavailableError) as error:
            return f"cannot be drawn: {error}"

    return draw


async def _drawn_state(state: ShownState, draw: Draw, message_id: str) -> Mapping[str, Any]:
    drawn = await draw(state)
    shown = {"text": drawn.text, "blocks": drawn.blocks} if isinstance(drawn, Rendered) else drawn
    return {
        "message": message_id,
        "at": state.at.isoformat(),
        "revision": state.revision,
        "template": state.template,
        "shown": shown,
        "context": state.context,
    }


def _settings_of(settings: Settings) -> dict[str, Any]:
    """Return what differs from the defaults; secret fields are masked by their type."""
    return settings.model_dump(mode="json", exclude_defaults=True)


def _versions(version: str) -> dict[str, str]:
    return {
        "opsbell": version,
        "schema": newest_revision(),
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def _json_text(value: object) -> str:
    return json.dumps(redact_json(value), ensure_ascii=False, indent=1, default=str) + "\n"


def _zipped(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _sorted(files):
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, text.encode("utf-8", "replace"))
    return buffer.getvalue()


def _sorted(files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the summary first."""
    for name in sorted(files, key=lambda name: (name != "summary.md", name)):
        yield name, files[name]
