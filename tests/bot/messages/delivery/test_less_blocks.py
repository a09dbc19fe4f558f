"""A lane whose Slack refuses blocks: step by step less of them, and never without our controls."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import outbox
from bot.messages.delivery.content import FILE
from bot.messages.delivery.decide import LATER_WAIT
from bot.messages.delivery.refused_kinds import refused_in
from bot.messages.history.rebuild import verify
from bot.messages.history.timeline import events_of
from bot.messages.models import Message, MessageState
from bot.messages.outbox import Content, Place
from bot.messages.rendering.refused_blocks import LATER
from tests.bot.messages.delivery.test_threads import in_state
from tests.patience import until

REPORT = {
    "text": "{{ text }}",
    "blocks": [
        {"type": "header", "text": {"type": "plain_text", "text": "Report"}},
        {"type": "section", "text": {"type": "plain_text", "text": "{{ text }}"}},
        {"type": "image", "image_url": "https://ada.example/chart.png", "alt_text": "The chart"},
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "task_retry",
                    "text": {"type": "plain_text", "text": "Retry"},
                }
            ],
        },
    ],
}
IMAGE_FAILED = "downloading image failed [json-pointer:/blocks/2/image_url]"
NAMED = {"error": "invalid_blocks", "errors": [IMAGE_FAILED]}


@pytest.fixture
async def reports(rig, tmp_path):
    """Return a function that asks for a report of our own template."""
    (tmp_path / "templates" / "report.json").write_text(json.dumps(REPORT))

    async def put(text="up", **options):
        def work(session):
            place = Place(rig.team, "default", rig.channel)
            content = Content("report", {"text": text})
            return outbox.put(session, place, content, now=datetime.now(UTC), **options).id

        message_id = await rig.database.write(work)
        rig.lanes.wake(rig.team)
        return message_id

    rig.open()
    return put


def kinds(rig):
    """Return the kinds of blocks of the one message in #ops."""
    (message,) = rig.playground.messages("ops")
    return [block["type"] for block in message.get("blocks", [])]


async def told(rig, message_id):
    """Return the details of the message's events."""
    events = await rig.database.read(lambda session: events_of(session, message_id))
    return [event["detail"] for event in events]


async def test_a_moments_refusal_leaves_nothing_out(rig, reports):
    """The same once more is taken, with everything in it."""
    rig.playground.fail("chat.postMessage", **NAMED)

    await in_state(rig, await reports())

    assert kinds(rig) == ["header", "section", "image", "actions"]


async def test_an_image_that_cannot_be_fetched_gives_way_to_a_link(rig, reports):
    """The rest stays, and the timeline says which block it was."""
    rig.playground.fail("chat.postMessage", **NAMED, count=2)

    message_id = await reports()
    await in_state(rig, message_id)

    (message,) = rig.playground.messages("ops")
    assert kinds(rig) == ["header", "section", "section", "actions"]
    assert message["blocks"][2]["text"]["text"] == "<https://ada.example/chart.png|The chart>"
    assert "/blocks/2/image_url" in (await told(rig, message_id))[-1]["warnings"][0]


async def test_a_host_that_failed_is_left_alone_for_a_while(rig, reports):
    """The next message with an image from there goes out without it, and is not refused first."""
    rig.playground.fail("chat.postMessage", **NAMED, count=2)
    await in_state(rig, await reports())

    second = await reports("again")
    await in_state(rig, second)

    assert len(rig.playground.calls("chat.postMessage")) == 4
    assert [one["type"] for one in rig.playground.messages("ops")[1]["blocks"]] == [
        *("header", "section", "section", "actions")
    ]
    assert any("warnings" in detail for detail in await told(rig, second))


async def test_an_end_keeps_its_buttons(rig, reports):
    """One refusal, or several, of an end: *Retry* is still there."""
    message_id = await reports()
    await in_state(rig, message_id)
    rig.playground.fail("chat.update", error="invalid_blocks", count=2)

    await rig.edit(message_id, "failed", final=True)
    await rig.until(lambda: rig.texts() == ["failed"])

    assert kinds(rig) == ["section", "actions"]
    assert (await waits_for_later(rig, message_id)).state == MessageState.DELAYED


async def test_an_end_that_went_out_as_text_is_tried_with_blocks_later(rig, reports):
    """It then has all of them; nobody is told of anything."""
    message_id = await reports()
    await in_state(rig, message_id)
    rig.playground.fail("chat.update", error="invalid_blocks", count=2)
    await rig.edit(message_id, "failed", final=True)
    row = await waits_for_later(rig, message_id)
    assert row.due_at - row.sent_at == LATER_WAIT
    assert (await rig.database.read(verify)).is_clean

    await hurry(rig, message_id)
    row = await in_state(rig, message_id)

    assert kinds(rig) == ["header", "section", "image", "actions"]
    assert (row.delivered_revision, row.revision) == (2, 2)


async def test_an_end_whose_blocks_are_refused_for_good_stays_text(rig, reports):
    """The later try is the last one, and no dead letter."""
    message_id = await reports()
    await in_state(rig, message_id)
    rig.playground.fail("chat.update", error="invalid_blocks", count=3)
    await rig.edit(message_id, "failed", final=True)
    await waits_for_later(rig, message_id)
    rig.playground.fail("chat.update", error="invalid_blocks", probability=1)
    await hurry(rig, message_id)
    row = await in_state(rig, message_id)

    assert (rig.texts(), row.delivered_revision) == (["failed"], 2)
    assert "Dead" not in await rig.events(message_id)


async def waits_for_later(rig, message_id):
    """Return the row once the text stands and the blocks are to be tried again."""

    async def look():
        row = await rig.row(message_id)
        return row if row.refusals == [LATER] else None

    return await until(look)


async def hurry(rig, message_id):
    """Let what waits for its time be due now, as if that had passed."""

    def work(session):
        session.get_one(Message, message_id).due_at = datetime.now(UTC)

    await rig.database.write(work)
    rig.lanes.wake(rig.team)


async def test_text_goes_even_without_buttons_if_slack_takes_nothing_else(rig, reports):
    """An end that people can read is better than *Running* with a button."""
    rig.playground.fail("chat.postMessage", error="invalid_blocks", count=3)

    await reports("failed", final=True)

    await rig.until(lambda: rig.texts() == ["failed"])
    assert kinds(rig) == []


CHARTED = {
    "text": "{{ text }}",
    "blocks": [
        {"type": "header", "text": {"type": "plain_text", "text": "Report"}},
        {
            "type": "data_visualization",
            "title": "Orders",
            "chart": {
                "type": "bar",
                "series": [{"name": "Orders", "data": [{"label": "Mon", "value": 3}]}],
                "axis_config": {"categories": ["Mon"]},
            },
        },
        {"type": "table", "rows": [["Day", "Orders"], ["Mon", "3"]]},
    ],
}


@pytest.mark.parametrize(
    ("errors", "remembered"),
    [
        (["unsupported type [json-pointer:/blocks/1/type]"], {"data_visualization"}),
        (["must not stand here [json-pointer:/blocks/2/rows/0]"], {"table"}),
        ([IMAGE_FAILED.replace("/2/", "/0/")], set()),
        ([], {"data_visualization", "table"}),
    ],
)
async def test_what_slack_does_not_show_is_remembered(rig, reports, tmp_path, errors, remembered):
    """Native charts and tables that it refused, for the workspace alone and for a while."""
    (tmp_path / "templates" / "report.json").write_text(json.dumps(CHARTED))
    rig.playground.fail("chat.postMessage", error="invalid_blocks", errors=errors, count=2)

    await in_state(rig, await reports())

    now = datetime.now(UTC)
    for workspace_id, at, expected in (
        (rig.team, now, remembered),
        (rig.team, now + timedelta(days=8), set()),
        ("T0OTHER", now, set()),
    ):
        found = await rig.database.read(
            lambda session, workspace_id=workspace_id, at=at: refused_in(session, workspace_id, at)
        )
        assert found == expected


async def test_a_moments_refusal_is_not_remembered(rig, reports, tmp_path):
    """The same once more was taken."""
    (tmp_path / "templates" / "report.json").write_text(json.dumps(CHARTED))
    rig.playground.fail("chat.postMessage", error="invalid_blocks", count=1)

    await in_state(rig, await reports())

    found = await rig.database.read(
        lambda session: refused_in(session, rig.team, datetime.now(UTC))
    )
    assert found == frozenset()


async def test_files_that_may_not_be_uploaded_are_remembered(rig, reports):
    """Whoever draws pictures writes their figures instead."""
    rig.playground.fail("files.getUploadURLExternal", error="missing_scope", probability=1)

    def work(session):
        place = Place(rig.team, "default", rig.channel)
        content = Content(FILE, {"name": "a.csv", "content": "1"})
        return outbox.put(session, place, content, now=datetime.now(UTC)).id

    message_id = await rig.database.write(work)
    rig.lanes.wake(rig.team)
    await in_state(rig, message_id, MessageState.DEAD)

    found = await rig.database.read(
        lambda session: refused_in(session, rig.team, datetime.now(UTC))
    )
    assert found == {"file"}
