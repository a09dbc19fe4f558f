"""`/ops subscribe`, `/ops unsubscribe`, `/ops subscriptions` and `/ops task board`, typed."""

import json

from tests.listeners.room import ADA, OPS, Room


async def test_a_channel_is_subscribed_and_hears_of_a_failure(room: Room) -> None:
    """The channel sees who did it and how to undo it; then comes one message for the end."""
    await room.playground.run_command("ada", "ops", "/ops subscribe schema* failures")
    await said_in_ops(room, f"<@{ADA}> subscribed this channel to failures of `schema*`")
    await room.playground.run_command("ben", "ops", "/ops subscribe schema* failures")
    assert "already subscribed to failures" in await room.told("ben")
    await room.failed_task()
    await said_in_ops(room, "/ops unsubscribe schema*")

    await room.playground.run_command("ada", "ops", "/ops subscriptions")
    await room.told("ada")
    assert "/ops unsubscribe schema*" in json.dumps(room.playground.ephemerals("ada", "ops")[0])
    await room.playground.run_command("ada", "ops", "/ops unsubscribe schema* failures")
    await said_in_ops(room, "unsubscribed this channel from `schema*`")
    await room.playground.run_command("ada", "ops", "/ops subscriptions")
    assert "no subscriptions" in await room.told("ada", 2)


async def test_a_person_is_subscribed_in_a_direct_message(room: Room) -> None:
    """What is said there is for the person, and so is what is told."""
    im = room.playground.im("ada").id
    await room.playground.run_command("ada", im, "/ops subscribe *")
    found = await room.services.subscriptions.list(room.owner, ADA)
    assert [(one.pattern, one.channel) for one in found] == [("*", ADA)]
    assert await room.services.subscriptions.list(room.owner, im) == []
    await room.failed_task()
    await room.playground.wait_for(
        lambda: "schema_fix" in json.dumps(room.playground.messages(im), ensure_ascii=False)
    )


async def test_where_the_bot_is_not_it_cannot_tell(room: Room) -> None:
    """The asker is told how it gets in, and nothing is kept."""
    channel = next(
        one
        for one in room.playground.state.channels.values()
        if one.id.startswith("C") and room.playground.state.bot_user_id not in one.members
    )
    await room.playground.run_command("ada", channel.id, "/ops subscribe *")
    assert await room.services.subscriptions.list(room.owner, channel.id) == []


async def test_a_board_is_posted_pinned_kept_and_switched_off(room: Room) -> None:
    """As people see it."""
    await room.playground.run_command("ada", "ops", "/ops task board")
    ts = await said_in_ops(room, "Task board: 0 running")
    await room.playground.run_command("ben", "ops", "/ops task board")
    assert "already has a task board" in await room.told("ben")
    await room.running_task(subject="Bergmann")
    await room.services.boards.refresh()
    await room.playground.wait_for(
        lambda: "Bergmann" in json.dumps(room.playground.message("ops", ts))
    )

    async def is_pinned() -> bool:
        await room.services.boards.refresh()
        return list(room.playground.channel(OPS).pins) == [ts]

    assert await is_pinned()
    await room.playground.run_command("ada", "ops", "/ops task board off")
    await room.playground.wait_for(
        lambda: "switched off" in json.dumps(room.playground.message("ops", ts))
    )


async def said_in_ops(room: Room, words: str) -> str:
    """Wait until a message in #ops says so, and return its place."""

    def find() -> str:
        for message in room.playground.messages("ops"):
            if words in json.dumps(message, ensure_ascii=False):
                return str(message["ts"])
        return ""

    return await room.playground.wait_for(find)
