"""Leaderboards: take samples, rank, post once a week, and keep what was posted true."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import Session

from bot.clock import Clock
from bot.config_sections.leaderboards import Leaderboard
from bot.db import Database
from bot.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from bot.leaderboards import publication, queries
from bot.leaderboards.computation import History, compute_history, compute_ranking
from bot.leaderboards.csv_samples import from_csv
from bot.leaderboards.display import BOARD_TEMPLATE, board_context
from bot.leaderboards.feeds import Feed, MeasuredWeek
from bot.leaderboards.files import write_files
from bot.leaderboards.models import LeaderboardPost
from bot.leaderboards.picture import board_picture
from bot.leaderboards.publication import Posted
from bot.leaderboards.ranking import Ranking
from bot.leaderboards.samples import RawSample, ReadNumber, Sample, from_json, json_number
from bot.leaderboards.samples import read_samples as read_all
from bot.leaderboards.weeks import Week
from bot.messages.rendering.renderer import Rendered, Renderer
from bot.suggestions import did_you_mean
from bot.workspaces.models import DEFAULT_TENANT

logger = structlog.get_logger(__name__)

#: How old the figures of a post about the running week may grow that the bot measures itself.
_MEASURED_EVERY = timedelta(minutes=15)
#: A board whose figures could not be measured is tried again by itself after so long.
_UNAVAILABLE_FOR = timedelta(minutes=1)
#: Figures so young are not measured again: whoever asks ten times gets one measurement.
_FRESH = timedelta(seconds=10)
#: How old the rankings may be that are shown beside other things.
_STANDING_FOR = timedelta(minutes=1)


class Leaderboards:
    """
    The boards of the tenant `default`.

    `channel_of` returns the channel of a board, and `feeds` measure the boards that nobody sends
    samples for.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        boards: Mapping[str, Leaderboard],
        feeds: Mapping[str, Feed],
        renderer: Renderer,
        *,
        home: str,
        channel_of: Callable[[Leaderboard], Awaitable[str]],
        wake: Callable[[str], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._boards = boards
        self._feeds = feeds
        self._renderer = renderer
        self._home = home
        self._channel_of = channel_of
        self._wake = wake
        self._measure_at: dict[str, datetime] = {}
        self._retry_at: dict[str, datetime] = {}
        self._measured: dict[tuple[str, Week], datetime] = {}
        self._standings: dict[str, Ranking] = {}

    def without_boards(self) -> Self:
        """Return the same service for a tenant that has no boards."""
        return type(self)(
            self._database,
            self._clock,
            {},
            {},
            self._renderer,
            home=self._home,
            channel_of=self._channel_of,
            wake=self._wake,
        )

    @property
    def names(self) -> list[str]:
        """Return the names of the boards, the configured ones first."""
        return list(self._boards)

    def board(self, name: str) -> Leaderboard:
        """Return a board; raise `NotFoundError` with the nearest name."""
        board = self._boards.get(name)
        if board is None:
            hint = did_you_mean(name[:40], self._boards, is_sentence=True)
            raise NotFoundError(f"There is no leaderboard `{name[:40]}`{hint}")
        return board

    async def add(self, name: str, items: Sequence[Mapping[str, Any]]) -> int:
        """Take the samples of a JSON list, all or none, and return how many they are."""
        return await self._add(name, lambda _board: (from_json(items), json_number))

    async def add_csv(self, name: str, text: str) -> int:
        """Take the samples of a CSV file, all or none, and return how many they are."""
        return await self._add(name, lambda board: from_csv(board, text))

    async def ranking(self, name: str, week: str | None = None) -> Ranking:
        """Return the ranking of a week, `2026-W47`, or of the current one."""
        board = self.board(name)
        chosen = Week.parse(week) if week else self._current(board)
        return await self._ranking(name, board, chosen)

    async def ranking_of(self, name: str, *, last: bool) -> Ranking:
        """Return the ranking of the current week, or with *last* of the one before."""
        board = self.board(name)
        current = self._current(board)
        return await self._ranking(name, board, current.previous if last else current)

    async def standings(self, limit: int) -> list[Ranking]:
        """
        Return the first boards' current week, from what is known: nothing is measured for it.

        It is at most a minute old.
        """
        return [await self._standing(name) for name in self.names[:limit]]

    async def _standing(self, name: str) -> Ranking:
        board, known, now = self._boards[name], self._standings.get(name), self._clock.now()
        week = self._current(board)
        if known and known.week == week and abs(now - known.generated_at) < _STANDING_FOR:
            return known
        found = await self._database.read(
            lambda session: compute_ranking(session, name, board, week, now)
        )
        self._standings[name] = found
        return found

    async def _ranking(self, name: str, board: Leaderboard, week: Week) -> Ranking:
        now = self._clock.now()
        await self._measure(name, board, week, now)
        found = await self._database.read(
            lambda session: compute_ranking(session, name, board, week, now)
        )
        if week == self._current(board):
            self._standings[name] = found
        return found

    async def rendered(self, name: str) -> Rendered:
        """Return the current week as Slack takes it, for one person; without the chart."""
        ranking = await self.ranking(name)
        context = board_context(ranking, is_closing=False, has_chart=False)
        return self._renderer.render(BOARD_TEMPLATE, context)

    async def history(self, name: str, subject: str) -> History:
        """Return a subject's last 52 weeks; raise `NotFoundError` if nothing is known of it."""
        board = self.board(name)
        week, now = self._current(board), self._clock.now()
        found = await self._database.read(
            lambda session: compute_history(session, name, board, subject, week, now)
        )
        if found is None:
            raise NotFoundError(f"This leaderboard has no {board.subject} `{subject[:100]}`.")
        return found

    async def post(self, name: str, *, by: str | None = None, last: bool = False) -> Posted:
        """
        Post the week so far, or with *last* the one that ended on Sunday; edit it if it is there.

        Raises `ConflictError` if there is nothing to show.
        """
        board = self.board(name)
        # The week is that of the click, also if it ends while its figures are measured.
        now = self._clock.now()
        current = Week.of(now, ZoneInfo(board.timezone))
        week = current.previous if last else current
        row = await self._row(name, board, week, is_closing=last, by=by)
        await self._measure(name, board, week, now)

        def work(session: Session) -> Posted:
            post = publication.claim_post(session, row)
            self._publish(session, post, now)
            if post.message_id is None:
                raise ConflictError(f"`{name}` has no samples for {week}: nothing was posted.")
            return Posted(week, post.channel, post.message_id)

        posted = await self._database.write(work)
        self._wake(self._home)
        await self._refresh_pictures()
        return posted

    async def tick(self) -> None:
        """Post what is due, once however many processes ask, and show samples that came late."""
        for name, board in self._boards.items():
            if self._clock.now() < self._retry_at.get(name, self._clock.now()):
                continue
            try:
                await self._post_due(name, board)
                await self._measure_again(name, board)
            except UnavailableError as error:
                self._retry_at[name] = self._clock.now() + _UNAVAILABLE_FOR
                logger.warning("leaderboard_unavailable", board=name, reason=str(error))
        for post in await self._database.read(publication.changed_posts):
            if post.board in self._boards:
                await self._refresh(post)
        await self._refresh_pictures()

    async def _add(
        self, name: str, read: Callable[[Leaderboard], tuple[Sequence[RawSample], ReadNumber]]
    ) -> int:
        board = self.board(name)
        if not board.samples:
            raise InvalidError(f"`{name}` measures itself: it takes no samples.")
        now = self._clock.now()

        def parse() -> list[Sample]:
            raw, read_number = read(board)
            return read_all(board, raw, now, read_number)

        samples = await asyncio.to_thread(parse)

        def work(session: Session) -> None:
            queries.store_samples(session, name, samples)
            publication.mark_changed(session, name, now)

        await self._database.write(work)
        return len(samples)

    async def _post_due(self, name: str, board: Leaderboard) -> None:
        now = self._clock.now()
        due = await publication.due_of(self._database, name, board, now)
        if due is None:
            return
        week = Week.of(due.latest_at, ZoneInfo(board.timezone)).previous
        row = await self._row(name, board, week, is_closing=True)
        await self._measure(name, board, week, now)

        def work(session: Session) -> bool:
            if not publication.take_due(session, due):
                return False
            publication.close_earlier(session, name, week)
            post = publication.claim_post(session, row)
            self._publish(session, post, now)
            is_posted = post.message_id is not None
            logger.info(
                "leaderboard_posted" if is_posted else "leaderboard_without_samples",
                board=name,
                week=str(week),
                missed=due.missed,
            )
            return is_posted

        if await self._database.write(work):
            self._wake(self._home)

    async def _refresh(self, seen: LeaderboardPost) -> None:
        def work(session: Session) -> bool:
            post = publication.claim_post(session, seen)
            return post.changed_at is not None and self._publish(session, post, self._clock.now())

        if await self._database.write(work):
            self._wake(seen.workspace_id)

    async def _refresh_pictures(self) -> None:
        """Draw the pictures that are due; one whose figures moved meanwhile stays due."""
        now = self._clock.now()
        for post in await self._database.read(lambda db: publication.pictures_due(db, now)):
            if post.board in self._boards:
                await self._refresh_picture(post)

    async def _refresh_picture(self, seen: LeaderboardPost) -> None:
        ranking = await self._database.read(lambda session: self._ranking_of_post(session, seen))
        if not ranking.rows:
            return
        picture = await asyncio.to_thread(board_picture, ranking)

        def work(session: Session) -> bool:
            post = publication.claim_post(session, seen)
            found = self._ranking_of_post(session, post)
            return publication.store_picture(session, post, found, picture, self._clock.now())

        if await self._database.write(work):
            self._wake(seen.workspace_id)

    def _ranking_of_post(self, session: Session, post: LeaderboardPost) -> Ranking:
        board, week = self._boards[post.board], Week.parse(post.week)
        return compute_ranking(session, post.board, board, week, self._clock.now())

    def _publish(self, session: Session, post: LeaderboardPost, now: datetime) -> bool:
        board = self._boards[post.board]
        week = Week.parse(post.week)
        zone = ZoneInfo(board.timezone)
        if not post.is_closing and (post.changed_at or now) >= week.end(zone):
            post.is_open, post.changed_at = False, None
            return False
        ranking = compute_ranking(session, post.board, board, week, now)
        if not publication.publish(session, post, ranking, now):
            return False
        if board.files is not None:
            try:
                write_files(board.files, ranking)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                logger.error("leaderboard_files_failed", board=post.board, reason=reason)  # noqa: TRY400
        return True

    async def _measure_again(self, name: str, board: Leaderboard) -> None:
        now, week = self._clock.now(), self._current(board)
        feed = self._feeds.get(name)
        if feed is None or now < self._measure_at.get(name, now):
            return
        key = (name, str(week), False)
        post = await self._database.read(lambda session: session.get(LeaderboardPost, key))
        # What a feed knows of the present alone would be lost if nobody asked for it.
        if post is not None or feed.is_of_now:
            await self._measure(name, board, week, now)
        self._measure_at[name] = now + _MEASURED_EVERY
        if post is not None:
            await self._database.write(lambda session: publication.mark_changed(session, name, now))

    async def _measure(self, name: str, board: Leaderboard, week: Week, now: datetime) -> None:
        """Measure a board that the bot feeds itself; weeks long over stay as they were."""
        current = Week.of(now, ZoneInfo(board.timezone))
        feed = self._feeds.get(name)
        if feed is None or week not in (current, current.previous):
            return
        if feed.is_of_now and week != current:
            return
        if abs(now - self._measured.get((name, week), now - _FRESH)) < _FRESH:
            return
        if not feed.is_of_now and (name, week.previous) not in self._measured:
            await self._measure_once(name, board, feed, week.previous)
        await self._measure_week(name, board, feed, week)

    async def _measure_once(self, name: str, board: Leaderboard, feed: Feed, week: Week) -> None:
        """Measure a week, to compare with, of which nothing is known yet."""
        at = week.start(ZoneInfo(board.timezone))
        if await self._database.read(lambda session: queries.has_samples(session, name, at)):
            self._measured[name, week] = self._clock.now() - _FRESH
        else:
            await self._measure_week(name, board, feed, week)

    async def _measure_week(self, name: str, board: Leaderboard, feed: Feed, week: Week) -> None:
        now = self._clock.now()
        zone = ZoneInfo(board.timezone)
        at = week.start(zone)
        measured = MeasuredWeek(DEFAULT_TENANT, at, week.end(zone), now)
        names = {column.name for column in board.columns}
        samples = [
            Sample(subject, at, {key: value for key, value in values.items() if key in names})
            for subject, values in (await feed(measured)).items()
        ]
        await self._database.write(
            lambda session: queries.replace_samples(session, name, at, samples)
        )
        self._measured[name, week] = now

    async def _row(
        self, name: str, board: Leaderboard, week: Week, *, is_closing: bool, by: str | None = None
    ) -> LeaderboardPost:
        return LeaderboardPost(
            board=name,
            week=str(week),
            is_closing=is_closing,
            workspace_id=self._home,
            channel=await self._channel_of(board),
            posted_by=by,
        )

    def _current(self, board: Leaderboard) -> Week:
        return Week.of(self._clock.now(), ZoneInfo(board.timezone))
