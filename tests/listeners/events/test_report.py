"""Questions in the thread of a report."""

from typing import Any

from slack_bolt.request.async_request import AsyncBoltRequest

from listeners.events.report import question_of
from tests.listeners.actions.test_report import run_report
from tests.listeners.payloads import event
from tests.listeners.reports import QUESTIONS_PER_HOUR
from tests.listeners.room import BEN, CLEO, OPS


async def ask_in_thread(
    room, ts, text, question_ts="1795902000.000100", event_id="Ev1", *, kind="app_mention", **more
):
    """Let Slack tell of a mention in a thread, or of another message."""
    body = event(kind, event_id, room.playground)
    body["event"] |= {"user": BEN, "text": text, "ts": question_ts, "channel": OPS, **more}
    if ts:
        body["event"]["thread_ts"] = ts
    await room.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))


def answers(room, ts):
    """Return the answers in the thread, without the files."""
    return [reply for reply in room.playground.replies("ops", ts) if not reply.get("files")]


def enough(found, count):
    """Return what was found once it is so much."""
    return found if len(found) >= count else None


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


async def test_a_reply_in_a_direct_message_is_a_question(room):
    """Nobody mentions the only one who is there; in channels, and by programs, nothing is asked."""
    _, ts = await run_report(room)
    kinds: tuple[dict[str, Any], ...] = (
        {"channel_type": "channel"},
        {"channel_type": "im", "subtype": "message_changed"},
        {"channel_type": "im", "bot_id": "B0SAMPLE001"},
        {"channel_type": "im"},
        {"channel_type": "im", "subtype": "file_share", "files": [{"id": "F1"}]},
        {"channel_type": "im", "subtype": "thread_broadcast"},
        {"channel_type": "im", "subtype": "file_share", "files": [{"id": "F2"}], "text": ""},
    )
    for number, more in enumerate(kinds):
        asked: dict[str, Any] = {"text": "which day had most revenue?", **more}
        await ask_in_thread(
            room,
            ts,
            question_ts=f"1795902000.00010{number}",
            event_id=f"Ev{number}",
            kind="message",
            **asked,
        )

    told = await room.playground.wait_for(lambda: enough(answers(room, ts), 4))
    by_ben = f"<@{BEN}> asked: which day had most revenue?"
    other = [one["text"] for one in told if by_ben not in str(one["blocks"])]
    assert (len(told), other) == (4, ["Ask in words; files are not read."])


async def test_who_asks_too_often_is_told_once(room):
    """The limit is one of each person, so others can still ask."""
    _, ts = await run_report(room)
    for number in range(QUESTIONS_PER_HOUR + 2):
        at = f"1795902000.{number:06}"
        await ask_in_thread(room, ts, "<@U0SAMPLE001> how many rows?", at, f"Ev{number}")
    await ask_in_thread(room, ts, "how many rows?", "1795902001.000000", "Ev99", user=CLEO)

    count = QUESTIONS_PER_HOUR + 2
    told = await room.playground.wait_for(lambda: enough(answers(room, ts), count))
    refused = [one["text"] for one in told if "Ask again" in one["text"]]
    assert (len(told), len(refused)) == (count, 1)
    assert refused[0].startswith("You have asked 5 questions about reports within the last hour")


async def test_a_direct_message_that_is_no_reply_is_told_where_to_ask(room):
    """Once an hour; it goes to whoever wrote it."""
    im = room.playground.im("ben").id
    for number in range(2):
        where = {"channel": im, "channel_type": "im", "event_id": f"Ev{number}"}
        await ask_in_thread(room, None, "hello", kind="message", **where)

    def told():
        return [one["text"] for one in room.playground.messages(im)]

    assert await room.playground.wait_for(told) == [
        "Ask in the thread of a report. Type /ops help for what else I can do."
    ]


async def test_who_is_of_another_organisation_is_not_answered(room):
    """In a shared channel others see the report, and cannot ask about it."""
    _, ts = await run_report(room)
    asked = "<@U0SAMPLE001> how many rows?"
    await ask_in_thread(room, ts, asked, "1795902000.000100", "Ev1", user_team="T0STRANGER")
    await ask_in_thread(room, ts, asked, "1795902000.000200", "Ev2")

    (answer,) = await room.playground.wait_for(lambda: answers(room, ts))
    assert f"<@{BEN}> asked" in str(answer["blocks"])


def test_a_question_is_what_is_left_without_the_mention():
    """As it was typed."""
    assert (
        question_of({"text": "<@U0SAMPLE001>  is a &lt; b,\n<@U0BEN00002|ben>?"}) == "is a < b, ?"
    )
