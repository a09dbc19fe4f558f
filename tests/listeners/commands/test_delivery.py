"""`/ops delivery …`, `/ops why …`, the shortcut and the button, on a playground."""

import json

from bot.messages.requests.batch import RequestBatch
from bot.messages.requests.message_request import MessageRequest
from tests.listeners.room import ADA, Room
from tests.patience import until

OLD = "C0ARCHIVE6"


async def send(room: Room, key: str, channel: str = "C0OPS00002") -> None:
    """Ask for a message in Ada's name."""
    owner = room.owner
    order = MessageRequest(
        owner.tenant, owner.workspace_id, "text", {"text": key}, key, ADA, channel=channel
    )
    await room.services.requests.accept(RequestBatch([order]))


async def dead(room: Room, key: str) -> None:
    """Let a message die in an archived channel, and wait until it has."""
    await send(room, key, OLD)
    await until(room.services.dead_letters.tell_next)


async def test_show_tells_the_story(room: Room) -> None:
    """Who asked, with which template, and every event; only to the asker."""
    await send(room, "hello")
    await room.playground.wait_for(lambda: room.playground.messages("ops"))
    await room.playground.run_command("ben", "ops", "/ops delivery show hello")
    await room.told("ben")
    shown = json.dumps(room.playground.ephemerals("ben", "ops")[0], ensure_ascii=False)
    for fact in ("Requested", "slack-message, priority 10", ADA, "hello"):
        assert fact in shown


async def test_why_takes_a_link(room: Room) -> None:
    """The link of a message leads to its story; any other is refused in a sentence."""
    await send(room, "linked")
    [message] = await room.playground.wait_for(lambda: room.playground.messages("ops"))
    url = f"{room.playground.page_url}archives/C0OPS00002/p{message['ts'].replace('.', '')}"

    async def look() -> bool:
        await room.playground.run_command("ben", "ops", f"/ops why {url}")
        return "✅ Sent" in room.playground.ephemerals("ben", "ops")[-1]["text"]

    await until(look)
    await room.playground.run_command("ada", "ops", "/ops why nonsense")
    assert "Not a link to a message" in await room.told("ada")


async def test_the_shortcut_opens_the_story(room: Room) -> None:
    """*Why did I get this?* in a message's menu opens it in a modal."""
    await send(room, "menu")
    [message] = await room.playground.wait_for(lambda: room.playground.messages("ops"))
    await room.playground.wait_for(lambda: room.playground.calls("chat.postMessage"))

    async def look() -> bool:
        await room.playground.run_shortcut("cleo", "why", "ops", message["ts"])
        return bool(room.playground.views("cleo"))

    await until(look)
    assert "Requested" in json.dumps(await room.modal("cleo"))


async def test_dead_letters_are_listed_and_replayed(room: Room) -> None:
    """The list says what to type; doing it sends the message and names the actor to all."""
    await dead(room, "gone")
    await room.playground.run_command("ada", "ops", "/ops delivery dead")
    await room.told("ada")
    assert "/ops delivery replay m_" in json.dumps(room.playground.ephemerals("ada", "ops")[0])
    room.playground.channel("old-news").is_archived = False
    await room.playground.run_command("ada", "ops", "/ops delivery replay gone")
    await room.playground.wait_for(lambda: room.playground.messages("old-news"))
    assert any(ADA in one["text"] for one in room.playground.messages("ops"))


async def test_the_button_of_the_notice_replays(room: Room) -> None:
    """A click sends what the notice lists, and the notice names who clicked."""
    await dead(room, "clicked")
    [notice] = await room.playground.wait_for(lambda: room.playground.messages("ops"))
    room.playground.channel("old-news").is_archived = False
    outcome = await room.playground.click("ben", "ops", notice["ts"], "delivery_replay")
    assert outcome.ok
    await room.playground.wait_for(lambda: room.playground.messages("old-news"))
    await room.playground.wait_for(
        lambda: "Replayed by" in json.dumps(room.playground.messages("ops"))
    )


async def test_an_id_of_anybodys_making_mentions_nobody(room: Room) -> None:
    """All in the channel read who replayed what; the id in it stays text."""
    key = "<!subteam^S0OPERATOR> a"
    await dead(room, key)
    room.playground.channel("old-news").is_archived = False

    await room.playground.run_command("ada", "ops", f'/ops delivery replay "{key}"')

    await room.playground.wait_for(lambda: room.playground.messages("old-news"))
    [told] = [one for one in room.playground.messages("ops") if ADA in one["text"]]
    assert told["text"] == f"<@{ADA}> replayed the message &lt;!subteam^S0OPERATOR&gt; a"
    assert {"type": "text", "text": key, "style": {"code": True}} in (
        told["blocks"][0]["elements"][0]["elements"]
    )
