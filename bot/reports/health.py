"""
The health check: reports whose owner, channel or source is gone, or whose runs fail.

Each finding is told once, and again only after it was over for a while.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlmodel import Session, col, select

from bot.clock import Clock
from bot.db import Database
from bot.errors import InvalidError
from bot.ids import is_slack_user_id
from bot.reports.display.notices import Notice
from bot.reports.drafting.questions import Questions
from bot.reports.drafting.slack_targets import Places
from bot.reports.models import Notification, Report
from bot.reports.owner_notices import tell_orphaned, tell_unhealthy

logger = structlog.get_logger(__name__)

#: Failures in a row of which a notice says what can be done; the first one was told by itself.
_FAILING_AFTER = 3
#: Reports of one read; a look at 100,000 goes through them page by page.
_PAGE_REPORTS = 200
#: People and channels that Slack is asked about in one check; the next check goes on from there.
_MAX_ASKED = 40


@dataclass(frozen=True)
class _Finding:
    notice: Notice
    reason: str


#: Answers of the world outside, kept for one check: a person or channel is asked about once.
_Answers = dict[tuple[str, ...], str | None]


class HealthCheck:
    """Looks at every enabled report; `wake` tells a lane of what was committed for it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        questions: Questions,
        places: Places,
        fallback_of: Callable[[str], Awaitable[str | None]],
        wake: Callable[[str], None],
    ) -> None:
        """*fallback_of* returns a workspace's channel for what nobody else would be told of."""
        self._database = database
        self._clock = clock
        self._questions = questions
        self._places = places
        self._fallback_of = fallback_of
        self._wake = wake
        self._asked_last = ""  # id of the report up to which Slack was asked

    async def check(self) -> int:
        """Tell of what is new, and return how many reports that were."""
        told, after = 0, ""
        answers: _Answers = {}
        self._asked_last, begin = "", self._asked_last
        while True:
            page = await self._database.read(partial(_reports_page, after=after))
            if not page:
                return told
            for report in page:
                await asyncio.sleep(0)  # Others have a turn: mostly nothing here waits.
                may_ask = report.id > begin and _asked(answers) < _MAX_ASKED
                finding = await self._finding(report, answers, may_ask=may_ask)
                told += await self._note(report, finding) if finding is not _NOT_ASKED else 0
                if _asked(answers) >= _MAX_ASKED and not self._asked_last:
                    self._asked_last = report.id
            after = page[-1].id

    async def _finding(
        self, report: Report, answers: _Answers, *, may_ask: bool
    ) -> "_Finding | None":
        """Return what is wrong, the gravest first; `_NOT_ASKED` where Slack was not asked."""
        source = ("source", report.tenant, report.source)
        if source not in answers:
            answers[source] = self._source_problem(report)
        gone = answers[source]
        if gone is not None:
            return _Finding(Notice.SOURCE_GONE, gone)
        if report.failures >= _FAILING_AFTER:
            reason = f"It failed {report.failures} times in a row. Fix it, or pause it."
            return _Finding(Notice.FAILING, reason)
        for key, notice, ask in self._questions_about(report):
            if key not in answers:
                if not may_ask:
                    return _NOT_ASKED
                answers[key] = await _refusal(ask)
            reason_gone = answers[key]
            if reason_gone is not None:
                return _Finding(notice, reason_gone)
        return None

    def _questions_about(
        self, report: Report
    ) -> Sequence[tuple[tuple[str, str], Notice, Callable[[], Awaitable[Any]]]]:
        home = report.workspace_id
        found: list[tuple[tuple[str, str], Notice, Callable[[], Awaitable[Any]]]] = []
        channel, person = report.channel, report.slack_user
        if is_slack_user_id(report.owner):
            owner = report.owner
            found.append(
                ((home, owner), Notice.OWNER_GONE, lambda: self._places.require_person(home, owner))
            )
        if report.notification == Notification.CHANNEL and channel:
            ask_channel = lambda: self._places.require_channel(home, channel)  # noqa: E731
            found.append(((home, channel), Notice.CHANNEL_GONE, ask_channel))
        if report.notification == Notification.DM and person and person != report.owner:
            ask_person = lambda: self._places.require_person(home, person)  # noqa: E731
            found.append(((home, person), Notice.CHANNEL_GONE, ask_person))
        return found

    def _source_problem(self, report: Report) -> str | None:
        try:
            self._questions.source(report.source, report.tenant)
        except InvalidError as error:
            return str(error)
        return None

    async def _note(self, seen: Report, finding: "_Finding | None") -> bool:
        """Store what was found; tell of it if it is new."""
        problem = str(finding.notice) if finding is not None else None
        if problem == seen.problem:
            return False
        now = self._clock.now()
        is_orphaned = finding is not None and finding.notice == Notice.OWNER_GONE
        fallback = await self._fallback_of(seen.workspace_id) if is_orphaned else None

        def work(session: Session) -> bool:
            return _store_finding(session, seen, finding, fallback, now)

        is_told = await self._database.write(work)
        if is_told:
            logger.info("report_unhealthy", report=seen.id, problem=problem)
            self._wake(seen.workspace_id)
        return is_told


#: Slack was not asked about this report in this check.
_NOT_ASKED = _Finding(Notice.FAILING, "")


def _asked(answers: _Answers) -> int:
    """Return how often Slack was asked."""
    return sum(key[0] != "source" for key in answers)


async def _refusal(ask: Callable[[], Awaitable[Any]]) -> str | None:
    try:
        await ask()
    except InvalidError as error:
        return str(error)
    return None


def _reports_page(session: Session, after: str) -> list[Report]:
    query = select(Report).where(col(Report.is_enabled).is_(True), Report.id > after)
    return list(session.exec(query.order_by(col(Report.id)).limit(_PAGE_REPORTS)).all())


def _store_finding(
    session: Session, seen: Report, finding: _Finding | None, fallback: str | None, now: datetime
) -> bool:
    query = select(Report).where(Report.id == seen.id).with_for_update()
    report = session.exec(query).one_or_none()
    if report is None or report.problem != seen.problem or report.revision != seen.revision:
        return False  # Another process was faster, or somebody is mending it.
    report.problem = str(finding.notice) if finding is not None else None
    if finding is None:
        return False
    if finding.notice == Notice.OWNER_GONE:
        return tell_orphaned(session, report, finding.reason, fallback, now)
    return tell_unhealthy(session, report, finding.notice, finding.reason, now)
