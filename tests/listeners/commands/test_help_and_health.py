"""`/ops help` and `/ops health`, typed by people."""

import json

from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from bot.db import Database
from tests.listeners.room import Room, open_room


async def test_a_bare_command_is_the_short_help(room: Room) -> None:
    """Angle brackets of the usage reach Slack as text, not as broken links."""
    await room.playground.run_command("ada", "ops", "/ops")
    assert "`/ops task run &lt;kind&gt; [subject] [key=value…]`" in await room.told("ada")


async def test_the_bare_short_cut_is_the_help_of_its_area(room: Room) -> None:
    """`/task` alone tells about tasks only."""
    await room.playground.run_command("ada", "ops", "/task")
    told = await room.told("ada")
    assert "/ops task show" in told
    assert "/ops health" not in told


async def test_a_wrong_word_is_answered_to_the_asker_alone(room: Room) -> None:
    """The nearest word and the usage, and what was typed cannot call anybody."""
    await room.playground.run_command("ada", "ops", "/ops taks &lt;!channel&gt;")
    assert "Did you mean `task`?" in await room.told("ada")
    await room.playground.run_command("ada", "ops", "/ops &lt;!channel&gt;")
    assert "&lt;!channel&gt;" in await room.told("ada", 2)
    assert room.playground.messages("ops") == []


async def test_health_is_told_to_the_asker_alone(room: Room) -> None:
    """A sentence on the connection and one on each workspace."""
    await room.playground.run_command("ben", "ops", "/ops health")
    await room.told("ben")
    shown = json.dumps(room.playground.ephemerals("ben", "ops")[0])
    assert "Slack: connected" in shown
    assert "Workspace T1: delivering messages" in shown


async def test_what_breaks_inside_is_one_sentence_with_a_reference(sqlite: Database) -> None:
    """The person gets something to look for in the log, and no trace of our insides."""

    def broken() -> dict[str, object]:
        raise LookupError("secret detail")

    async with open_room(sqlite, health=broken) as room:
        with capture_logs([merge_contextvars]) as logs:
            outcome = await room.playground.run_command("ada", "ops", "/ops health")
        assert outcome.ok
        (line,) = [one for one in logs if one["event"] == "listener_failed"]
        assert line["correlation_id"].startswith("c_")
        told = await room.told("ada")
        assert "The error is in the log as `" in told
        assert "secret" not in told
