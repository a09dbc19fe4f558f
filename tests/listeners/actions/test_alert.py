"""Clicks on the buttons of an alert's message."""

import json

from slack_bolt.request.async_request import AsyncBoltRequest

from bot.alerts.announcer import AlertChannels
from bot.alerts.queries import AlertsWanted
from bot.alerts.service import AlertWithTasks
from tests.listeners.payloads import click
from tests.listeners.room import ADA, BEN, CLEO, OPERATORS, OPS, Room, open_room
from tests.patience import until


async def alert_in(room: Room, kind: str = "schema_fix") -> tuple[AlertWithTasks, str]:
    """Let a task fail, and return the alert and where its message stands."""
    await room.failed_task(kind)
    channels = AlertChannels(room.owner.workspace_id, OPS, {})
    await room.services.alerts.check(room.owner.tenant, channels)

    async def standing() -> str | None:
        (alert,) = await room.services.alerts.list(room.owner.tenant, AlertsWanted())
        return alert.ts

    ts = await until(standing)
    return (await room.services.alerts.list(room.owner.tenant, AlertsWanted()))[0], str(ts)


async def state_of(room: Room, alert: AlertWithTasks) -> str:
    """Return how an alert is now."""
    found = await room.services.alerts.get(room.owner.tenant, alert.found.alert.id)
    return str(found.found.alert.state)


async def shows(room: Room, ts: str, words: str) -> None:
    """Wait until the message says so."""
    await room.playground.wait_for(
        lambda: words in json.dumps(room.playground.message("ops", ts), ensure_ascii=False)
    )


async def test_acknowledge_shows_who_and_a_second_click_who_was_first(room: Room) -> None:
    """The button goes, the message names Ada, and Ben learns that she was faster."""
    alert, ts = await alert_in(room)
    click_of_ben = click(
        "alert_acknowledge", alert.found.alert.id, user=BEN, ts=ts, playground=room.playground
    )
    assert (await room.playground.click("ada", "ops", ts, "alert_acknowledge")).ok
    await shows(room, ts, f"Acknowledged by <@{ADA}>")
    assert await state_of(room, alert) == "acknowledged"

    await room.app.async_dispatch(AsyncBoltRequest(body=click_of_ben, mode="socket_mode"))
    assert f"Already acknowledged by <@{ADA}>" in await room.told("ben")


async def test_snooze_is_silence_for_an_hour(room: Room) -> None:
    """The message says until when, and who wanted it."""
    alert, ts = await alert_in(room)
    assert (await room.playground.click("ben", "ops", ts, "alert_snooze")).ok

    await shows(room, ts, f"by <@{BEN}>")
    assert await state_of(room, alert) == "snoozed"


async def test_mute_is_said_in_the_channel(room: Room) -> None:
    """Everybody sees who muted the kind, and what ends it."""
    _, ts = await alert_in(room)
    assert (await room.playground.click("ben", "ops", ts, "alert_mute")).ok

    words = (
        "muted `schema_fix` until somebody unmutes it; `/ops alert unmute schema_fix` ends that."
    )
    await room.playground.wait_for(
        lambda: any(words in message["text"] for message in room.playground.messages("ops"))
    )
    assert await room.services.alerts.unmute(room.owner.tenant, "schema_fix")


async def test_retry_all_begins_with_one_task(room: Room) -> None:
    """The thread shows who did it and how far it is; a second click is told that it runs."""
    alert, ts = await alert_in(room)
    assert (await room.playground.click("ben", "ops", ts, "alert_retry")).ok
    await room.playground.wait_for(
        lambda: any(
            "Retrying one first" in one["text"] for one in room.playground.replies("ops", ts)
        )
    )
    (task_id,) = alert.task_ids
    assert (await room.task(task_id)).attempt == 2

    assert (await room.playground.click("ada", "ops", ts, "alert_retry")).ok
    assert "already being retried" in await room.told("ada")


async def test_retry_all_of_a_storm_asks_for_the_rights_of_every_kind(room: Room) -> None:
    """Of six kinds that failed at once, only some people may start one."""
    for kind in (*(f"kind-{number}" for number in range(5)), "guarded"):
        await room.failed_task(kind)
    channels = AlertChannels(room.owner.workspace_id, OPS, {})
    await room.services.alerts.check(room.owner.tenant, channels)
    (storm,) = await room.services.alerts.list(room.owner.tenant, AlertsWanted())
    assert storm.found.alert.fingerprint == "storm"

    press = click(
        "alert_retry", storm.found.alert.id, user=CLEO, ts="1.1", playground=room.playground
    )
    await room.app.async_dispatch(AsyncBoltRequest(body=press, mode="socket_mode"))
    assert "<!subteam^S0OPERATOR>" in await room.told("cleo")
    assert await room.services.reruns.advance_all() == 0


async def test_the_menu_resolves(room: Room) -> None:
    """The rarer choices stand in the menu; a resolved alert has no buttons left."""
    alert, ts = await alert_in(room)
    await more(room, ts, f"resolve {alert.found.alert.id}")

    await shows(room, ts, "Resolved")
    assert await state_of(room, alert) == "resolved"


async def test_the_menu_snoozes_until_the_morning(room: Room) -> None:
    """It speaks up at nine if it still lasts."""
    alert, ts = await alert_in(room)
    await more(room, ts, f"morning {alert.found.alert.id}")

    await shows(room, ts, "Snoozed until")
    found = await room.services.alerts.get(room.owner.tenant, alert.found.alert.id)
    until = found.found.alert.snoozed_until
    assert until is not None
    assert (until.hour, until.minute) == (9, 0)


async def more(room: Room, ts: str, value: str) -> None:
    """Choose from the menu of a message."""
    body = click("alert_more", "", user=BEN, ts=ts, playground=room.playground)
    body["actions"][0]["selected_option"] = {"value": value}
    await room.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))


async def test_only_operators_act_on_alerts(database) -> None:
    """Cleo is told who may, and nothing changes."""
    async with open_room(database, [OPERATORS]) as room:
        alert, ts = await alert_in(room)
        for button in ("alert_acknowledge", "alert_snooze", "alert_mute"):
            assert (await room.playground.click("cleo", "ops", ts, button)).ok
        assert "<!subteam^S0OPERATOR>" in await room.told("cleo", 3)
        assert await state_of(room, alert) == "open"
        assert not await room.services.alerts.unmute(room.owner.tenant, "schema_fix")
