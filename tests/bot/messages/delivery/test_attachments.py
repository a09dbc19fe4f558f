"""Files and messages for one person: requested, delivered, and found again."""

import pytest

from bot.errors import InvalidError
from bot.messages.models import Ambiguous
from bot.messages.requests.sender_settings import NamedSender
from bot.messages.transports.base import File
from tests.bot.messages.sending_desk import CSV, desk

__all__ = ["desk"]


async def test_files_stand_under_their_message(desk):
    """They come after it, in its thread; what is shown of it is the message, not a file."""
    other = File("notes.txt", "Ümläute\n")

    await desk.send("report", "The report", files=[CSV, other])
    await desk.until("m_report_f2", "SENT")

    assert [CSV.encoded(), other.encoded()] == sorted(desk.files())
    status = await desk.until("report", "SENT")
    assert status.message.id == "m_report"
    assert {"m_report_f1", "m_report_f2"} == set(status.others)


async def test_a_file_in_a_thread_of_others(desk):
    """A message that is a reply itself has its files beside it."""
    ts = desk.playground.write("ben", "ops", "Any news?").answer["message"]["ts"]

    await desk.send("answer", "Here", files=[CSV], thread_ts=ts)
    await desk.until("m_answer_f1", "SENT")

    assert [reply["text"] for reply in desk.thread()] == ["Here", ""]
    # Not that of the reply: https://docs.slack.dev/reference/methods/chat.postMessage
    (shared,) = desk.playground.calls("files.completeUploadExternal")
    assert ts == shared.arguments["thread_ts"]


async def test_a_file_for_a_person(desk):
    """A direct message has an id of its own, and its file follows it there."""
    ada = desk.playground.user("ada").id

    await desk.send("direct", "For you", channel=ada, files=[CSV])
    await desk.until("m_direct_f1", "SENT")

    stand = desk.playground.messages(desk.playground.im("ada").id)
    assert [one["text"] for one in stand] == ["For you"]
    (reply,) = desk.playground.replies(desk.playground.im("ada").id, stand[0]["ts"])
    assert [file["name"] for file in reply["files"]] == ["report.csv"]


@pytest.mark.parametrize(
    "method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"]
)
async def test_an_interrupted_upload_is_not_posted_twice(desk, method):
    """Whichever step loses its answer, the thread has the file once."""
    desk.playground.fail(method, "drop_answer")

    await desk.send("report", "The report", files=[CSV])
    await desk.until("m_report_f1", "SENT")

    assert [CSV.encoded()] == desk.files()


async def test_an_upload_that_cannot_be_looked_up_is_marked(desk):
    """Where history may not be read the sender holds it, and it is shown as possibly there."""
    await desk.senders.put("default", NamedSender(code="s", ambiguous=Ambiguous.HOLD), by="ada")
    desk.playground.fail("files.completeUploadExternal", "drop_answer")
    desk.playground.fail("conversations.replies", error="missing_scope", count=9)

    await desk.send("report", "The report", files=[CSV], sender="s")
    status = await desk.until("m_report_f1", "FAILED")

    assert (status.message.error, status.message.possibly_delivered) == ("held", True)
    assert [CSV.encoded()] == desk.files()


async def test_an_app_without_the_scope_delivers_the_message(desk):
    """Only the file is a dead letter, with the scope that it lacks."""
    desk.playground.fail("files.getUploadURLExternal", error="missing_scope")

    await desk.send("report", "The report", files=[CSV])
    status = await desk.until("m_report_f1", "FAILED")

    assert "files:write" in status.fix
    await desk.until("report", "SENT")
    await desk.send("next", "Next")
    await desk.until("next", "SENT")


async def test_what_is_taken_back_takes_its_files_along(desk):
    """Neither the message nor its file is ever posted."""
    desk.playground.fail("chat.postMessage", error="is_archived")
    await desk.send("report", "The report", files=[CSV])
    await desk.until("report", "FAILED")

    await desk.requests.withdraw("default", "report", by="ada")

    assert (await desk.until("m_report_f1", "WITHDRAWN")).standing == "WITHDRAWN"


async def test_a_message_for_one_person(desk):
    """Ben sees it; its place is not known, and what is too long follows it to him alone."""
    ben = desk.playground.user("ben").id
    await desk.send("psst", "x" * 5_000, seen_by=ben)

    seen = await desk.playground.wait_for(
        lambda: (
            desk.playground.ephemerals("ben", "ops")[2:]
            and desk.playground.ephemerals("ben", "ops")
        )
    )

    assert desk.playground.messages("ops") == []
    assert "The rest of the message above" in seen[1]["text"]
    assert (
        (await desk.until("psst", "SENT")).message.ts,
        (await desk.until("psst", "SENT")).standing,
    ) == (None, "SENT")


async def test_files_for_a_webhook_are_said_not_to_be_sent(desk):
    """Its message goes out, and the timeline says what is missing and what to do."""
    await desk.senders.put("default", NamedSender(code="s", workspace_id="hook"), by="ada")
    await desk.send("bare", "Report", sender="s", channel=None, files=[CSV])
    status = await desk.until("bare", "SENT")

    assert status.events[0]["detail"]["files"] == ["report.csv"]
    assert status.events[-1]["detail"]["warnings"][0].startswith("Not sent: report.csv")
    assert status.others == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"files": [CSV, CSV]}, "files"),
        ({"files": [CSV], "seen_by": "U0BEN"}, "files"),
        ({"seen_by": "U0BEN", "sender": "s", "channel": None}, "user"),
    ],
)
async def test_what_cannot_be_is_refused(desk, more, field):
    """Two files of one name, a file for one person only, and a person outside Slack."""
    await desk.senders.put("default", NamedSender(code="s", workspace_id="hook"), by="ada")

    with pytest.raises(InvalidError) as caught:
        await desk.send("no", "No", **more)

    assert field in [problem.field for problem in caught.value.problems]
