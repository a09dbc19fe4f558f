"""Posting and editing over real HTTP: on the playground, and where anything may come back."""

import asyncio

import pytest

from bot.messages.policy import Answer, Verdict, classify
from bot.messages.rendering import Rendered
from bot.messages.transports.slack import SlackTransport
from tests.bot.messages.transports.odd import HANG_UP, SECTION, outgoing, said

DOUBT = (Verdict.AMBIGUOUS, Verdict.OUTAGE)  # of a post, of an edit
WAIT = (Verdict.PACED, Verdict.PACED)


async def test_a_post_stands_in_the_channel(slack, playground, ours):
    """Text, blocks and our metadata arrive, and the answer says where."""
    answer = await slack.post(ours(revision=3))

    (message,) = playground.messages("ops")
    assert (message["ts"], playground.channel("ops").id) == (answer.ts, answer.channel)
    assert "Ada's task" == message["text"]
    assert ["section"] == [block["type"] for block in message["blocks"]]
    assert {"id": "m_1", "revision": 3} == message["metadata"]["event_payload"]


async def test_an_edit_may_be_repeated(slack, playground, ours):
    """The same edit twice leaves one message with its newest text."""
    ts = (await slack.post(ours())).ts
    change = ours(ts=ts, revision=2, rendered=Rendered("done", [SECTION], None))

    assert (await slack.edit(change)).ok
    assert (await slack.edit(change)).ok

    (message,) = playground.messages("ops")
    assert "done" == message["text"]
    assert 2 == message["metadata"]["event_payload"]["revision"]


async def test_text_alone_leaves_no_blocks(slack, playground, ours):
    """After Slack refused the blocks, an edit takes away even those that stood there."""
    ts = (await slack.post(ours())).ts

    await slack.edit(ours(ts=ts, text_only=True))

    assert not playground.messages("ops")[0].get("blocks")


async def test_a_reply_goes_into_its_thread(slack, playground, ours):
    """A thread's timestamp puts the post under its parent and nowhere else."""
    ts = (await slack.post(ours())).ts

    await slack.post(ours(message_id="m_2", thread_ts=ts))

    assert (1, 1) == (len(playground.messages("ops")), len(playground.replies("ops", ts)))


@pytest.mark.parametrize("error", ["channel_not_found", "invalid_blocks", "never_heard_of"])
async def test_a_refusal_keeps_its_code(slack, playground, ours, error):
    """What Slack calls the error is what the answer calls it."""
    playground.fail("chat.postMessage", error=error)

    answer = await slack.post(ours())

    assert (False, error, 200) == (answer.ok, answer.error, answer.status)


async def test_the_reasons_for_refused_blocks_are_kept(odd, oddly):
    """`errors` of an invalid_blocks answer are there for the event log."""
    odd.says = [said(body=b'{"ok": false, "error": "invalid_blocks", "errors": ["too long"]}')]

    assert {"errors": ["too long"]} == (await oddly.post(outgoing())).detail


@pytest.mark.parametrize(
    ("answer", "verdicts"),
    [
        (said(200, b"<html>Welcome</html>"), DOUBT),
        (said(200, b""), DOUBT),
        (said(200, b"[]"), DOUBT),
        (said(200, b'"ok"'), DOUBT),
        (said(200, b"null"), DOUBT),
        (said(200, b"{}"), DOUBT),
        (said(200, b"\xff\xfe"), DOUBT),
        (said(200, b'{"ok": true}'), (Verdict.AMBIGUOUS, Verdict.DELIVERED)),
        (said(500, b"<html>Oops</html>"), DOUBT),
        (said(502, b"Bad Gateway"), DOUBT),
        (said(503, b'{"ok": false, "error": "x"}'), DOUBT),
        (said(404, b"<html>Nobody here</html>"), DOUBT),
        (said(429, b"slow down"), WAIT),
        (said(429, b'{"ok": false}', wait="2"), WAIT),
        (said(200, b'{"ok": false, "error": "rate_limited"}'), WAIT),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", DOUBT),
        (b"what?\r\n\r\n", DOUBT),
        (HANG_UP, DOUBT),
    ],
)
async def test_any_answer_at_all_means_something(odd, oddly, answer, verdicts):
    """Garbage, errors and broken answers never raise, and never pass for a yes or a plain no."""
    odd.says = [answer]

    posted = classify(await oddly.post(outgoing()), is_edit=False)
    edited = classify(await oddly.edit(outgoing(ts="1.2")), is_edit=True)

    assert verdicts == (posted, edited)


@pytest.mark.parametrize(
    ("header", "waits"),
    [
        *(("30", 30.0), ("0", 0.0), ("1.5", 1.5), (" 7 ", 7.0), ("", 1.0), ("-5", 1.0)),
        *(("soon", 1.0), ("nan", 1.0), ("inf", 3600.0), ("9" * 400, 3600.0), ("²", 1.0)),
        ("Wed, 18 Nov 2026 07:28:00 GMT", 1.0),
        (None, 1.0),
    ],
)
async def test_retry_after_is_read_with_care(odd, oddly, header, waits):
    """Slack's seconds are obeyed; what makes no sense is a second, and nothing is for ever."""
    odd.says = [said(429, b"", wait=header)]

    assert waits == (await oddly.post(outgoing())).retry_after


@pytest.mark.parametrize("reads", [False, True])
async def test_a_hang_up_leaves_a_doubt_and_is_not_repeated(odd, oddly, reads):
    """Read or not: a post whose connection was closed may have arrived, and is sent once."""
    odd.reads = reads

    answer = await oddly.post(outgoing())

    assert (True, False) == (answer.lost, answer.unreachable)
    assert len(odd.requests) <= 1


async def test_a_server_that_hangs_is_given_up(odd, oddly):
    """After the time-out the answer is lost; the lane does not wait for ever."""
    odd.hangs = True

    async with asyncio.timeout(3):
        answer = await oddly.post(outgoing())

    assert answer.lost


async def test_where_nobody_listens_nothing_was_sent(session, odd):
    """A refused connection is certain: nothing can have been posted."""
    free = await asyncio.start_server(odd.answer, "127.0.0.1", 0)
    port = free.sockets[0].getsockname()[1]
    free.close()
    await free.wait_closed()
    nowhere = SlackTransport(f"http://127.0.0.1:{port}/api/", "xoxb-1-ada")

    assert Answer(unreachable=True) == await nowhere.post(outgoing())
    assert Answer(unreachable=True) == await nowhere.probe()


async def test_the_probe_knows_a_bad_token(session, playground):
    """Somebody is there, but does not know us."""
    stranger = SlackTransport(playground.api_url, "xoxb-0-cleo")

    answer = await stranger.probe()

    assert (False, "invalid_auth") == (answer.ok, answer.error)


async def test_joining_twice_is_fine(slack, playground):
    """A public channel is entered; being there already is no error."""
    channel = playground.channel("random").id

    assert (await slack.join(channel)).ok
    assert (await slack.join(channel)).ok


@pytest.mark.parametrize(
    ("scopes", "error"),
    [
        ("chat:write,commands", ""),
        ("commands, chat:write", ""),
        ("identify,bot", ""),
        ("", ""),
        ("commands,chat:write.public", "missing_scope"),
    ],
)
async def test_a_token_that_may_not_write_is_not_well(odd, oddly, scopes, error):
    """
    auth.test says yes to it, so its scopes are looked at; where none are named it may pass.

    The lane would go on at once, be refused, pause, and begin anew for ever.
    """
    odd.says = [said(headers={"X-OAuth-Scopes": scopes} if scopes else {})]

    answer = await oddly.probe()

    assert (not error, error) == (answer.ok, answer.error)
