"""Questions in the thread of a report."""

from slack_bolt.request.async_request import AsyncBoltRequest

from listeners.events.report import question_of
from tests.listeners.actions.test_report import run_report
from tests.listeners.payloads import event
from tests.listeners.room import BEN, OPS


async def ask_in_thread(room, ts, text, question_ts="1795902000.000100", event_id="Ev1"):
    """Let Slack tell of a mention in a thread."""
    body = event("app_mention", event_id, room.playground)
    body["event"] |= {"user": BEN, "text": text, "ts": question_ts, "channel": OPS}
    if ts:
        body["event"]["thread_ts"] = ts
    await room.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))


def answers(room, ts):
    """Return the answers in the thread, without the files."""
    return [reply for reply in room.playground.replies("ops", ts) if not reply.get("files")]


async def test_a_mention_in_the_thread_is_answered_there(room):
    """From the rows alone, with who asked what; once, also if Slack tells of it again."""
    _, ts = await run_report(room)
    await ask_in_thread(room, ts, "<@U0SAMPLE001> which day had most revenue?")
    await ask_in_thread(room, ts, "<@U0SAMPLE001> which day had most revenue?", event_id="Ev2")

    (answer,) = await room.playground.wait_for(lambda: answers(room, ts))
    assert "13,147.5" in answer["text"]
    assert f"<@{BEN}> asked: which day had most revenue?" in str(answer["blocks"])


async def test_a_mention_elsewhere_is_no_question(room):
    """Neither in the channel nor in a thread of others; nobody is bothered."""
    other = room.playground.write("ben", "ops", "Lunch?").answer["message"]["ts"]
    await ask_in_thread(room, None, "<@U0SAMPLE001> hello", event_id="Ev1")
    await ask_in_thread(room, other, "<@U0SAMPLE001> hello", event_id="Ev2")
    _, ts = await run_report(room)
    await ask_in_thread(room, ts, "<@U0SAMPLE001>  ", event_id="Ev3")
    await ask_in_thread(room, ts, "<@U0SAMPLE001> how many rows?", "1795902000.000200", "Ev4")

    await room.playground.wait_for(lambda: answers(room, ts))
    assert room.playground.replies("ops", other) == []
    assert len(answers(room, ts)) == 1


def test_a_question_is_what_is_left_without_the_mention():
    """As it was typed."""
    assert (
        question_of({"text": "<@U0SAMPLE001>  is a &lt; b,\n<@U0BEN00002|ben>?"}) == "is a < b, ?"
    )
