"""What people did and the app said, written down, and done again with another bot."""

import asyncio
import json
import re
import time
from dataclasses import asdict
from typing import Any

from slack_playground.errors import PageError
from slack_playground.journal import Action, Birth, Call, Entry, Envelope
from slack_playground.page_api import doing
from slack_playground.page_api.request import Fields
from slack_playground.platform import Platform
from slack_playground.state import Record

KINDS: dict[type, str] = {Call: "call", Envelope: "delivery", Action: "action", Birth: "born"}
# Calls that every start and reconnect makes; they say nothing about what an app does.
_UPKEEP = frozenset({"apps.connections.open", "auth.test", "api.test"})
# Values that are new each time.
_FLEETING = frozenset({"trigger_id", "hash", "token", "team_id"})
_SETTLE_SECONDS = 0.02


def as_record(entry: Entry) -> Record:
    """Return one entry of the journal as JSON."""
    kind = KINDS[type(entry)]
    record = asdict(entry)
    if isinstance(entry, Envelope):
        record["team"] = entry.team
    # A birth has a kind of its own: what was born.
    if isinstance(entry, Birth):
        record["what"] = record.pop("kind")
    return {"kind": kind, **record}


def write(platform: Platform) -> str:
    """Return the journal as JSON lines."""
    return "".join(f"{json.dumps(as_record(one))}\n" for one in platform.journal.entries())


async def replay(platform: Platform, lines: str, *, patience: float) -> list[Record]:
    """
    Do again what people did in a recording, and compare what the app calls.

    After each action it waits until the app made as many calls as recorded, or
    for `patience` seconds. Returns one record per action that went differently:
    `{step, request, body, expected, got}`.
    """
    steps = _steps(_read(lines))
    names = _Names(platform)
    differences = []
    for number, (action, entries) in enumerate(steps, 1):
        start = _newest(platform)
        expected = _said(entries)
        body = names.translated(action["body"])
        problem = await _do(platform, action, body)
        await _wait(platform, start, len(expected), patience)
        names.learn(entries, platform.journal.entries(start))
        got = _said([as_record(one) for one in platform.journal.entries(start)])
        wanted = names.translated(expected)
        if problem is not None or _sorted(got) != _sorted(wanted):
            difference = {"step": number, "request": action["request"], "body": body}
            difference.update(expected=wanted, got=got, error=problem)
            differences.append(difference)
    return differences


class _Names:
    """Which id of the recording is which id of this run: the n-th of its kind and place."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._names: dict[str, str] = {}

    def learn(self, recorded: list[Record], entries: list[Entry]) -> None:
        born = [one for one in entries if isinstance(one, Birth)]
        for old in (one for one in recorded if one["kind"] == "born"):
            place = self._names.get(old["place"], old["place"])
            for new in born:
                if (new.kind, new.place) == (old["what"], place):
                    self._names[old["id"]] = new.id
                    born.remove(new)
                    break

    def translated(self, value: Any) -> Any:
        if not self._names:
            return value
        pattern = re.compile("|".join(re.escape(name) for name in self._names))
        text = pattern.sub(lambda found: self._names[found.group()], json.dumps(value))
        return json.loads(text)


def _read(lines: str) -> list[Record]:
    try:
        entries = [json.loads(line) for line in lines.splitlines() if line.strip()]
    except ValueError:
        raise PageError("invalid_recording", "A line of the recording is no JSON.") from None
    if not all(isinstance(one, dict) and one.get("kind") in KINDS.values() for one in entries):
        raise PageError("invalid_recording", "A line of the recording is no entry.")
    return entries


def _steps(entries: list[Record]) -> list[tuple[Record, list[Record]]]:
    """Split a recording at what people did; what came before the first is start-up."""
    steps: list[tuple[Record, list[Record]]] = []
    for entry in entries:
        if entry["kind"] == "action":
            steps.append((entry, []))
        elif steps:
            steps[-1][1].append(entry)
    return steps


def _said(entries: list[Record]) -> list[Record]:
    return [
        {
            "method": entry["method"],
            "arguments": _lasting(entry["arguments"]),
            "error": (entry["answer"] or {}).get("error"),
        }
        for entry in entries
        if entry["kind"] == "call" and entry["method"] not in _UPKEEP
    ]


def _lasting(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _lasting(one) for name, one in value.items() if name not in _FLEETING}
    return [_lasting(one) for one in value] if isinstance(value, list) else value


def _sorted(said: list[Record]) -> list[str]:
    # Two calls that run side by side may swap places; that is no difference.
    return sorted(json.dumps(one, sort_keys=True) for one in said)


def _newest(platform: Platform) -> int:
    entries = platform.journal.entries()
    return entries[-1].number if entries else 0


async def _do(platform: Platform, action: Record, body: Record) -> str | None:
    """Do what a person did; return what the playground itself said against it."""
    handler = doing.REQUESTS.get(action["request"])
    workspace = platform.workspaces.get(action["team"], platform.first)
    if handler is None:
        return f"There is no request {action['request']!r}."
    try:
        await handler(Fields(workspace, body))
    except PageError as error:
        return error.message
    return None


async def _wait(platform: Platform, start: int, count: int, patience: float) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        records = [as_record(one) for one in platform.journal.entries(start)]
        if len(_said(records)) >= count:
            break
        await asyncio.sleep(_SETTLE_SECONDS / 4)
    # A call too many would come about now.
    await asyncio.sleep(_SETTLE_SECONDS)
