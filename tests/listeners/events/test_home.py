"""App Home, as people open it and act in it."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from slack_playground.blocks import validate_view

from bot.db import Database
from bot.messages.models import Message, MessageState
from bot.messages.outbox import Content, Place, put
from bot.tasks.models import TaskStatus
from tests.listeners.actions.test_alert import alert_in, state_of
from tests.listeners.room import ADA, BEN, OPERATORS, OPS, Room, open_room


async def opened(room: Room, user: str = "ada") -> dict[str, Any]:
    """Let somebody open their Home and return what is in it then."""
    before = len(room.playground.calls("views.publish"))
    room.playground.open_home(user)
    await room.playground.wait_for(lambda: len(room.playground.calls("views.publish")) > before)
    return await home(room, lambda _view: True, user)


async def home(
    room: Room, is_so: Callable[[dict[str, Any]], bool], user: str = "ada"
) -> dict[str, Any]:
    """Wait until a person's Home is so, and return it."""

    def find() -> dict[str, Any] | None:
        view = room.playground.home(user)
        return view if view and is_so(view) else None

    found = await room.playground.wait_for(find)
    assert found is not None
    return found


def says(words: str) -> Callable[[dict[str, Any]], bool]:
    """Return what tells whether a Home says so."""
    return lambda view: words in json.dumps(view, ensure_ascii=False)


async def dead_letter(room: Room, database: Database, by: str = ADA) -> str:
    """Leave a dead letter that somebody asked for, and return its id."""

    def work(session: Any) -> str:
        now = room.services.clock.now()
        place = Place(room.owner.workspace_id, room.owner.tenant, OPS)
        context = {"text": "hello"}
        message = put(session, place, Content("tasks/logs", context), now=now, requested_by=by)
        message.state, message.dead_at = MessageState.DEAD, now
        message.error = "channel_not_found"
        return message.id

    return await database.write(work)


async def test_an_empty_home_says_that_all_is_well(room: Room) -> None:
    """Each section is there, and what can be done."""
    view = await opened(room)
    for words in ("Needs attention", "All clear", "Nothing is running"):
        assert says(words)(view)
    for words in ("My subscriptions", "at once, at any hour", "Health of the bot", "connected"):
        assert says(words)(view)


async def test_an_alert_is_acknowledged_in_home(room: Room) -> None:
    """The same button as in its message; Home is published anew, once, and it is gone."""
    alert, _ = await alert_in(room)
    view = await opened(room)
    assert says("schema_fix failed (1)")(view)
    calls = len(room.playground.calls("views.publish"))
    await room.playground.click_in_view("ada", view["id"], "Acknowledge")
    await home(room, says("All clear"))
    assert await state_of(room, alert) == "acknowledged"
    assert len(room.playground.calls("views.publish")) == calls + 1


async def test_a_running_task_is_cancelled_in_home(room: Room) -> None:
    """Its line disappears from everybody who looks again."""
    task = await room.running_task(subject="Bergmann")
    view = await opened(room)
    assert says("schema_fix · Bergmann")(view)
    await room.playground.click_in_view("ada", view["id"], "Cancel")
    await home(room, says("Nothing is running"))
    assert (await room.task(task.id)).status == TaskStatus.CANCELLED


async def test_what_another_did_is_seen_with_refresh(room: Room) -> None:
    """Home does not change by itself."""
    view = await opened(room)
    await room.running_task(subject="Bergmann")
    await room.playground.click_in_view("ada", view["id"], "Refresh")
    await home(room, says("Bergmann"))


async def test_people_see_their_own_dead_letters_and_replay_them(
    room: Room, sqlite: Database
) -> None:
    """Not those of others."""
    mine = await dead_letter(room, sqlite)
    await dead_letter(room, sqlite, by=BEN)
    view = await opened(room)
    assert json.dumps(view).count('"home_replay"') == 1
    await room.playground.click_in_view("ada", view["id"], "Replay")
    await home(room, says("All clear"))
    message = await sqlite.read(lambda session: session.get_one(Message, mine))
    assert message.state != MessageState.DEAD


async def test_only_operators_act_in_home(sqlite: Database) -> None:
    """Cleo may look; what she may not do is said in a modal, and nothing is done."""
    async with open_room(sqlite, [OPERATORS]) as room:
        alert, _ = await alert_in(room)
        view = await opened(room, "cleo")
        await room.playground.click_in_view("cleo", view["id"], "Acknowledge")
        assert "<!subteam^S0OPERATOR>" in json.dumps(await room.modal("cleo"))
        assert await state_of(room, alert) == "open"


async def test_what_is_muted_is_seen_and_unmuted_in_home(room: Room) -> None:
    """A mute without end, and a maintenance of everything; each has the button that ends it."""
    alerts, tenant = room.services.alerts, room.owner.tenant
    await alerts.mute(tenant, "nightly-*", by=BEN, duration=None)
    await alerts.maintain(tenant, None, by=BEN, duration=timedelta(hours=1))
    view = await opened(room)
    assert says("all kinds of tasks")(view)
    await room.playground.click_in_view("ada", view["id"], "Unmute")
    view = await home(room, lambda view: not says("nightly-*")(view))
    await room.playground.click_in_view("ada", view["id"], "End Maintenance")
    await home(room, lambda view: not says("No alerts for")(view))
    assert await alerts.silences(tenant) == []


async def test_a_subscription_begins_and_ends_in_home(room: Room) -> None:
    """The form, its line, and the button that undoes it."""
    view = await opened(room)
    await room.playground.click_in_view("ada", view["id"], "Subscribe")
    modal = await room.modal("ada")
    refused = await room.playground.submit("ada", modal["id"], {"pattern": "a`b"})
    assert list(refused.errors) == ["pattern"]
    await room.playground.submit("ada", modal["id"], {"pattern": "nightly-*"})
    view = await home(room, says("nightly-* · failures"))
    await room.playground.click_in_view("ada", view["id"], "Unsubscribe")
    await home(room, says("None: you are not notified of any tasks"))
    assert await room.services.subscriptions.list(room.owner, ADA) == []


async def test_preferences_are_changed_in_home(room: Room) -> None:
    """Wrong ones are refused under their field; the form begins with the person's time zone."""
    view = await opened(room)
    await room.playground.click_in_view("ada", view["id"], "Change")
    modal = await room.modal("ada")
    alone = {"quiet_from": "22:00", "timezone": "Europe/Berlin"}
    refused = await room.playground.submit("ada", modal["id"], alone)
    assert list(refused.errors) == ["quiet_until"]
    wrong = {**alone, "quiet_until": "07:00", "timezone": "Nowhere"}
    refused = await room.playground.submit("ada", modal["id"], wrong)
    assert list(refused.errors) == ["timezone"]
    right = {**wrong, "timezone": "Europe/Berlin", "often": "once_a_day"}
    await room.playground.submit("ada", modal["id"], right)
    await home(room, says("once a day, in a digest; quiet from 22:00 to 07:00 (Europe/Berlin)"))
    view = await home(room, lambda _view: True)
    await room.playground.click_in_view("ada", view["id"], "Change")
    assert says('"initial_time": "22:00"')(await room.modal("ada"))


@pytest.mark.parametrize("who", ["guest", "partner"])
async def test_strangers_see_why_they_see_nothing(room: Room, who: str) -> None:
    """Guests and partners, also when they come by an old Home that once was filled."""
    await room.running_task(subject="secret")
    await opened(room, "ben")
    ben = room.playground.state.users[BEN]
    if who == "guest":
        ben.is_restricted = True
    else:
        ben.team_id = "T9PARTNER"
    room.services.gate._kept.clear()
    room.playground.open_home("ben")
    view = await home(room, lambda view: not says("secret")(view), "ben")
    assert says("use me")(view)


async def test_a_home_that_changed_meanwhile_is_read_again(room: Room) -> None:
    """Another process has published since: the hash says so, and the newest state is shown."""
    await opened(room)
    room.playground.fail("views.publish", error="hash_conflict")
    room.playground.open_home("ada")
    await room.playground.wait_for(lambda: len(room.playground.calls("views.publish")) == 3)
    calls = room.playground.calls("views.publish")
    assert ["hash" in call.arguments for call in calls] == [False, True, False]
    await home(room, says("Needs attention"))


async def test_clicks_at_the_same_moment_end_with_the_newest_state(room: Room) -> None:
    """Five tasks are cancelled at once; no older Home is published over a newer one."""
    for _ in range(5):
        await room.running_task()
    view = await opened(room)
    names = [
        f"{block['block_id']}/task_cancel"
        for block in view["blocks"]
        if any(one.get("action_id") == "task_cancel" for one in block.get("elements", []))
    ]
    assert len(names) == 5
    clicks = (room.playground.click_in_view("ada", view["id"], name) for name in names)
    await asyncio.gather(*clicks)
    await home(room, says("Nothing is running"))


async def test_a_full_home_keeps_slacks_limits(room: Room) -> None:
    """More of everything than is shown: it is published, and says where the rest is."""
    for number in range(12):
        await room.running_task(kind=f"kind-{number}", subject="x" * 200)
        await room.services.subscriptions.subscribe(
            room.owner, ADA, f"{number}-*", only_failures=True, by=ADA
        )
        await room.services.alerts.mute(room.owner.tenant, f"kind-{number}", by=ADA, duration=None)
    view = await opened(room)
    assert says("/ops task list running")(view)
    assert len(view["blocks"]) <= 100
    sent = {key: view[key] for key in ("type", "callback_id", "blocks")}
    assert validate_view(sent) == []
