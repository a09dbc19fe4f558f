"""Files, messages for one person, and what has no room: requested, delivered, and found again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.db import Database
from bot.errors import InvalidError
from bot.messages.desk import Unit
from bot.messages.lanes import Lanes
from bot.messages.models import Ambiguous
from bot.messages.orders import Order
from bot.messages.outlets import Outlet, Outlets
from bot.messages.pacing import Pacing
from bot.messages.rendering import Renderer
from bot.messages.requests import Requests
from bot.messages.senders import Senders, SenderSettings
from bot.messages.transports.slack import SlackTransport
from bot.messages.transports.transport import File
from bot.messages.transports.webhook import WebhookTransport
from playground import Playground
from tests.patience import until

TEMPLATES = Path(__file__).parents[3] / "templates"
CSV = File("report.csv", "dealer,rows\nBergmann,12\n")


@dataclass
class Desk:
    """Requests, a lane to the playground and one to a webhook of its #ops."""

    playground: Playground
    requests: Requests
    senders: Senders
    team: str
    lanes: Lanes = field(repr=False)

    async def send(self, key: str, text: str, **more: Any) -> None:
        """Ask for a message in #ops."""
        order = Order(
            tenant="default",
            workspace_id=self.team,
            template="text",
            payload={"text": text},
            correlation_id=key,
            by="ada",
            message_id=f"m_{key}",
            **{"channel": self.playground.channel("ops").id, **more},
        )
        await self.requests.accept(Unit([order]))

    async def until(self, key: str, standing: str) -> Any:
        """Wait until a message has come so far."""

        async def look() -> Any:
            found = await self.requests.status("default", key)
            return found if found.standing == standing else None

        return await until(look)

    def thread(self) -> list[dict[str, Any]]:
        """What stands under the first message of #ops."""
        messages = self.playground.messages("ops")
        return self.playground.replies("ops", messages[0]["ts"]) if messages else []

    def files(self) -> list[bytes | None]:
        """What the files of that thread say, in order."""
        ids = [file["id"] for reply in self.thread() for file in reply.get("files", [])]
        return [self.playground.state.files[one].content for one in ids]


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    """Both lanes run."""
    clock = SystemClock()
    async with Playground(limits="off") as playground:
        team = playground.state.team_id
        address = playground.webhook("ops")
        outlets = Outlets([Outlet("hook", "default", address)])
        lanes = Lanes(database, Renderer(TEMPLATES), clock)
        slack = SlackTransport(playground.api_url, playground.bot_token)
        hook = WebhookTransport(address)
        lanes.open(team, slack, Pacing(unlimited=True))
        lanes.open("to:hook", hook, Pacing(unlimited=True))
        senders = Senders(database, clock, outlets)
        requests = Requests(database, clock, lanes.wake, outlets)
        yield Desk(playground, requests, senders, team, lanes)
        await lanes.stop()
        slack.close()
        hook.close()


async def test_files_stand_under_their_message(desk):
    """They come after it, in its thread; what is shown of it is the message, not a file."""
    other = File("notes.txt", "Ümläute\n")

    await desk.send("report", "The report", files=[CSV, other])
    await desk.until("m_report_f2", "SENT")

    assert [CSV.encoded(), other.encoded()] == sorted(desk.files())
    status = await desk.until("report", "SENT")
    assert "m_report" == status.message.id
    assert {"m_report_f1", "m_report_f2"} == set(status.others)


async def test_a_file_in_a_thread_of_others(desk):
    """A message that is a reply itself has its files beside it."""
    ts = desk.playground.write("ben", "ops", "Any news?").answer["message"]["ts"]

    await desk.send("answer", "Here", files=[CSV], thread_ts=ts)
    await desk.until("m_answer_f1", "SENT")

    assert ["Here", ""] == [reply["text"] for reply in desk.thread()]
    # Not that of the reply: https://docs.slack.dev/reference/methods/chat.postMessage
    (shared,) = desk.playground.calls("files.completeUploadExternal")
    assert ts == shared.arguments["thread_ts"]


async def test_a_file_for_a_person(desk):
    """A direct message has an id of its own, and its file follows it there."""
    ada = desk.playground.user("ada").id

    await desk.send("direct", "For you", channel=ada, files=[CSV])
    await desk.until("m_direct_f1", "SENT")

    stand = desk.playground.messages(desk.playground.im("ada").id)
    assert ["For you"] == [one["text"] for one in stand]
    (reply,) = desk.playground.replies(desk.playground.im("ada").id, stand[0]["ts"])
    assert ["report.csv"] == [file["name"] for file in reply["files"]]


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
    await desk.senders.put("default", SenderSettings("s", ambiguous=Ambiguous.HOLD), by="ada")
    desk.playground.fail("files.completeUploadExternal", "drop_answer")
    desk.playground.fail("conversations.replies", error="missing_scope", count=9)

    await desk.send("report", "The report", files=[CSV], sender="s")
    status = await desk.until("m_report_f1", "FAILED")

    assert ("held", True) == (status.message.error, status.message.possibly_delivered)
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

    assert "WITHDRAWN" == (await desk.until("m_report_f1", "WITHDRAWN")).standing


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

    assert [] == desk.playground.messages("ops")
    assert "The rest of the message above" in seen[1]["text"]
    assert (None, "SENT") == (
        (await desk.until("psst", "SENT")).message.ts,
        (await desk.until("psst", "SENT")).standing,
    )


async def test_what_has_no_room_follows_in_the_thread(desk):
    """In parts of 3,000 characters, each of them once."""
    text = "\n".join(f"row {number:05}" for number in range(700))
    await desk.send("long", text)
    await desk.playground.wait_for(lambda: len(desk.thread()) == 3)

    told = "".join(str(reply["blocks"][1]) for reply in desk.thread())
    assert all(f"row {number:05}" in told for number in range(700))
    assert ["part 1 of 3", "part 2 of 3", "part 3 of 3"] == parts_of(desk)


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
    assert 1 == len(desk.playground.messages("ops"))


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
    await desk.senders.put("default", SenderSettings("s", workspace_id="hook"), by="ada")
    await desk.send("long", "y" * 5_000, sender="s", channel=None)

    await desk.playground.wait_for(lambda: len(desk.playground.messages("ops")) == 3)


async def test_files_for_a_webhook_are_said_not_to_be_sent(desk):
    """Its message goes out, and the timeline says what is missing and what to do."""
    await desk.senders.put("default", SenderSettings("s", workspace_id="hook"), by="ada")
    await desk.send("bare", "Report", sender="s", channel=None, files=[CSV])
    status = await desk.until("bare", "SENT")

    assert ["report.csv"] == status.events[0]["detail"]["files"]
    assert status.events[-1]["detail"]["altered"][0].startswith("Not sent: report.csv")
    assert [] == status.others


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
    await desk.senders.put("default", SenderSettings("s", workspace_id="hook"), by="ada")

    with pytest.raises(InvalidError) as caught:
        await desk.send("no", "No", **more)

    assert field in [problem.field for problem in caught.value.problems]
