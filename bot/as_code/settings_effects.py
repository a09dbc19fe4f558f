"""What another `opsbell.toml` does to boards, reports and senders that are stored."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from bot.as_code.change import counted
from bot.as_code.template_messages import NOT_SENT
from bot.config_file import ConfigFile
from bot.config_sections.leaderboards import Leaderboard
from bot.leaderboards.boards import boards_of
from bot.leaderboards.computation import compute_ranking
from bot.leaderboards.weeks import Week
from bot.leaderboards.wording import row_words
from bot.messages.destinations import destination_id
from bot.messages.models import Message, Sender
from bot.metrics.own_metrics import own_metrics
from bot.reports.models import Report
from bot.scheduling.schedules import next_occurrence
from bot.tasks.models import Task
from bot.workspaces.models import DEFAULT_TENANT

_MAX_RANKED = 5
_TASKS_SINCE = timedelta(days=7)
_USUALLY = "the usual channel"
_MAX_REPORTS_NAMED = 10


@dataclass(frozen=True)
class SettingsEffects:
    """Compares two settings files by what is stored of a tenant."""

    session: Session
    tenant: str
    before: ConfigFile
    after: ConfigFile
    now: datetime

    def lines(self) -> Iterator[str]:
        """Yield what people will see of it."""
        if self.tenant == DEFAULT_TENANT:  # Boards are this tenant's.
            yield from self._boards()
        yield from self._metrics()
        yield from self._channels_of_tasks()

    def warnings(self) -> Iterator[str]:
        """Yield what would be refused or fail."""
        yield from self._destinations()
        for name in self.before.sources.keys() - self.after.sources.keys():
            reports = self._reports(Report.source == name)
            if reports:
                yield f"source {name} goes, which is asked by {reports}"

    def _boards(self) -> Iterator[str]:
        before, after = boards_of(self.before), boards_of(self.after)
        for name in dict.fromkeys([*before, *after]):
            old, new = before.get(name), after.get(name)
            if old == new:
                continue
            yield f"leaderboard {name}: {_before_and_after(self._posts(old), self._posts(new))}"
            ranks = self._ranks(name, old), self._ranks(name, new)
            if ranks[0] != ranks[1]:
                yield f"leaderboard {name}, last week: {_before_and_after(*ranks)}"

    def _posts(self, board: Leaderboard | None) -> str:
        if board is None:
            return "not there"
        due = board.due
        if due is None:
            return "not posted by itself"
        at = next_occurrence(due, self.now).astimezone(ZoneInfo(board.timezone))
        to = board.channel or _USUALLY
        return f"“{board.title}” to {to}, next {at:%a %d %b %H:%M} ({due.timezone})"

    def _ranks(self, name: str, board: Leaderboard | None) -> str:
        """Return the first of last week's ranking, by the samples that are stored."""
        if board is None:
            return "nothing"
        week = Week.of(self.now, ZoneInfo(board.timezone)).previous
        ranking = compute_ranking(self.session, name, board, week, self.now)
        rows = [row_words(ranking, row) for row in ranking.rows[:_MAX_RANKED]]
        lines = (f"{rank}. {subject} {' · '.join(words)}" for rank, _, subject, *words, _ in rows)
        return ", ".join(lines) or "no samples"

    def _channels_of_tasks(self) -> Iterator[str]:
        """Yield the kinds whose tasks are shown elsewhere, with how many there were lately."""
        query = select(Task.task, func.count()).where(
            Task.tenant == self.tenant, col(Task.updated_at) >= self.now - _TASKS_SINCE
        )
        for kind, count in self.session.exec(query.group_by(col(Task.task)).order_by(Task.task)):
            old, new = self.before.kind(kind).channel, self.after.kind(kind).channel
            if old != new:
                where = f"{new or _USUALLY} instead of {old or _USUALLY}"
                yield f"tasks {kind}, like {count:,} of the last 7 days, go to {where}"

    def _metrics(self) -> Iterator[str]:
        before = {**own_metrics(), **self.before.metrics}
        after = {**own_metrics(), **self.after.metrics}
        for name in dict.fromkeys([*before, *after]):
            if before.get(name) == after.get(name):
                continue
            boards = [board for board, said in boards_of(self.after).items() if _asks(said, name)]
            if boards:
                yield f"metric {name}: leaderboard {', '.join(boards)} measures it anew"
            reports = self._reports_of_metric(name)
            if reports:
                yield f"metric {name}: {reports} kept its SQL; save it again to ask anew"

    def _reports_of_metric(self, name: str) -> str:
        """Return the reports that name a metric in their SQL; planned questions do."""
        word = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
        query = select(Report.name, Report.sql).where(Report.tenant == self.tenant)
        found = [report for report, sql in self.session.exec(query) if word.search(sql)]
        return _named_reports(found)

    def _reports(self, condition: bool) -> str:
        query = select(Report.name).where(Report.tenant == self.tenant, condition)
        return _named_reports(self.session.exec(query).all())

    def _destinations(self) -> Iterator[str]:
        gone = [
            name
            for name, one in self.before.destinations.items()
            if one.tenant == self.tenant and name not in self.after.destinations
        ]
        for name in gone:
            place = destination_id(name)
            mine = Sender.tenant == self.tenant, Sender.workspace_id == place
            senders = self.session.exec(select(Sender.code).where(*mine)).all()
            if senders:
                yield f"destination {name} goes: requests of {', '.join(senders)} are refused"
            query = select(func.count()).where(
                Message.tenant == self.tenant,
                Message.workspace_id == place,
                col(Message.state).in_(NOT_SENT),
            )
            waiting = self.session.exec(query).one()
            if waiting:
                yield f"destination {name} goes: {counted(waiting, 'message')} for it not sent yet"


def _asks(board: Leaderboard, metric: str) -> bool:
    return board.metric is not None and metric in (column.name for column in board.columns)


def _before_and_after(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _named_reports(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:_MAX_REPORTS_NAMED])
    more = f" and {len(names) - _MAX_REPORTS_NAMED} more" if len(names) > _MAX_REPORTS_NAMED else ""
    return f"report {shown}{more}" if names else ""
