"""What has no room in a message follows in its thread: all of it, once, and in order."""

import pytest

from bot.messages.requests.sender_settings import NamedSender
from tests.bot.messages.sending_desk import desk
from tests.patience import until

__all__ = ["desk"]


async def test_what_has_no_room_follows_in_the_thread(desk):
    """In parts of 3,000 characters, each of them once."""
    text = "\n".join(f"row {number:05}" for number in range(700))
    await desk.send("long", text)
    await desk.playground.wait_for(lambda: len(desk.thread()) == 3)

    told = "".join(str(reply["blocks"][1]) for reply in desk.thread())
    assert all(f"row {number:05}" in told for number in range(700))
    assert parts_of(desk) == ["part 1 of 3", "part 2 of 3", "part 3 of 3"]


@pytest.mark.parametrize("kind", [{"error": "internal_error"}, {"kind": "drop_answer"}])
async def test_the_parts_come_in_order_whatever_fails(desk, kind):
    """The first is refused, or its answer lost: the others wait until it stands in the thread."""
    held = desk.playground.fail("chat.postMessage", "hold_answer", count=1)
    text = "\n".join(f"row {number:05}" for number in range(1_400))
    await desk.send("long", text)
    await desk.playground.wait_for(lambda: desk.playground.messages("ops"))
    desk.playground.fail("chat.postMessage", **kind)
    desk.playground.let_go(held)
    await desk.playground.wait_for(lambda: len(desk.thread()) == 5)

    assert [f"part {number} of 5" for number in range(1, 6)] == parts_of(desk)


async def test_what_waits_for_a_part_that_died_says_so(desk):
    """A replay of that one lets all the others follow, in order."""
    held = desk.playground.fail("chat.postMessage", "hold_answer", count=1)
    await desk.send("long", "\n".join(f"row {number:05}" for number in range(1_000)))
    await desk.playground.wait_for(lambda: desk.playground.messages("ops"))
    desk.playground.fail("chat.postMessage", error="is_archived")
    desk.playground.let_go(held)
    (dead,) = await until(lambda: desk.requests.dead("default", 10))
    others = (await desk.requests.status("default", "long")).others
    waiting = [await desk.requests.status("default", one) for one in others if one != dead.id]

    assert {f"It waits for `{dead.id}`, which was given up: replay that one."} == {
        one.fix for one in waiting
    }
    await desk.requests.replay("default", dead.id, by="ada")
    await desk.playground.wait_for(lambda: len(desk.thread()) == len(others))
    assert [f"part {number + 1} of {len(others)}" for number in range(len(others))] == parts_of(
        desk
    )


def parts_of(desk):
    """Return the numbers of the parts in a thread, as they stand there."""
    return [reply["text"].partition(", ")[2][:11] for reply in desk.thread()]


async def test_what_has_no_room_follows_a_post_that_was_found_again(desk):
    """
    The answer of a long message's post was lost, and the look into the history found the post.

    It was then counted as sent without what had no room in it, of which nobody heard again.
    """
    desk.playground.fail("chat.postMessage", "drop_answer")

    await desk.send("long", "\n".join(f"row {number:05}" for number in range(700)))
    await desk.until("long", "SENT")

    await desk.playground.wait_for(lambda: len(desk.thread()) == 3)
    assert any("row 00699" in reply["text"] for reply in desk.thread())
    assert len(desk.playground.messages("ops")) == 1


async def test_what_is_far_too_long_follows_as_a_file(desk):
    """The whole of it, to be read at leisure."""
    text = "\n".join(f"row {number:05}" for number in range(9_000))
    await desk.send("long", text)
    await desk.playground.wait_for(desk.files)

    (content,) = desk.files()
    assert content is not None
    assert content.decode().strip().endswith("row 08999")


async def test_a_webhook_is_told_the_rest_in_further_posts(desk):
    """There is no thread and no file: each part is a post."""
    await desk.senders.put("default", NamedSender(code="s", workspace_id="hook"), by="ada")
    await desk.send("long", "y" * 5_000, sender="s", channel=None)

    await desk.playground.wait_for(lambda: len(desk.playground.messages("ops")) == 3)
