"""Boards over a real database: what is stored, ranked, posted once, and kept true."""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.errors import ConflictError, InvalidError, NotFoundError
from bot.leaderboards.boards import boards_of
from bot.leaderboards.files import markdown_of
from bot.leaderboards.formats import NONE
from bot.leaderboards.models import LeaderboardPost
from bot.leaderboards.picture import board_picture
from bot.leaderboards.publication import store_picture
from bot.leaderboards.service import Leaderboards
from bot.messages.models import Message, RefusedKind
from bot.messages.rendering.renderer import Renderer
from tests.bot.http.calling import ONE_DATABASE
from tests.bot.leaderboards.room import (
    TEMPLATES,
    HandClock,
    ai_ops,
    configured,
    make_boards,
    messages,
    posts,
    wake_nobody,
)

LAST_WEEK = "2026-11-13T12:00:00Z"
NEXT_MONDAY = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 09:00 in New York


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def boards(database, clock):
    return make_boards(database, clock)


async def add(boards, at=None, name="dealers", **scores):
    """Send a score for each dealer."""
    when = {"at": at} if at else {}
    await boards.add(name, [{"dealer": d, "score": s, **when} for d, s in scores.items()])


def shown(ranking):
    """Return rank, subject, score and trend of each line."""
    trends = [row.trend and row.trend.value for row in ranking.rows]
    return [
        (row.rank, row.subject, row.values["score"], trend)
        for row, trend in zip(ranking.rows, trends, strict=True)
    ]


async def test_the_latest_sample_of_a_week_counts(boards):
    """Whatever came before or after the week, and in whichever order it was sent."""
    await add(boards, "2026-11-19T12:00:00Z", a=3)
    await add(boards, "2026-11-17T12:00:00Z", a=9, b=5)
    await add(boards, "2026-11-16T04:59:59Z", b=8)  # Sunday in New York.

    assert shown(await boards.ranking("dealers", "2026-W47")) == [
        (1, "b", 5.0, None),
        (2, "a", 3.0, None),
    ]
    assert shown(await boards.ranking("dealers", "2026-W46")) == [(1, "b", 8.0, None)]


async def test_standings_are_at_most_a_minute_old(boards, clock):
    """They measure nothing, and are not ranked again for each look."""
    await add(boards, a=3)
    assert [shown(one) for one in await boards.standings(1)] == [[(1, "a", 3.0, None)]]
    await add(boards, b=5)
    assert [len(one.rows) for one in await boards.standings(2)] == [1, 0]
    clock.advance(minutes=1)
    assert [len(one.rows) for one in await boards.standings(1)] == [2]
    assert await boards.without_boards().standings(1) == []


@pytest.mark.parametrize(
    ("refused", "files"),
    [
        ([], []),
        (["data_visualization"], ["dealers-2026-w47.png"]),
        (["data_visualization", "file"], []),
    ],
)
async def test_a_picture_stands_in_for_a_chart_that_slack_refused(
    database, boards, clock, refused, files
):
    """It follows the post into its thread, and the post asks Slack for no chart again."""
    for kind in refused:
        note = RefusedKind(workspace_id="T1", kind=kind, refused_at=clock.now())
        await database.write(lambda session, note=note: session.merge(note))
    await add(boards, a=3)
    await boards.post("dealers")
    await add(boards, a=4)
    await boards.tick()

    (post,) = messages(database)
    replies = database.snapshot(
        lambda session: session.exec(select(Message).where(Message.parent_id == post.id)).all()
    )
    assert [one.context["name"] for one in replies] == files
    assert [point["value"] for point in post.context["points"]] == ([] if refused else [4.0])
    assert post.context["lines"] == [f"1. a (new): 4.0 · {NONE} · no comparison"]
    pictures = [base64.b64decode(one.context["content"])[:4] for one in replies]
    assert pictures == [b"\x89PNG" for _ in files]


@ONE_DATABASE
async def test_a_changed_chart_is_a_new_picture_an_hour_later(database, boards, clock):
    """However often samples change it; what the newest picture shows needs no other one."""
    note = RefusedKind(workspace_id="T1", kind="data_visualization", refused_at=clock.now())
    await database.write(lambda session: session.merge(note))

    async def pictures(**later):
        clock.advance(**later)
        await boards.tick()
        query = select(Message).where(Message.template == "delivery/file")
        return database.snapshot(lambda session: session.exec(query).all())

    await add(boards, a=3)
    await boards.post("dealers")
    for score in (4, 5, 6):
        await add(boards, a=score)
        assert len(await pictures(minutes=15)) == 1
    assert len(await pictures(minutes=15)) == 2
    assert len(await pictures(hours=2)) == 2

    await boards.add("dealers", [{"dealer": "a", "revenue_at_risk": 10}])
    assert len(await pictures(hours=2)) == 2
    await add(boards, a=7)
    assert len(await pictures(seconds=5)) == 3


@ONE_DATABASE
async def test_a_picture_of_other_figures_is_not_stored(database, boards, clock):
    """It was drawn before the transaction; what changed meanwhile is drawn with the next tick."""
    note = RefusedKind(workspace_id="T1", kind="data_visualization", refused_at=clock.now())
    await database.write(lambda session: session.merge(note))
    await add(boards, a=3)
    await boards.post("dealers")
    clock.advance(hours=1)
    stale = board_picture(await boards.ranking("dealers"))
    await add(boards, a=4)
    ranking = await boards.ranking("dealers")

    def store(session):
        post = session.get(LeaderboardPost, ("dealers", "2026-W47", False))
        post.picture_due_at = clock.now()
        return store_picture(session, post, ranking, stale, clock.now())

    assert await database.write(store) is False
    await boards.tick()
    query = select(Message).where(Message.template == "delivery/file")
    texts = [one.context["alt_text"] for one in database.snapshot(lambda db: db.exec(query).all())]
    assert ["3.0" in texts[0], "4.0" in texts[1], len(texts)] == [True, True, 2]


@ONE_DATABASE
async def test_a_post_is_of_the_week_in_which_it_was_asked_for(database, clock):
    """The week may end while its figures are measured."""
    config = configured(dealers={})

    class SlowFeed:
        is_of_now = False

        async def __call__(self, _measured):
            clock.at = datetime(2026, 11, 23, 5, 0, 1, tzinfo=UTC)  # Monday in New York.
            return {"a": {"score": 3.0}}

    boards = Leaderboards(
        database,
        clock,
        boards_of(config),
        {"dealers": SlowFeed()},
        Renderer(TEMPLATES),
        home="T1",
        channel_of=ai_ops,
        wake=wake_nobody,
    )
    clock.at = datetime(2026, 11, 23, 4, 59, 59, tzinfo=UTC)

    assert str((await boards.post("dealers")).week) == "2026-W47"
    (message,) = messages(database)
    assert message.context["lead"].startswith("a leads with 3.0")


async def test_columns_may_come_apart(boards):
    """One job measures the score and another the money; each column has its latest value."""
    await add(boards, "2026-11-17T12:00:00Z", a=70)
    await boards.add("dealers", [{"dealer": "a", "revenue_at_risk": 10}])

    [row] = (await boards.ranking("dealers")).rows
    assert row.values == {"score": 70.0, "revenue_at_risk": 10.0}


async def test_a_correction_replaces(boards):
    """The same subject and time again is a better value, not a second one."""
    await add(boards, "2026-11-17T12:00:00Z", a=70)
    await add(boards, "2026-11-17T12:00:00Z", a=71)

    assert shown(await boards.ranking("dealers")) == [(1, "a", 71.0, None)]


async def test_new_missing_and_moved_are_told_against_last_week(boards):
    """Who was there and is not is missing, also with a value of NULL."""
    await add(boards, LAST_WEEK, a=1, b=2, c=3, d=4)
    await add(boards, a=9, b=5, e=7, d=None)

    ranking = await boards.ranking("dealers")
    assert [(r.subject, r.rank, r.previous_rank, r.is_new) for r in ranking.rows] == [
        ("a", 1, 4, False),
        ("e", 2, None, True),
        ("b", 3, 3, False),
    ]
    assert ranking.missing == ("d", "c")


@pytest.mark.parametrize(
    ("earlier", "trend"),
    [
        ({"2026-11-13T17:00:00Z": 60.0}, 10.0),
        ({"2026-11-11T17:00:00Z": 60.0, "2026-11-14T17:00:00Z": 65.0}, 5.0),
        ({"2026-11-12T17:00:00Z": 60.0, "2026-11-14T17:00:00Z": 65.0}, 5.0),
        ({"2026-11-11T17:00:00Z": 60.0}, 10.0),
        ({"2026-11-15T17:00:00Z": 60.0}, 10.0),
        ({"2026-11-11T16:59:59Z": 60.0}, None),
        ({"2026-11-15T17:00:01Z": 60.0}, None),
        ({"2026-11-13T17:00:00Z": 0.0}, None),
        ({"2026-11-13T17:00:00Z": None, "2026-11-12T17:00:00Z": 60.0}, None),
        ({}, None),
    ],
)
async def test_a_trend_compares_with_the_sample_nearest_to_seven_days_earlier(
    boards, earlier, trend
):
    """Within two days of it, of two equally near the later; never with zero and NULL."""
    for at, value in earlier.items():
        await add(boards, at, a=value)
    await add(boards, a=70)

    assert shown(await boards.ranking("dealers")) == [(1, "a", 70.0, trend)]


async def test_only_the_best_are_shown(database, clock):
    """Ranks of last week count everybody, also those who were not shown."""
    boards = make_boards(database, clock, configured(dealers={"top": 2}))
    await add(boards, LAST_WEEK, **{f"s{n}": n for n in range(9)})
    await add(boards, **{f"s{n}": -n for n in range(9)})

    ranking = await boards.ranking("dealers")
    assert [(row.subject, row.previous_rank) for row in ranking.rows] == [("s0", 9), ("s1", 8)]
    assert ranking.subjects == 9
    assert "Top 2 of 9." in markdown_of(ranking)


async def test_nothing_is_stored_of_a_call_with_a_wrong_sample(boards):
    """All or nothing."""
    with pytest.raises(InvalidError):
        await boards.add("dealers", [{"dealer": "a", "score": 1}, {"dealer": "b", "score": "x"}])
    with pytest.raises(InvalidError):
        await boards.add_csv("dealers", "dealer,score\na,1\nb,x\n")

    assert (await boards.ranking("dealers")).rows == ()


async def test_a_name_that_nobody_knows_is_answered_with_the_nearest(boards):
    """And a board that measures itself takes no samples."""
    with pytest.raises(NotFoundError, match="did you mean `dealers`"):
        await boards.ranking("dealer")
    with pytest.raises(InvalidError, match="takes no samples"):
        await boards.add("scorecard", [{"subject": "a", "messages": 1}])


async def test_posting_twice_makes_one_post(boards, database):
    """However many ask at a time, and again after a change."""
    await add(boards, a=1)
    posted = await asyncio.gather(*(boards.post("dealers", by="U0ADA00001") for _ in range(5)))
    await add(boards, b=2)
    again = await boards.post("dealers")

    assert {one.message_id for one in posted} == {again.message_id}
    [message] = messages(database)
    assert message.revision == 2
    assert message.context["lines"][0].startswith("1. b (new): 2.0")
    assert message.context["so_far"] is True


async def test_a_webhook_is_told_once(database, clock):
    """Nothing can be edited there: a change would be a second post, so there is none."""
    boards = make_boards(database, clock, home="to:webhook")
    await add(boards, a=1)
    first = await boards.post("dealers")
    await add(boards, a=2)
    await boards.tick()
    second = await boards.post("dealers")

    assert first == second
    assert [message.revision for message in messages(database)] == [1]


async def test_there_is_no_post_of_nothing(boards, database):
    """Who asks is told; nothing is stored."""
    with pytest.raises(ConflictError, match="no samples for 2026-W47"):
        await boards.post("dealers")

    assert (posts(database), messages(database)) == ([], [])


async def test_a_post_follows_its_samples_until_its_week_is_over(boards, database, clock):
    """Many samples are one edit; the same figures are none; the next week changes nothing."""
    await add(boards, a=1)
    await boards.post("dealers")
    for value in range(5):
        await add(boards, a=value)
    await boards.tick()
    await add(boards, a=4)
    await boards.tick()
    assert [message.revision for message in messages(database)] == [2]

    clock.advance(days=3)
    await add(boards, "2026-11-20T18:00:00Z", a=50)
    await boards.tick()
    [post] = [one for one in posts(database) if not one.is_closing]
    assert (post.is_open, messages(database)[0].revision) == (False, 2)


async def test_the_week_is_posted_once_when_it_is_over(database, clock):
    """On Monday at nine, by whichever of two processes comes first; at 08:59 by none."""
    one, other = make_boards(database, clock), make_boards(database, clock)
    await one.tick()
    await add(one, a=1)
    clock.at = NEXT_MONDAY - timedelta(seconds=1)
    await one.tick()
    assert messages(database) == []

    clock.at = NEXT_MONDAY
    await asyncio.gather(*(each.tick() for each in (one, other, one, other)))
    clock.advance(hours=1)
    await asyncio.gather(one.tick(), other.tick())

    [message] = messages(database)
    assert message.context["title"] == "AI visibility, week 47 of 2026"
    assert message.context["so_far"] is False
    assert [(post.board, post.week) for post in posts(database) if post.message_id] == [
        ("dealers", "2026-W47")
    ]


async def test_late_samples_change_the_closing_post_until_the_next(boards, database, clock):
    """Samples of last week that come on Tuesday are shown; a week later they are not."""
    await boards.tick()
    await add(boards, a=1)
    clock.at = NEXT_MONDAY
    await boards.tick()
    clock.advance(days=1)
    await add(boards, "2026-11-20T18:00:00Z", a=2)
    await add(boards, a=7)  # This week's.
    await boards.tick()
    [message] = messages(database)
    assert (message.revision, message.context["lines"]) == (
        2,
        [f"1. a (new): 2.0 · {NONE} · no comparison"],
    )

    clock.advance(days=6)
    await boards.tick()
    await add(boards, "2026-11-20T18:00:00Z", a=3)
    await boards.tick()
    first, second = messages(database)
    assert (first.revision, second.context["title"]) == (2, "AI visibility, week 48 of 2026")


async def test_a_week_whose_samples_come_late_is_posted_when_they_come(boards, database, clock):
    """An empty board is no post; the job that feeds it may be late."""
    await boards.tick()
    clock.at = NEXT_MONDAY
    await boards.tick()
    assert messages(database) == []

    clock.advance(hours=3)
    await add(boards, "2026-11-20T18:00:00Z", a=1)
    await boards.tick()
    await boards.tick()

    assert [message.context["lead"] for message in messages(database)] == ["a leads with 1.0."]


async def test_a_bot_that_was_down_on_monday_posts_when_it_is_back(boards, database, clock):
    """Once, the newest week that ended; older ones were missed."""
    await boards.tick()
    await add(boards, a=1)
    await add(boards, LAST_WEEK, a=1)
    clock.at = NEXT_MONDAY + timedelta(days=9)
    await add(boards, "2026-11-27T18:00:00Z", a=2)
    await boards.tick()
    await boards.tick()

    assert [message.context["title"] for message in messages(database)] == [
        "AI visibility, week 48 of 2026"
    ]


async def test_a_board_that_is_new_waits_for_its_next_due_time(boards, database, clock):
    """Nobody wants last Monday's post on the day that they install the bot."""
    await add(boards, LAST_WEEK, a=1)
    for _ in range(3):
        await boards.tick()
        clock.advance(minutes=10)

    assert messages(database) == []


@pytest.mark.parametrize(
    ("friday", "monday"),
    [
        (datetime(2026, 3, 6, 17, tzinfo=UTC), datetime(2026, 3, 9, 13, tzinfo=UTC)),
        (datetime(2026, 7, 3, 17, tzinfo=UTC), datetime(2026, 7, 6, 13, tzinfo=UTC)),
        (datetime(2026, 10, 30, 17, tzinfo=UTC), datetime(2026, 11, 2, 14, tzinfo=UTC)),
        (datetime(2027, 1, 1, 17, tzinfo=UTC), datetime(2027, 1, 4, 14, tzinfo=UTC)),
    ],
)
async def test_monday_at_nine_is_nine_in_both_seasons(database, friday, monday):
    """13:00 UTC in summer and 14:00 in winter, also on the Mondays after the clocks are set."""
    clock = HandClock(friday)
    boards = make_boards(database, clock)
    await boards.tick()
    await add(boards, a=1)
    clock.at = monday - timedelta(minutes=1)
    await boards.tick()
    assert messages(database) == []

    clock.at = monday
    await boards.tick()
    assert len(messages(database)) == 1


async def test_files_say_what_the_post_says(database, clock, tmp_path):
    """Written with the post and with each change of it, whole, in ISO week and ISO year."""
    clock.at = datetime(2027, 1, 2, 12, tzinfo=UTC)  # Week 53 of 2026.
    boards = make_boards(database, clock, configured(dealers={"files": tmp_path / "boards"}))
    await add(boards, a=1)
    await boards.post("dealers")
    await add(boards, **{"b|c": 2})
    await boards.tick()

    assert sorted(path.name for path in (tmp_path / "boards").iterdir()) == [
        "leaderboard-w53-2026.json",
        "leaderboard-w53-2026.md",
    ]
    stored = json.loads((tmp_path / "boards" / "leaderboard-w53-2026.json").read_text())
    asked = (await boards.ranking("dealers")).as_json()
    assert {**stored, "generated_at": ""} == {**asked, "generated_at": ""}
    written = (tmp_path / "boards" / "leaderboard-w53-2026.md").read_text()
    assert f"| 1 | new | b\\|c | 2.0 | {NONE} | no comparison |" in written


async def test_a_folder_that_cannot_be_written_does_not_stop_the_post(database, clock, tmp_path):
    """The post is what people wait for; the log says what is wrong with the folder."""
    (tmp_path / "file").write_text("")
    boards = make_boards(database, clock, configured(dealers={"files": tmp_path / "file" / "x"}))
    await add(boards, a=1)
    await boards.post("dealers")

    assert len(messages(database)) == 1


async def test_a_history_goes_back_a_year(boards):
    """Week by week, the oldest first, with where the subject stands now."""
    for weeks in range(60):
        at = datetime(2026, 11, 19, 17, tzinfo=UTC) - timedelta(weeks=weeks)
        await add(boards, at.isoformat(), a=100 - weeks, b=1)

    history = await boards.history("dealers", "a")
    assert len(history.weeks) == 52
    assert [week.values["score"] for week in history.weeks[-2:]] == [99.0, 100.0]
    assert (history.standing.rank, history.standing.trend.value) == (1, 1.0)
    assert (await boards.history("dealers", "b")).standing.rank == 2
    with pytest.raises(NotFoundError, match="This leaderboard has no dealer `c`"):
        await boards.history("dealers", "c")
