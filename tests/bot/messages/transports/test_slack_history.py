"""Looking for a post whose answer was lost: a sure yes, a sure no, or neither."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from slack_playground import Playground

from bot.messages.transports.slack import (
    CALL_SECONDS,
    HISTORY_PAGE,
    HISTORY_PAGES,
    METADATA_TYPE,
    SlackTransport,
)
from tests.bot.messages.transports.odd import HANG_UP, outgoing, said


async def test_our_post_is_found_among_others(slack, playground, ours):
    """Other messages of ours and people's words are passed over."""
    ts = (await slack.post(ours(revision=4))).ts
    await slack.post(ours(message_id="m_11"))
    playground.write("cleo", "ops", "m_1")

    found = await slack.find(ours())

    assert (ts, 4, True) == (found.ts, found.revision, found.readable)


async def test_what_is_not_there_is_not_found(slack, playground, ours):
    """A history without our message is a clear no."""
    await slack.post(ours(message_id="m_2"))

    found = await slack.find(ours())

    assert (found.ts, found.readable, found.answer.ok) == (None, True, True)


def chatter(playground, count):
    """People go on talking."""
    for number in range(count):
        playground.write("ben", "ops", f"chatter {number}")


async def test_our_post_is_found_behind_many_pages(slack, playground, ours):
    """With 450 newer messages in the channel it is on the third page."""
    ts = (await slack.post(ours())).ts
    chatter(playground, 450)

    found = await slack.find(ours())

    assert ts == found.ts
    assert len(playground.calls("conversations.history")) == 3


async def test_our_post_is_found_however_much_came_after_it(slack, playground, ours):
    """Behind ten pages it is sought where it must stand: soon after it was called for."""
    ts = (await slack.post(ours())).ts
    called_at = datetime.fromtimestamp(float(ts), UTC) - timedelta(seconds=1)
    playground.advance(CALL_SECONDS + 60)
    chatter(playground, HISTORY_PAGE * HISTORY_PAGES)

    found = await slack.find(ours(since=called_at))

    assert ts == found.ts
    assert len(playground.calls("conversations.history")) == HISTORY_PAGES + 1


async def test_nobody_is_sure_behind_ten_pages(slack, playground, ours):
    """
    It does not stand where it must, but who knows how late it came; or there is too much there.

    Neither is a clear no.
    """
    called_at = datetime.now(UTC)
    playground.advance(CALL_SECONDS + 60)
    chatter(playground, HISTORY_PAGE * HISTORY_PAGES + 1)

    elsewhere = await slack.find(ours(since=called_at))
    too_much = await slack.find(ours(since=called_at + timedelta(seconds=CALL_SECONDS)))

    assert (elsewhere.ts, elsewhere.readable) == (None, False)
    assert (too_much.ts, too_much.readable) == (None, False)
    assert len(playground.calls("conversations.history")) == 3 * HISTORY_PAGES + 1


async def test_our_reply_is_found_in_its_thread(slack, playground, ours):
    """A reply is looked for in its thread, behind a hundred others, and not in the channel."""
    thread = (await slack.post(ours(message_id="m_parent"))).ts
    for number in range(120):
        playground.write("ben", "ops", f"me too {number}", thread_ts=thread)
    ts = (await slack.post(ours(thread_ts=thread))).ts

    found = await slack.find(ours(thread_ts=thread))

    assert ts == found.ts
    assert not playground.calls("conversations.history")


async def test_only_what_is_young_enough_is_looked_at(slack, ours):
    """History from before the message was asked for is not read, but for a little skew."""
    await slack.post(ours())

    old = await slack.find(ours(since=datetime.now(UTC) + timedelta(seconds=90)))
    skewed = await slack.find(ours(since=datetime.now(UTC) + timedelta(seconds=30)))

    assert old.ts is None
    assert skewed.ts is not None


@pytest.mark.parametrize(
    "error",
    [
        *("missing_scope", "no_permission", "access_denied", "not_in_channel"),
        *("channel_not_found", "thread_not_found", "is_archived", "never_heard_of"),
    ],
)
async def test_a_history_that_may_never_be_read_is_unreadable(slack, playground, ours, error):
    """What asking again cannot change is decided by the sender, not asked for ever."""
    playground.fail("conversations.history", error=error, count=9)

    found = await slack.find(ours())

    assert (found.ts, found.readable, found.answer.ok) == (None, False, True)


@pytest.mark.parametrize(
    "answer",
    [
        said(500, b"<html>Oops</html>"),
        said(502, b""),
        said(200, b"<html>Welcome</html>"),
        said(429, b""),
        said(200, b'{"ok": false, "error": "internal_error"}'),
        said(200, b'{"ok": false, "error": "token_revoked"}'),
        HANG_UP,
    ],
)
async def test_a_look_that_failed_is_not_a_no(odd, oddly, answer):
    """
    A history that could not be read just now does not mean that our post is not in it.

    A 500 without a code once did, and the message was posted a second time.
    """
    odd.says = [answer]

    found = await oddly.find(outgoing())

    assert (found.ts, found.answer.ok) == (None, False)


async def test_odd_histories_do_no_harm(odd, oddly):
    """Messages without metadata, with null, or with that of others are passed over."""
    mine = {"event_type": METADATA_TYPE, "event_payload": {"id": "m_1", "revision": 2}}
    messages = [
        {"ts": "9.0"},
        {"ts": "8.0", "metadata": None},
        {"ts": "7.0", "metadata": {"event_type": METADATA_TYPE, "event_payload": None}},
        {"ts": "6.0", "metadata": {**mine, "event_type": "somebody_elses"}},
        {"ts": "5.0", "metadata": {**mine, "event_payload": {"id": "m_11"}}},
    ]
    first = {"ok": True, "messages": messages, "response_metadata": {"next_cursor": "more"}}
    last = {"ok": True, "messages": [{"ts": "4.0", "metadata": mine}], "response_metadata": None}
    nothing = {"ok": True, "messages": None, "response_metadata": None}
    odd.says = [said(body=json.dumps(body).encode()) for body in (first, last, nothing)]

    found = await oddly.find(outgoing())
    again = await oddly.find(outgoing())

    assert (found.ts, found.revision) == ("4.0", 2)
    assert again.ts is None
    assert [body.get("cursor") for body in odd.requests] == [None, "more", None]


async def test_our_direct_message_is_found_where_it_stands(slack, playground, ours):
    """
    A person's id stands for the conversation with them, which alone has a history.

    It once could not be read, so that a notice whose answer was lost came twice.
    """
    ada = playground.user("ada").id
    ts = (await slack.post(ours(channel=ada))).ts

    found = await slack.find(ours(channel=ada))

    assert (ts, playground.im("ada").id) == (found.ts, found.channel)


@pytest.mark.parametrize("scope", ["im:write", "im:history"])
async def test_without_its_scope_a_direct_message_is_in_doubt(scope, ours):
    """Nobody can say whether it arrived; asking again would not help."""
    granted = {"chat:write", "im:write", "im:history"} - {scope}
    async with Playground(limits="off", seed={"scopes": [*granted]}) as playground:
        slack = SlackTransport(playground.api_url, playground.bot_token)
        ada = playground.user("ada").id
        await slack.post(ours(channel=ada))

        found = await slack.find(ours(channel=ada))
        slack.close()

    assert (found.ts, found.readable) == (None, False)


async def test_a_channel_is_entered_to_look_into_it(slack, playground, ours):
    """
    Who was killed while joining looks as a member, and so sees for certain that nothing is there.

    The message once went out marked as a possible repeat of one that nobody had posted.
    """
    outside = ours(channel=playground.channel("random").id)

    found = await slack.find(outside)

    assert (found.ts, found.readable, found.answer.ok) == (None, True, True)
