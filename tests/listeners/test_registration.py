"""What the bot answers to: complete, once each, and in a form that Bolt can call."""

import inspect
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import listeners
from listeners.commands.grammar import usage_hint
from listeners.fallback import ANYTHING
from listeners.services import ListenerServices
from tests.listeners.room import TEMPLATES, Room

ROOT = Path(__file__).parents[2]
# What Bolt passes to listeners: https://docs.slack.dev/tools/bolt-python/concepts/message-listening
BOLT = frozenset(
    {"ack", "action", "body", "client", "command", "context", "event", "next", "respond"}
    | {"response", "error", "shortcut", "view", "user_id", "team_id", "channel_id"}
    | {"inputs", "complete"}
)


class Registrar:
    """Takes registrations as an app does, and keeps them."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, Any, Callable[..., Any]]] = []
        self.listener_runner = SimpleNamespace()
        for kind in ("use", "error"):
            setattr(self, kind, self._taker(kind, None))
        for kind in ("action", "command", "event", "global_shortcut", "options", "shortcut"):
            setattr(self, kind, self._kind(kind))
        self.function = self._kind("function")
        for kind in ("message_shortcut", "view_closed", "view_submission"):
            setattr(self, kind, self._kind(kind))

    def _kind(self, kind: str) -> Callable[[Any], Callable[[Callable[..., Any]], None]]:
        return lambda name: self._taker(kind, name)

    def _taker(self, kind: str, name: Any) -> Callable[[Callable[..., Any]], None]:
        return lambda listener: self.kept.append((kind, name, listener))


@pytest.fixture
def registered(room: Room) -> list[tuple[str, Any, Callable[..., Any]]]:
    """Everything that is registered, in order: kind, name, listener."""
    registrar = Registrar()
    listeners.register(registrar, room.services)  # type: ignore[arg-type] # as much of an app as it needs
    return registrar.kept


@pytest.fixture
def manifest() -> dict[str, Any]:
    """What Slack is told about the bot."""
    content: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
    return content


def names(registered: list[tuple[str, Any, Any]], *kinds: str) -> set[str]:
    """Return the names registered for these kinds, without the catch-alls."""
    return {name for kind, name, _ in registered if kind in kinds and isinstance(name, str)}


def test_nothing_is_registered_twice(registered) -> None:
    """Bolt would silently run the first of two and never the second."""
    counted = Counter((kind, name) for kind, name, _ in registered if kind not in ("use", "error"))
    assert [one for one, count in counted.items() if count > 1] == []


def test_the_catch_all_of_each_kind_comes_last(registered) -> None:
    """The first match wins, so whatever followed it would never be heard."""
    for kind in ("action", "command", "event", "options", "view_submission", "view_closed"):
        of_kind = [name for one, name, _ in registered if one == kind]
        assert of_kind.index(ANYTHING) == len(of_kind) - 1
    shortcuts = [name for kind, name, _ in registered if kind.endswith("shortcut")]
    assert shortcuts[-1] == ANYTHING


def test_every_listener_names_what_bolt_can_pass(registered) -> None:
    """Keyword-only and misspelt parameters fail at the first call, in front of somebody."""
    known = (
        BOLT | {"services", "owner", "homes"} | {field.name for field in fields(ListenerServices)}
    )
    for _, _, listener in registered:
        parameters = inspect.signature(listener).parameters.values()
        assert [one.name for one in parameters if one.name not in known] == []
        assert {inspect.Parameter.POSITIONAL_OR_KEYWORD} >= {one.kind for one in parameters}


def test_every_listener_is_a_coroutine_of_at_most_twenty_lines(registered) -> None:
    """Parse, ask one service, answer."""
    for kind, _, listener in registered:
        assert inspect.iscoroutinefunction(listener)
        body = inspect.getsource(listener).split('"""')[-1].strip().splitlines()
        assert kind in ("use", "error") or len(body) <= 20


def test_every_button_of_the_templates_is_heard(registered) -> None:
    """A button that nobody hears would claim to be from an older message."""
    written = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.json"))
    buttons = set(re.findall(r'"action_id":\s*"(\w+)"', written))
    assert buttons <= names(registered, "action")


def test_commands_are_those_of_the_manifest(registered, manifest) -> None:
    """Slack offers exactly what is answered, with the hint of the grammar."""
    offered = {one["command"]: one for one in manifest["features"]["slash_commands"]}
    assert set(offered) == names(registered, "command")
    hints = {name: one["usage_hint"] for name, one in offered.items()}
    assert {name: usage_hint(name) for name in offered} == hints
    assert all(one["should_escape"] for one in offered.values())


def test_shortcuts_are_those_of_the_manifest(registered, manifest) -> None:
    """Slack offers exactly the shortcuts that are answered."""
    offered = {one["callback_id"] for one in manifest["features"]["shortcuts"]}
    assert offered == names(registered, "global_shortcut", "message_shortcut", "shortcut")
