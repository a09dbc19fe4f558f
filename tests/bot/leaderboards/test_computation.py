"""What SQL picks is what a slow and simple reckoning finds, for many random histories."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.leaderboards import queries
from bot.leaderboards.computation import TREND_TOLERANCE, compute_ranking
from bot.leaderboards.ranking import trend_of
from bot.leaderboards.samples import Sample
from bot.leaderboards.weeks import Week
from tests.bot.leaderboards.room import board

FRIDAY = datetime(2026, 11, 20, 17, tzinfo=UTC)
WEEK = Week(2026, 47)
WEEKS = timedelta(weeks=1)


def history(chance):
    """Return random samples of six subjects in three weeks, some of them without a value."""
    moments = [FRIDAY - timedelta(hours=chance.randrange(21 * 24)) for _ in range(40)]
    found = {}
    for at in moments:
        subject = f"s{chance.randrange(6)}"
        value = chance.choice([None, 0.0, 1.0, 2.0, 2.0, -1.5, 70.5])
        found[subject, at] = Sample(subject, at, {"score": value})
    return list(found.values())


def latest(samples, zone, week):
    """Return each subject's latest sample of a week, if it has a value."""
    newest = {}
    for one in sorted(samples, key=lambda sample: sample.at):
        if week.start(zone) <= one.at < week.end(zone):
            newest[one.subject] = one
    return {key: one for key, one in newest.items() if one.values["score"] is not None}


def rank_of(value, values, sign):
    return 1 + sum(sign * other > sign * value for other in values)


def earlier_of(samples, newest):
    """Return the value that the trend compares with."""
    moment = newest.at - WEEKS
    near = [
        one
        for one in samples
        if one.subject == newest.subject and abs(one.at - moment) <= TREND_TOLERANCE
    ]
    # Of two that are equally near the later one counts.
    order = sorted(near, key=lambda one: (abs(one.at - moment), moment - one.at))
    return order[0].values["score"] if order else None


@pytest.mark.parametrize("better", ["high", "low"])
def test_sql_finds_what_a_simple_reckoning_finds(database, better):
    """Ranks, ranks of last week, trends, and who is missing, for 25 random histories."""
    made = board(top=4, columns=[{"name": "score", "better": better}])
    zone, sign = ZoneInfo(made.timezone), 1 if better == "high" else -1
    for seed in range(25):
        samples = history(random.Random(seed))
        name = f"board-{seed}"
        database.transact(lambda session, s=samples, n=name: queries.store_samples(session, n, s))
        found = database.snapshot(
            lambda session, n=name: compute_ranking(session, n, made, WEEK, FRIDAY)
        )
        now, before = (latest(samples, zone, week) for week in (WEEK, WEEK.previous))
        values = [one.values["score"] for one in now.values()]
        old = [one.values["score"] for one in before.values()]
        best = sorted(now.values(), key=lambda one: (-sign * one.values["score"], one.subject))[:4]
        expected = [
            (
                one.subject,
                rank_of(one.values["score"], values, sign),
                rank_of(before[one.subject].values["score"], old, sign)
                if one.subject in before
                else None,
                trend_of(one.values["score"], earlier_of(samples, one)),
            )
            for one in best
        ]
        assert [
            (row.subject, row.rank, row.previous_rank, row.trend) for row in found.rows
        ] == expected
        assert set(found.missing) == set(before) - set(now)
        assert found.subjects == len(now)
