"""`/ops alert …` and `/ops maintenance …`, typed by people."""

import json

from bot.db import Database
from tests.listeners.actions.test_alert import alert_in, shows, state_of
from tests.listeners.room import ADA, OPERATORS, Room, open_room


async def test_the_list_shows_what_is_open_and_what_to_type(room: Room) -> None:
    """Nothing at first; then one line with the command that acknowledges it."""
    await room.playground.run_command("ada", "ops", "/ops alert list")
    assert "No open alerts" in await room.told("ada")
    alert, _ = await alert_in(room)

    await room.playground.run_command("ada", "ops", "/ops alert list")
    assert "1" in await room.told("ada", 2)
    shown = json.dumps(room.playground.ephemerals("ada", "ops")[1])
    assert f"/ops alert acknowledge {alert.found.alert.id}" in shown
    assert "schema_fix failed (1)" in shown


async def test_an_alert_is_acknowledged_snoozed_and_resolved_by_its_id(room: Room) -> None:
    """Each answer points to the message, which shows it to all."""
    alert, ts = await alert_in(room)
    for count, (typed, state) in enumerate(
        [
            ("acknowledge {}", "acknowledged"),
            ("snooze {} 2h", "snoozed"),
            ("resolve {}", "resolved"),
        ],
        start=1,
    ):
        line = typed.format(alert.found.alert.id)
        await room.playground.run_command("ada", "ops", f"/ops alert {line}")
        assert await room.told("ada", count) == f"{state.capitalize()} `{alert.found.alert.id}`."
        assert await state_of(room, alert) == state
    await shows(room, ts, "Resolved")


async def test_an_alert_is_named_by_its_kind(room: Room) -> None:
    """Where one alert is about it; else the answer says what to type."""
    alert, _ = await alert_in(room)
    await room.playground.run_command("ada", "ops", "/ops alert acknowledge schema_fix")
    assert f"Acknowledged `{alert.found.alert.id}`" in await room.told("ada")
    assert await state_of(room, alert) == "acknowledged"
    await room.playground.run_command("ada", "ops", "/ops alert resolve import")
    await room.playground.run_command("ada", "ops", "/ops alert snooze schema_fix 90d")
    assert "at most 30 days" in await room.told("ada", 3)
    assert await room.told("ada", 2) == (
        "There is no open alert about `import`; `/ops alert list` shows those there are."
    )


async def test_muting_and_maintenance_are_said_in_the_channel(room: Room) -> None:
    """With who did it, for how long, and what ends it."""
    for typed, said in (
        ("alert mute nightly-sync", "muted `nightly-sync` until somebody unmutes it"),
        ("alert mute nightly-sync 2h", "muted `nightly-sync` for 2 h"),
        ("alert unmute nightly-sync", "unmuted `nightly-sync`"),
        ("maintenance 90m", "all kinds of tasks: no alerts for 1 h 30 min"),
        ("maintenance 1d export", "started maintenance of `export`"),
        ("maintenance off", "ended the maintenance of all kinds of tasks"),
        ("maintenance off export", "ended the maintenance of `export`"),
        ('alert mute "nightly import"', '`/ops alert unmute "nightly import"` ends that'),
    ):
        await room.playground.run_command("ada", "ops", f"/ops {typed}")
        await room.playground.wait_for(
            lambda said=said: any(  # type: ignore[misc]
                said in one["text"] and f"<@{ADA}>" in one["text"]
                for one in room.playground.messages("ops")
            )
        )


async def test_a_mute_names_a_kind(room: Room) -> None:
    """An empty name would be every kind, of which nobody would be told."""
    await room.playground.run_command("ada", "ops", '/ops alert mute ""')
    assert "kind" in await room.told("ada")
    assert not await room.services.alerts.silences(room.owner.tenant)


async def test_what_is_not_muted_cannot_be_unmuted(room: Room) -> None:
    """The asker is told so."""
    await room.playground.run_command("ada", "ops", "/ops alert unmute schema_fix")
    assert "`schema_fix` is not muted." in await room.told("ada")


async def test_the_list_says_what_is_silenced_and_what_ends_it(room: Room) -> None:
    """A pattern of kinds, and everything, also where nothing is in trouble."""
    for typed in ("alert mute nightly-*", "maintenance 2h"):
        await room.playground.run_command("ada", "ops", f"/ops {typed}")
    await room.playground.run_command("ada", "ops", "/ops alert list")
    assert "No open alerts" in await room.told("ada")
    shown = json.dumps(room.playground.ephemerals("ada", "ops")[0])
    assert "/ops alert unmute nightly-*" in shown
    assert '"/ops maintenance off"' in shown


async def test_what_is_not_in_maintenance_cannot_be_ended(room: Room) -> None:
    """The asker is told so."""
    await room.playground.run_command("ada", "ops", "/ops maintenance off export")
    assert "There is no maintenance of `export`." in await room.told("ada")


async def test_maintenance_wants_a_duration(room: Room) -> None:
    """A word that is none is answered with how it is written."""
    await room.playground.run_command("ada", "ops", "/ops maintenance soon")
    assert "/ops maintenance <duration|off> [kind]" in (await room.told("ada")).replace(
        "&lt;", "<"
    ).replace("&gt;", ">")


async def test_only_operators_silence_kinds(database: Database) -> None:
    """Cleo is told who may, and nothing is muted."""
    async with open_room(database, [OPERATORS]) as room:
        for typed in ("alert mute schema_fix", "maintenance 2h"):
            await room.playground.run_command("cleo", "ops", f"/ops {typed}")
        assert "<!subteam^S0OPERATOR>" in await room.told("cleo", 2)
        assert not await room.services.alerts.unmute(room.owner.tenant, "schema_fix")
