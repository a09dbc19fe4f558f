"""Every door of the bot is behind one gate: buttons, commands, forms, shortcuts."""

from dataclasses import replace
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_playground.state import User

import listeners
from bot.db import Database
from bot.tasks.models import TaskStatus
from bot.workspaces.gate import Gate, House
from listeners.views.tasks.retry_task_builder import build_retry_task
from tests.listeners.payloads import click, event, interaction, submission
from tests.listeners.room import BEN, CLEO, OPS, Room, open_room

HOME, PARTNER, PAT = "T0PLAYGRND", "T9PARTNER", "U9PARTNER1"
NOT_OURS = "Only members of *Playground* can use me"


async def dispatch(room: Room, body: dict[str, Any]) -> Any:
    request = AsyncBoltRequest(body=body, mode="socket_mode")
    return await room.app.async_dispatch(request)


@pytest.fixture
def pat(room: Room) -> User:
    """A partner who stands in #ops, which is shared."""
    pat = User(PAT, "pat", "Pat", team_id=PARTNER)
    room.playground.state.users[PAT] = pat
    room.playground.state.channels[OPS].members.add(PAT)
    return pat


@pytest.mark.parametrize("team", [HOME, PARTNER])
@pytest.mark.parametrize("says_whose", [True, False])
@pytest.mark.parametrize("action", ["task_cancel", "task_retry", "delivery_replay"])
async def test_a_partner_cannot_press(
    room: Room, pat: User, team: str, says_whose: bool, action: str
) -> None:
    """Whichever team Slack names: one sentence, for Pat alone, and nothing changes."""
    task = await room.running_task()
    body = click(action, task.id, user=PAT, playground=room.playground)
    body["team"] = {"id": team, "domain": "x"}
    body["user"] = {"id": PAT, **({"team_id": PARTNER} if says_whose else {})}

    answer = await dispatch(room, body)

    assert answer.status == 200
    assert NOT_OURS in await room.told(PAT)
    assert (await room.task(task.id)).status == TaskStatus.RUNNING


@pytest.mark.parametrize("line", ["/ops task run schema_fix", "/ops task list", "/ops help"])
async def test_a_guest_cannot_act_or_read(room: Room, line: str) -> None:
    """What stands in private channels is in no guest's list."""
    await room.running_task(subject="private")
    room.playground.state.users[BEN].is_restricted = True

    assert (await room.playground.run_command("ben", "ops", line)).ok

    assert await room.told("ben") == "Guests cannot use me: ask a full member of *Playground*."


async def test_a_guest_cannot_submit_what_stood_open(room: Room) -> None:
    """Somebody may become a guest while a modal is open; the form says so."""
    task = await room.failed_task()
    room.playground.state.users[BEN].is_ultra_restricted = True
    view = {**build_retry_task(task), "state": {"values": {}}}

    answer = await dispatch(room, submission(view, playground=room.playground, user=BEN))

    assert "Guests cannot use me" in str(answer.body)
    assert (await room.task(task.id)).attempt == 1


async def test_a_guest_cannot_read_through_a_shortcut(room: Room) -> None:
    """*Why did I get this?* shows payloads; no modal with them opens."""
    room.playground.state.users[BEN].is_restricted = True
    body = {
        **interaction("message_action", room.playground, BEN),
        "callback_id": "why",
        "channel": {"id": OPS, "name": "ops"},
        "message_ts": "1.1",
        "message": {"ts": "1.1"},
        "response_url": click("x", "1", playground=room.playground, user=BEN)["response_url"],
    }

    await dispatch(room, body)

    assert "Guests cannot use me" in await room.told("ben")
    assert room.playground.views("ben") == []


async def test_a_link_is_opened_without_a_word(room: Room) -> None:
    """Slack opens the address itself; a refusal would come after the fact."""
    room.playground.state.users[BEN].is_restricted = True

    answer = await dispatch(room, click("task_logs", "", playground=room.playground, user=BEN))

    assert answer.status == 200
    assert room.playground.ephemerals("ben", "ops") == []
    assert room.playground.calls("users.info") == []


async def test_a_guest_who_writes_to_the_bot_is_not_answered(room: Room) -> None:
    """Members are: who may use the bot is asked of a direct message, too."""
    room.playground.state.users[BEN].is_restricted = True
    ims = {name: room.playground.im(name).id for name in ("ben", "cleo")}
    for name, user in (("ben", BEN), ("cleo", CLEO)):
        body = event("message", f"Ev-{name}", room.playground)
        body["event"] |= {"user": user, "text": "hello", "ts": "1795902000.000100"}
        body["event"] |= {"channel": ims[name], "channel_type": "im"}
        await dispatch(room, body)

    assert await room.playground.wait_for(lambda: room.playground.messages(ims["cleo"]))
    assert len(room.playground.calls("users.info")) == 2
    assert room.playground.messages(ims["ben"]) == []


ELSEWHERE = "T0OTHERWS"


async def dispatch_on_grid(room: Room, body: dict[str, Any]) -> Any:
    """Send *body* to a bot whose workspace is one of an organisation's."""
    client = room.app.client
    app = AsyncApp(client=client)
    gate = Gate(client, House(HOME, "acme", "E0ORG"))
    listeners.register(app, replace(room.services, gate=gate))
    return await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))


def click_of_a_colleague(room: Room, task_id: str, **changes: Any) -> dict[str, Any]:
    """Return a click in #ops of Ada, who is signed in to another workspace of the organisation."""
    user = User("W0ADA00001", "w", "Ada", team_id=ELSEWHERE, enterprise_id="E0ORG")
    room.playground.state.users[user.id] = user
    body = click("task_cancel", task_id, user=user.id, playground=room.playground)
    body["user"] = {"id": user.id}
    body["team"] = {"id": ELSEWHERE, "enterprise_id": "E0ORG"}
    body["enterprise"] = {"id": "E0ORG"}
    body["message"]["team"] = HOME
    return {**body, **changes}


@pytest.mark.parametrize("changes", [{}, {"team": None, "is_enterprise_install": True}])
async def test_a_colleague_of_another_workspace_acts_on_our_message(
    room: Room, changes: dict[str, Any]
) -> None:
    """The message is in our workspace, whatever workspace Slack names for the click."""
    task = await room.running_task()

    answer = await dispatch_on_grid(room, click_of_a_colleague(room, task.id, **changes))

    assert answer.status == 200
    assert (await room.task(task.id)).status == TaskStatus.CANCELLED


async def test_a_colleague_in_another_workspace_is_told_where_to_go(room: Room) -> None:
    """What is typed there belongs to no channel of ours."""
    task = await room.running_task()
    body = click_of_a_colleague(room, task.id)
    del body["message"]["team"]

    await dispatch_on_grid(room, body)

    assert await room.told("W0ADA00001") == (
        "You are signed in to another workspace of your organisation: open this channel in *acme*."
    )
    assert (await room.task(task.id)).status == TaskStatus.RUNNING


async def test_a_click_from_an_organisation_that_is_not_ours_is_refused(room: Room) -> None:
    """Without an organisation of our own, Ada's other workspace is a stranger's."""
    task = await room.running_task()

    answer = await dispatch(room, click_of_a_colleague(room, task.id))

    assert answer.status == 200
    assert NOT_OURS in await room.told("W0ADA00001")
    assert (await room.task(task.id)).status == TaskStatus.RUNNING


async def test_where_viewers_are_named_a_member_is_told_who_may_look(database: Database) -> None:
    """Commands that only read are refused as well, with the names of those who may."""
    async with open_room(database, viewers=[BEN]) as room:
        assert (await room.playground.run_command("cleo", "ops", "/ops task list")).ok
        assert await room.told("cleo") == f"Only <@{BEN}> can use me here. Ask one of them."
        assert (await room.playground.run_command("ben", "ops", "/ops task list")).ok
        assert "can use me here" not in await room.told("ben")


async def test_a_refusal_that_cannot_be_told_is_acknowledged(room: Room) -> None:
    """Otherwise Slack would call a click failed that was refused."""
    task = await room.running_task()
    room.playground.state.users[BEN].is_restricted = True
    body = click("task_cancel", task.id, user=BEN, playground=room.playground)

    answer = await dispatch(room, {**body, "response_url": "http://127.0.0.1:9/"})

    assert answer.status == 200
    assert (await room.task(task.id)).status == TaskStatus.RUNNING
