"""What people would see of a change, said before it is made."""

from datetime import timedelta

import pytest

from bot.as_code.change import Action, Change
from bot.as_code.outcome import FolderOutcome
from bot.as_code.settings_effects import SettingsEffects
from bot.config_file import ConfigFile
from bot.leaderboards.queries import store_samples
from bot.leaderboards.samples import Sample
from bot.messages.models import MessageState
from bot.reports.models import Report
from bot.tasks.models import Task
from tests.bot.as_code.shelf import ORDER, SALES, SHOP, TENANT
from tests.bot.reports.service_room import ADA

CARDS = (
    '{"text": "Order", "blocks": [{"type": "section", "text":'
    ' {"type": "mrkdwn", "text": "*{{ order }}*"}}%s]}'
)


async def test_messages_that_would_look_different_are_counted_and_shown(shelf):
    """Rendered with what was really sent; each difference once, as people read it."""
    shelf.put(templates__order=ORDER)
    await shelf.apply()
    for order in ("a-1", "b-2"):
        message = await shelf.send({"order": order}, sender="shop")
    await shelf.send({"order": "c-3"}, state=MessageState.WAITING)
    await shelf.send({"order": "d-4"}, state=MessageState.DEAD)
    late = "{% if order == 'b-2' %}Late: {% endif %}Order"
    shelf.put(templates__order=ORDER.replace("Order", late))
    (changed,) = await shelf.plan()

    assert changed.lines == [
        "version 1 → 2",
        "1 of the newest 4 messages would look different: 1 in C0OPS00001 by shop",
        f"  like {message} in C0OPS00001, 2026-11-28 12:01 UTC:",
        "    -Order b-2 is on its way",
        "    +Late: Order b-2 is on its way",
        "1 message not sent yet is sent with version 1",
        "1 dead letter would be replayed with the new version",
    ]
    assert changed.brief == "1 of 4 messages look different"


async def test_blocks_are_read_as_people_read_them(shelf):
    """What reads the same and looks different is said, too."""
    shelf.put(templates__order=CARDS % "")
    await shelf.apply()
    await shelf.send({"order": "a-1"})
    shelf.put(templates__order=CARDS % ', {"type": "divider"}')
    (divided,) = await shelf.plan()
    shelf.put(templates__order=(CARDS % "").replace("*", "Parcel *", 1))
    (renamed,) = await shelf.plan()

    assert divided.lines[-1] == "    reads the same, looks different"
    assert renamed.lines[-2:] == ["    -a-1", "    +Parcel a-1"]


async def test_what_could_not_be_rendered_or_would_be_refused_is_a_warning(shelf):
    """The payloads that were sent are tried with the new version and its schema."""
    shelf.put(templates__order=ORDER)
    await shelf.apply()
    await shelf.send({"order": "a-1"})
    (shelf.path / "templates/order.schema.json").write_text(
        '{"required": ["weight"], "properties": {"weight": {"type": "number"}}}'
    )
    shelf.put(templates__order='{"text": "{{ order }} {{ 10 / (weight or 0) }}"}')
    (changed,) = await shelf.plan()

    assert [line.partition(" (")[0] for line in changed.warnings] == [
        "1 of the newest 1 message could not be rendered any more",
        "payloads like 1 of the newest 1 would be refused",
    ]


async def test_a_template_that_nobody_has_used_is_shown_with_a_sample(shelf):
    """A new one and a changed one."""
    shelf.put(templates__order=ORDER)
    (new,) = await shelf.apply()
    shelf.put(templates__order=ORDER.replace("Order", "Parcel"))
    (changed,) = await shelf.plan()

    assert new.lines[1:] == ["a sample of it reads:", "  Order sample is on its way"]
    assert changed.lines[1:] == [
        "no message of it is stored; with a sample:",
        "  -Order sample is on its way",
        "  +Parcel sample is on its way",
    ]


async def test_a_sender_that_loses_a_channel_is_told_with_what_it_sent_there(shelf):
    """What waits was accepted before, and is sent."""
    shelf.put(templates__order=ORDER, senders__shop=SHOP)
    await shelf.apply()
    await shelf.send({"order": "old"}, sender="shop", channel="C0OPS00002")
    shelf.clock.at += timedelta(days=8)
    await shelf.send({"order": "a-1"}, sender="shop", channel="C0OPS00002")
    waiting = MessageState.DELAYED
    await shelf.send({"order": "b-2"}, sender="shop", channel="C0OPS00002", state=waiting)
    await shelf.send({"order": "c-3"}, sender="shop")
    shelf.put(senders__shop='allowed_channels = ["C0OPS00001", "C0OPS00003"]\n')
    _, changed = await shelf.plan()

    assert changed.lines == [
        "queue: email → slack-message",
        "allowed_channels: C0OPS00001 C0OPS00002 → C0OPS00001 C0OPS00003",
        "loses C0OPS00002",
        "gains C0OPS00003",
        "1 message for C0OPS00002 not sent yet would be refused as new requests;"
        " accepted before, they are still sent",
    ]
    assert changed.warnings == ["requests like 2 of the last 7 days to C0OPS00002 would be refused"]


async def test_a_report_says_where_it_posts_next(shelf):
    """Before and after; an edit made in Slack meanwhile is named."""
    shelf.put(reports__sales=SALES)
    (new,) = await shelf.apply()
    shelf.put(reports__sales=SALES.replace("09:00", "07:30").replace("total", "count(total)"))
    (changed,) = await shelf.plan()

    assert new.lines == [
        "posts to C0OPS000001, next Sun 29 Nov 09:00, Mon 30 Nov 09:00, Tue 01 Dec 09:00 (UTC)"
    ]
    assert changed.lines == [
        "query: select total from sales → select count(total) from sales",
        "sql: select total from sales → select count(total) from sales",
        "posts to C0OPS000001, next Sun 29 Nov 09:00, Mon 30 Nov 09:00, Tue 01 Dec 09:00 (UTC)"
        " → posts to C0OPS000001, next Sun 29 Nov 07:30, Mon 30 Nov 07:30, Tue 01 Dec 07:30 (UTC)",
    ]


async def test_queries_are_run_only_if_that_is_asked_for(shelf):
    """Then the figures before and after are there."""
    shelf.put(reports__sales=SALES)
    await shelf.apply()
    shelf.put(reports__sales=SALES.replace('"Sales"', '"Sales of shops"'))
    await shelf.plan()
    fetched = shelf.office.shop.fetched
    (changed,) = await shelf.plan(figures=True)

    assert fetched == 0
    assert changed.lines[-3:] == [
        "with today's rows:",
        "  -📊 Sales (preview): Total: 10.",
        "  +📊 Sales of shops (preview): Total: 10.",
    ]


BOARD = {"title": "Shops", "samples": True, "columns": [{"name": "sold"}, {"name": "lost"}]}


def test_another_settings_file_says_what_becomes_of_boards_and_reports(shelf):
    """The ranking is that of last week, by both."""
    now = shelf.clock.now()
    metric = {"table": "sales", "sql": "sum(total)", "source": "shop", "time": "day"}
    shop = {"url": "sqlite:///shop.db"}
    before = ConfigFile.model_validate(
        {"leaderboards": {"shops": BOARD}, "metrics": {"total": metric}, "sources": {"shop": shop}}
    )
    after = ConfigFile.model_validate(
        {
            "leaderboards": {
                "shops": {**BOARD, "rank_by": "lost", "schedule": "mon 09:00", "channel": "C0NEW"}
            },
            "metrics": {"total": {**metric, "unit": "€"}},
            "tasks": {"imp*": {"channel": "C0IMP"}},
        }
    )
    samples = [
        Sample(name, now - timedelta(days=7), {"sold": sold, "lost": lost})
        for name, sold, lost in (("north", 3.0, 1.0), ("south", 2.0, 5.0))
    ]
    shelf.database.transact(lambda session: store_samples(session, "shops", samples))
    shelf.database.transact(lambda session: session.add_all(_stored(now)))
    lines, warnings = shelf.database.snapshot(
        lambda session: [
            [*told(SettingsEffects(session, TENANT, before, after, now))]
            for told in (SettingsEffects.lines, SettingsEffects.warnings)
        ]
    )

    assert lines == [
        "leaderboard shops: not posted by itself → “Shops” to C0NEW, next Mon 30 Nov 09:00 (UTC)",
        "leaderboard shops, last week: 1. north 3 · 1, 2. south 2 · 5"
        " → 1. south 5 · 2, 2. north 1 · 3",
        "metric total: report “Sales” kept its SQL; save it again to ask anew",
        "tasks import, like 1 of the last 7 days, go to C0IMP instead of the usual channel",
    ]
    assert warnings == ["source shop goes, which is asked by report “Sales”"]


def _stored(now):
    yield Task(
        tenant=TENANT,
        workspace_id="T1",
        channel="C0OPS00001",
        task="import",
        created_at=now,
        updated_at=now,
    )
    yield Report(
        tenant=TENANT,
        workspace_id="T1",
        owner=ADA,
        name="Sales",
        query="how much?",
        sql="select sum(total) as total from sales",
        source="shop",
        schedule={"cron": "0 9 * * *", "timezone": "UTC"},
        created_at=now,
        changed_at=now,
    )


@pytest.mark.parametrize(
    ("changes", "summary", "exit_code"),
    [
        ([Change(Action.NONE, "sender", "a"), Change(Action.KEEP, "sender", "b")], "0 of 1", 0),
        ([Change(Action.CHANGE, "sender", "a", brief="x")], "1 of 1", 3),
        ([Change(Action.DELETE, "sender", "a", warnings=["y"], brief="x")], "1 of 1", 4),
    ],
)
def test_the_last_line_sums_up_and_the_exit_code_tells_a_pipeline(changes, summary, exit_code):
    """One line for the comment on a pull request."""
    outcome = FolderOutcome(changes, is_dry=True)

    assert outcome.text().splitlines()[-1].startswith(f"{summary} would be changed")
    assert outcome.exit_code == exit_code


def test_what_is_printed_moves_no_cursor_and_shows_no_secret():
    """Lines show what people and programs have sent."""
    line = "\x1b[2Jpassword=hunter2-hunter2 \r\nsame line"
    told = FolderOutcome([Change(Action.CHANGE, "template", "a", [line])], is_dry=False).text()

    assert told.splitlines() == [
        "change template a",
        "    password=[secret]   same line",
        "1 of 1 changed; change template a.",
    ]
