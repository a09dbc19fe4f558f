"""The global shortcut *Run a task*, from the search bar to the message."""

import json

from bot.db import Database
from bot.tasks.creation import Owner
from bot.tasks.queries import Filter
from tests.listeners.room import ADA, OPS, Room, open_room


async def form(room: Room, user: str = "ada") -> str:
    """Use the shortcut and return the modal's id."""
    assert (await room.playground.run_shortcut(user, "run_task")).ok
    return str((await room.modal(user))["id"])


async def test_a_filled_in_form_runs_a_task(room: Room) -> None:
    """In the chosen channel, with the payload, for the one who filled it in."""
    values = {"kind": "schema_fix", "subject": "Dealer 12", "channel": OPS, "payload": '{"n": 1}'}
    assert (await room.playground.submit("ada", await form(room), values)).ok
    ((task, _),) = await room.services.tasks.list(room.owner, Filter())
    assert (
        task.task,
        task.subject,
        task.channel,
        task.payload,
        task.created_by,
    ) == ("schema_fix", "Dealer 12", OPS, {"n": 1}, ADA)
    assert task.launch_wanted_at is not None
    await room.standing(task, "task_cancel")


async def test_a_channel_without_the_bot_is_refused_under_its_field(room: Room) -> None:
    """What was filled in stays, and the field names the invitation."""
    values = {"kind": "schema_fix", "channel": room.playground.channel("random").id}
    outcome = await room.playground.submit("ada", await form(room), values)
    assert {"channel"} == set(outcome.errors)
    assert "/invite @Opsbell" in outcome.errors["channel"]
    assert await room.services.tasks.list(room.owner, Filter()) == []


async def test_a_kind_without_a_runner_is_refused_under_the_first_field(sqlite: Database) -> None:
    """A wrong value that names no field of the form keeps the form open too."""

    async def elsewhere(_owner: Owner) -> list[str]:
        return ["elsewhere"]

    async with open_room(sqlite, kinds=elsewhere) as room:
        values = {"kind": "elsewhere", "channel": OPS}
        outcome = await room.playground.submit("ada", await form(room), values)
        assert {"kind"} == set(outcome.errors)
        assert "opsbell.toml" in outcome.errors["kind"]


async def test_only_operators_run_a_guarded_kind(room: Room) -> None:
    """Cleo reads in the modal who may."""
    values = {"kind": "guarded", "channel": OPS}
    assert (await room.playground.submit("cleo", await form(room, "cleo"), values)).ok
    assert "<!subteam^S0OPERATOR>" in json.dumps(await room.modal("cleo"))
    assert await room.services.tasks.list(room.owner, Filter()) == []


async def test_what_breaks_after_the_acknowledgement_is_said_in_a_modal(sqlite: Database) -> None:
    """A shortcut has no message to answer under; its trigger opens a notice instead."""

    async def broken(_owner: Owner) -> list[str]:
        raise LookupError("secret detail")

    async with open_room(sqlite, kinds=broken) as room:
        assert (await room.playground.run_shortcut("ada", "run_task")).ok
        shown = json.dumps(await room.modal("ada"))
        assert "The error is in the log as" in shown
        assert "secret" not in shown
