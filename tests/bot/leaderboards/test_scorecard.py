"""The bot's own week equals the truth of a run with planted faults; and so do failures."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, update

from bot.alerts.models import Alert
from bot.config_file import TaskKind
from bot.db import Database
from bot.leaderboards.scorecard import percentile
from bot.messages import outbox
from bot.messages.delivery import claims, selection
from bot.messages.delivery.outcome import Outcome
from bot.messages.error_codes import Verdict
from bot.messages.models import EventName, Message
from bot.messages.outbox import Content, Place
from bot.messages.policy import SlackResponse
from tests.bot.leaderboards.room import board, configured, make_boards
from tests.bot.outcomes import dead
from tests.bot.tasks.room import OURS, HandClock, make_room

#: Thursday of week 47.
START = datetime(2026, 11, 19, 12, tzinfo=UTC)


@dataclass
class Run:
    """A lane that takes as long as it is told, and does what it is told."""

    database: Database
    clock: HandClock
    posted: int = 0

    def serve(self, seconds=0.0, *, gives_up=False, doubles=False):
        """Deliver whatever waits, *seconds* after now."""
        self.clock.advance(seconds=seconds)
        now = self.clock.now()

        def work(session: Session) -> None:
            rows = [*selection.ready_posts(session, "T1", 99, [])]
            rows += selection.ready_edits(session, "T1", 99)
            taken = claims.claim(session, rows, now)
            claims.record(session, [self._outcome(c, gives_up, doubles) for c in taken], now)

        self.database.transact(work)

    def _outcome(self, claim, gives_up, doubles):
        if gives_up:
            return dead(claim)
        self.posted += 1
        ts = claim.ts or f"1700000000.{self.posted:06}"
        return Outcome(
            claim=claim,
            verdict=Verdict.DELIVERED,
            answer=SlackResponse(ok=True, ts=ts, channel=claim.channel),
            event=EventName.EDITED if claim.is_edit else EventName.SENT,
            ts=ts,
            delivered_revision=claim.revision,
            possibly_delivered=doubles,
        )


@pytest.fixture
def clock():
    clock = HandClock()
    clock.at = START
    return clock


async def figures(boards, week=None):
    """Return the values of each kind, without those that are zero or None."""
    ranking = await boards.ranking("scorecard", week)
    return {
        row.subject: {name: value for name, value in row.values.items() if value}
        for row in ranking.rows
    }


async def test_the_scorecard_is_the_truth_of_a_run(database, clock):
    """Posts and edits on time and late, one dead, one doubled, one lost, one never to be seen."""
    room, boards = make_room(database, clock), make_boards(database, clock)
    run = Run(database, clock)
    first = await room.create("import")
    run.serve(0.5)  # A post after half a second.
    clock.advance(seconds=60)
    await room.report(first, "running", progress=10)
    clock.advance(seconds=2)
    await room.report(first, "running", progress=20)  # Replaces what nobody saw.
    run.serve(1)  # An edit after a second, at most: the newest revision counts.
    clock.advance(seconds=60)
    await room.report(first, "completed")
    run.serve(9)  # An edit, late.
    await room.create("export")
    run.serve(2, gives_up=True)
    await room.create("export")
    run.serve(4, doubles=True)

    def ask(session: Session) -> None:
        place = Place("T1", "default", "C0OPS")
        outbox.put(session, place, Content("text", {"text": "hi"}), now=clock.now())

    database.transact(ask)  # Nobody ever serves it.
    clock.advance(minutes=30)
    assert "Other messages" not in await figures(boards)

    clock.advance(hours=1)
    assert await figures(boards) == {
        "All work": {
            "messages": 4.0,
            "freshness_p50": 1.0,
            "freshness_p95": 9.0,
            "late": 1.0,
            "lost": 1.0,
            "doubled": 1.0,
            "dead_letters": 1.0,
            "edits": 2.0,
            "edit_budget": 2.0,
        },
        "import": {
            "messages": 3.0,
            "freshness_p50": 1.0,
            "freshness_p95": 9.0,
            "late": 1.0,
            "edits": 2.0,
            "edit_budget": 2.0,
        },
        "export": {
            "messages": 1.0,
            "freshness_p50": 4.0,
            "freshness_p95": 4.0,
            "doubled": 1.0,
            "dead_letters": 1.0,
        },
        "Other messages": {"lost": 1.0},
    }
    assert await figures(boards, "2026-W46") == {}


async def test_a_killed_lane_is_no_excuse(database, clock):
    """What another process had to take over is as old as the change, not as the takeover."""
    room, boards = make_room(database, clock), make_boards(database, clock)
    run = Run(database, clock)
    await room.create("import")

    def die(session: Session) -> None:
        claims.claim(session, selection.ready_posts(session, "T1", 99, []), clock.now())

    database.transact(die)
    clock.advance(seconds=20)
    database.transact(lambda session: claims.take_over(session, "T1", clock.now()))
    clock.advance(seconds=20)
    database.transact(lambda session: session.exec(update(Message).values(state="waiting")))
    run.serve(0)

    assert (await figures(boards))["import"]["freshness_p50"] == 40.0


def alert_of(kind, fingerprint, **changes):
    """Return an alert that was opened and told at the start of the run."""
    usual = {"tenant": "default", "type": "failed", "label": kind, "opened_at": START}
    told = {"told_at": START, "task": kind, "fingerprint": fingerprint}
    return Alert.model_validate({**usual, **told, **changes})


async def test_alerts_are_counted_by_what_became_of_them(database, clock):
    """Acknowledged, ignored, and gone within five minutes; what was never told counts nowhere."""
    boards, by = make_boards(database, clock), {"acknowledged_by": "U0ADA00001"}
    early = {"resolved_at": START + timedelta(minutes=5)}
    late = {"resolved_at": START + timedelta(minutes=6)}
    alerts = [
        alert_of("import", "1", **by),
        alert_of("import", "2", **by, **late),
        alert_of("import", "3", **late),
        alert_of("import", "4", **early),
        alert_of("export", "5"),
        alert_of("export", "6", **late, resolved_by="U0BEN00002"),
        alert_of("export", "7", snoozed_by="U0BEN00002"),
        alert_of("export", "8", told_at=None),
        alert_of("export", "9", tenant="cleo"),
        alert_of("export", "10", opened_at=START - timedelta(weeks=1)),
    ]
    database.transact(lambda session: session.add_all(alerts))
    clock.advance(minutes=5)
    assert "alerts_ignored" not in (await figures(boards))["export"]

    clock.advance(hours=1)
    assert await figures(boards) == {
        "All work": {
            "alerts_acknowledged": 2.0,
            "alerts_ignored": 2.0,
            "alerts_gone_early": 1.0,
        },
        "import": {
            "alerts_acknowledged": 2.0,
            "alerts_ignored": 1.0,
            "alerts_gone_early": 1.0,
        },
        "export": {"alerts_ignored": 1.0},
    }


async def test_a_week_that_is_long_over_stays_as_it_was(database, clock):
    """What retention deletes later is not unsaid."""
    room, boards = make_room(database, clock), make_boards(database, clock)
    run = Run(database, clock)
    await room.create("import")
    run.serve(0.5)
    before = await figures(boards)
    clock.advance(weeks=3)

    assert await figures(boards) == {}
    assert await figures(boards, "2026-W47") == before


async def test_a_kind_that_did_nothing_more_is_gone_from_the_week(database, clock):
    """Measuring again replaces what was measured before, also where there is less of it."""
    room, boards = make_room(database, clock), make_boards(database, clock)
    run = Run(database, clock)
    await room.create("import")
    clock.advance(hours=2)
    assert (await figures(boards))["import"] == {"lost": 1.0}
    run.serve(0)
    assert (await figures(boards))["import"] == {"lost": 1.0}  # Asked again at once.
    clock.advance(seconds=10)

    assert (await figures(boards))["import"]["messages"] == 1.0


@pytest.mark.parametrize(("percent", "value"), [(50, 0.5), (95, 0.95), (1, 0.01), (100, 1.0)])
def test_a_percentile_is_a_value_that_was_measured(percent, value):
    """The smallest that so many percent do not exceed."""
    assert percentile([n / 100 for n in range(1, 101)], percent) == value
    assert percentile([], percent) is None
    assert percentile([3.0], percent) == 3.0


async def test_failures_are_counted_with_their_money(database, clock):
    """By subject: what failed in the week and was not mended since, times what its kind costs."""
    room = make_room(database, clock)
    config = configured(risks={})
    risks = board(
        samples=False,
        tasks=True,
        rank_by="revenue_at_risk",
        columns=[
            {"name": "revenue_at_risk", "format": "$0", "better": "low"},
            {"name": "failures"},
        ],
    )
    kinds = {"import": TaskKind(money_per_failure=250.1), "export": TaskKind(money_per_failure=3)}
    boards = make_boards(
        database,
        clock,
        config.model_copy(update={"leaderboards": {"risks": risks}, "tasks": kinds}),
    )
    failed: list[tuple[str, str | None]] = [
        ("import", "Bergmann"),
        ("import", "Bergmann"),
        ("export", "Bergmann"),
    ]
    failed += [("export", "dealer-7"), ("other", "dealer-9"), ("import", None)]
    for kind, subject in failed:
        task = await room.create(kind, subject=subject)
        await room.report(task, "failed", error="no")
    mended = await room.create("import", subject="dealer-7", runner="mill")
    await room.report(mended, "failed", error="no")
    await room.tasks.retry(OURS, mended.id, by="U0ADA00001")
    clock.advance(days=1)

    ranking = await boards.ranking("risks")
    assert [(row.subject, row.values) for row in ranking.rows] == [
        ("dealer-9", {"revenue_at_risk": 0.0, "failures": 1.0}),
        ("dealer-7", {"revenue_at_risk": 3.0, "failures": 1.0}),
        ("Bergmann", {"revenue_at_risk": 503.2, "failures": 3.0}),
    ]
    clock.at = START + timedelta(weeks=1)
    assert (await boards.ranking("risks")).rows == ()
    assert (await boards.ranking("risks")).missing == ("dealer-9", "dealer-7", "Bergmann")
