"""Posting and editing over real HTTP: on the playground, and where anything may come back."""

import asyncio

import pytest

from bot.messages.error_codes import Verdict
from bot.messages.policy import SlackResponse, classify
from bot.messages.rendering.renderer import Rendered
from bot.messages.transports.base import File
from bot.messages.transports.slack import SlackTransport
from tests.bot.messages.transports.odd import HANG_UP, SECTION, outgoing, said
from tests.held_port import hold_port, number_of
from tests.patience import PATIENCE_SECONDS

DOUBT = (Verdict.AMBIGUOUS, Verdict.OUTAGE)  # of a post, of an edit
WAIT = (Verdict.PACED, Verdict.PACED)


async def test_a_post_stands_in_the_channel(slack, playground, ours):
    """Text, blocks and our metadata arrive, and the answer says where."""
    answer = await slack.post(ours(revision=3))

    (message,) = playground.messages("ops")
    assert (message["ts"], playground.channel("ops").id) == (answer.ts, answer.channel)
    assert message["text"] == "Ada's task"
    assert [block["type"] for block in message["blocks"]] == ["section"]
    assert message["metadata"]["event_payload"] == {"id": "m_1", "revision": 3}


async def test_an_edit_may_be_repeated(slack, playground, ours):
    """The same edit twice leaves one message with its newest text."""
    ts = (await slack.post(ours())).ts
    change = ours(ts=ts, revision=2, rendered=Rendered("done", [SECTION], None))

    assert (await slack.edit(change)).ok
    assert (await slack.edit(change)).ok

    (message,) = playground.messages("ops")
    assert message["text"] == "done"
    assert message["metadata"]["event_payload"]["revision"] == 2


@pytest.mark.parametrize("text_only", [False, True])
async def test_an_edit_shows_what_its_markup_means(slack, playground, ours, text_only):
    """
    A date is a date, and not its source: chat.update forgets how the post was to be read.

    With blocks as without, for notifications show the text.
    """
    date = "stopped at <!date^1795862520^{time}|10:02>"
    ts = (await slack.post(ours())).ts

    await slack.edit(ours(ts=ts, rendered=Rendered(date, [SECTION], None), text_only=text_only))

    assert playground.messages("ops")[0]["text"] == date


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update", "chat.postEphemeral"])
async def test_no_text_is_read_for_names(slack, playground, ours, method):
    """What data says of `@channel` stays words, whichever way it goes out."""
    ts = (await slack.post(ours())).ts
    await slack.edit(ours(ts=ts))
    await slack.post(ours(seen_by=playground.user("ben").id))

    (call,) = playground.calls(method)
    assert (call.arguments["parse"], call.arguments["link_names"]) == ("none", False)


async def test_text_alone_leaves_no_blocks(slack, playground, ours):
    """After Slack refused the blocks, an edit takes away even those that stood there."""
    ts = (await slack.post(ours())).ts

    await slack.edit(ours(ts=ts, text_only=True))

    assert not playground.messages("ops")[0].get("blocks")


async def test_a_reply_goes_into_its_thread(slack, playground, ours):
    """A thread's timestamp puts the post under its parent and nowhere else."""
    ts = (await slack.post(ours())).ts

    await slack.post(ours(message_id="m_2", thread_ts=ts))

    assert (len(playground.messages("ops")), len(playground.replies("ops", ts))) == (1, 1)


@pytest.mark.parametrize("error", ["channel_not_found", "invalid_blocks", "never_heard_of"])
async def test_a_refusal_keeps_its_code(slack, playground, ours, error):
    """What Slack calls the error is what the answer calls it."""
    playground.fail("chat.postMessage", error=error)

    answer = await slack.post(ours())

    assert (False, error, 200) == (answer.ok, answer.error, answer.status)


async def test_the_reasons_for_refused_blocks_are_kept(odd, oddly):
    """`errors` of an invalid_blocks answer are there for the event log."""
    odd.says = [said(body=b'{"ok": false, "error": "invalid_blocks", "errors": ["too long"]}')]

    assert (await oddly.post(outgoing())).detail == {"errors": ["too long"]}


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

    assert (answer.lost, answer.unreachable) == (True, False)
    assert len(odd.requests) <= 1


async def test_a_server_that_hangs_is_given_up(odd):
    """After the time-out the answer is lost; the lane does not wait for ever."""
    odd.hangs = True
    hasty = SlackTransport(f"http://127.0.0.1:{odd.port}/api/", "xoxb-1-ada", timeout_seconds=0.5)

    async with asyncio.timeout(PATIENCE_SECONDS):
        answer = await hasty.post(outgoing())

    assert answer.lost


async def test_where_nobody_listens_nothing_was_sent():
    """A refused connection is certain: nothing can have been posted."""
    with hold_port() as held:
        nowhere = SlackTransport(f"http://127.0.0.1:{number_of(held)}/api/", "xoxb-1-ada")

        assert SlackResponse(unreachable=True) == await nowhere.post(outgoing())
        assert SlackResponse(unreachable=True) == await nowhere.probe()


async def test_the_probe_knows_a_bad_token(session, playground):
    """Somebody is there, but does not know us."""
    stranger = SlackTransport(playground.api_url, "xoxb-0-cleo")

    answer = await stranger.probe()
    stranger.close()

    assert (answer.ok, answer.error) == (False, "invalid_auth")


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


REPORT = File("report.csv", "dealer,rows\nBergmann,12\n")


async def test_a_file_goes_into_its_thread(slack, playground, ours):
    """In three steps it stands under its message, whole and under its name."""
    ts = (await slack.post(ours())).ts

    answer = await slack.post(ours(message_id="m_2", thread_ts=ts, file=REPORT))

    (reply,) = playground.replies("ops", ts)
    (file,) = reply["files"]
    assert (answer.ok, answer.ts) == (True, None)
    assert ("report.csv", len(REPORT.encoded())) == (file["name"], file["size"])
    assert REPORT.encoded() == playground.state.files[file["id"]].content


@pytest.mark.parametrize(
    ("method", "verdict"),
    [
        ("files.getUploadURLExternal", Verdict.OUTAGE),
        ("upload", Verdict.OUTAGE),
        ("files.completeUploadExternal", Verdict.AMBIGUOUS),
    ],
)
async def test_only_the_last_step_of_an_upload_can_be_lost(
    slack, playground, ours, method, verdict
):
    """Before it nobody can have seen anything; after it the file is found in the thread."""
    ts = (await slack.post(ours())).ts
    playground.fail(method, "drop_answer")
    wanted = ours(message_id="m_2", thread_ts=ts, file=REPORT)

    assert verdict is classify(await slack.post(wanted), is_edit=False)

    found = await slack.find(wanted)
    assert (verdict is Verdict.AMBIGUOUS) == (found.ts is not None)


async def test_another_file_of_that_name_is_not_ours(slack, playground, ours):
    """A file is known by name and length, and only in its own thread."""
    ts = (await slack.post(ours())).ts
    await slack.post(ours(message_id="m_2", thread_ts=ts, file=File("report.csv", "other")))

    assert (await slack.find(ours(message_id="m_3", thread_ts=ts, file=REPORT))).ts is None


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_an_app_that_may_not_upload_is_not_locked_out(slack, playground, ours, method):
    """The scope is missing for files alone: this one is given up, and messages go on."""
    playground.fail(method, error="missing_scope")

    answer = await slack.post(ours(file=REPORT))

    assert (answer.error, classify(answer, is_edit=False)) == ("files_not_allowed", Verdict.FINAL)


async def test_a_message_for_one_person(slack, playground, ours):
    """Ben sees it, nobody else does; it has no place at which it could be edited or found."""
    ben = playground.user("ben").id

    answer = await slack.post(ours(seen_by=ben))

    (seen,) = playground.ephemerals("ben", "ops")
    assert (seen["text"], answer.ok, answer.ts) == ("Ada's task", True, None)
    assert (playground.messages("ops"), playground.ephemerals("cleo", "ops")) == ([], [])
    assert not (await slack.find(ours(seen_by=ben))).readable


async def test_only_members_are_shown_something(slack, playground, ours):
    """Somebody who is not in the channel cannot be."""
    playground.channel("ops").members.remove(playground.user("cleo").id)

    answer = await slack.post(ours(seen_by=playground.user("cleo").id))

    assert (
        answer.error,
        classify(answer, is_edit=False),
    ) == ("user_not_in_channel", Verdict.FINAL)
