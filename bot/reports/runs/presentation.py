"""Puts the rows of a run into words and shows them: what analysts and the display do for it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from bot.charts.fallbacks import Face, face_of
from bot.clock import Clock
from bot.db import Database
from bot.messages.delivery.refused_kinds import refused_in
from bot.messages.destinations import is_destination
from bot.messages.outbox import Content
from bot.messages.rendering.escaping import escape_mrkdwn
from bot.reports.analysts.base import Audience, Brief, Mode
from bot.reports.display.attachments import thread_files
from bot.reports.display.message import (
    REPORT_TEMPLATE,
    ReportFacts,
    Said,
    report_message_context,
    zone_of,
)
from bot.reports.drafting.schedule_fields import frequency_in_words, schedule_of
from bot.reports.models import Report, ReportRun
from bot.reports.narration import Narrated, Narration, make_brief
from bot.reports.service_types import Answered
from bot.sources.result import ResultTable


@dataclass(frozen=True)
class ShownRun:
    """The message of a run, and the files for its thread."""

    content: Content
    files: Sequence[Content] = ()


class Voice:
    """Says what rows say; every figure is traced, and whatever a model does, something is said."""

    def __init__(self, narration: Narration, database: Database, clock: Clock) -> None:
        self._narration = narration
        self._database = database
        self._clock = clock
        # One at a time: the event loop shares the interpreter with all that compute.
        self._computing = asyncio.Lock()

    async def narrate(
        self,
        report: Report,
        table: ResultTable,
        previous: ResultTable | None,
        warnings: Sequence[str],
    ) -> Narrated:
        """Return the narrative of a result; *previous* are the rows of the run before."""
        async with self._computing:
            brief = await asyncio.to_thread(_brief, report, table, previous, warnings)
        return await self._narration.narrate(brief)

    async def show(
        self,
        report: Report,
        run: ReportRun,
        table: ResultTable,
        said: Narrated,
        warnings: Sequence[str],
        next_run: datetime | None,
        *,
        is_preview: bool = False,
        is_corrected: bool = False,
    ) -> ShownRun:
        """Return the message, in the best form that its workspace's Slack has not refused."""
        now = self._clock.now()
        refused = await self._database.read(
            lambda session: refused_in(session, report.workspace_id, now)
        )
        facts = ReportFacts(
            report=report,
            run=run,
            table=table,
            said=_words_said(said, warnings),
            at=run.due_at,
            next_run=next_run,
            is_preview=is_preview,
            is_corrected=is_corrected,
        )
        has_thread = not is_preview and not is_destination(report.workspace_id)
        async with self._computing:
            return await asyncio.to_thread(_drawn, facts, face_of(refused), has_thread=has_thread)

    async def answer(self, report: Report, table: ResultTable, question: str) -> Answered:
        """Answer a question from the rows alone; where they do not say, that is the answer."""
        async with self._computing:
            brief = await asyncio.to_thread(_brief, report, table)
        said = await self._narration.answer_question(question, brief)
        text = "\n".join([said.summary, *said.notes])
        return Answered(escape_mrkdwn(text), said.total, said.traced, said.by)


def _brief(
    report: Report,
    table: ResultTable,
    previous: ResultTable | None = None,
    warnings: Sequence[str] = (),
) -> Brief:
    return make_brief(
        name=report.name,
        description=report.description,
        question=report.query,
        frequency=frequency_in_words(schedule_of(report.schedule)),
        audience=cast(Audience, report.audience),
        mode=cast(Mode, report.mode),
        table=table,
        previous=previous,
        warnings=warnings,
        today=table.fetched_at.astimezone(zone_of(report)).replace(tzinfo=None),
    )


def _drawn(facts: ReportFacts, face: Face, *, has_thread: bool) -> ShownRun:
    content = Content(REPORT_TEMPLATE, report_message_context(facts, face))
    return ShownRun(content, thread_files(facts, face) if has_thread else ())


def _words_said(said: Narrated, warnings: Sequence[str]) -> Said:
    return Said(
        summary=said.summary,
        key_metrics=[(one.label, one.text) for one in said.key_metrics],
        insights=said.insights,
        recommendations=said.recommendations,
        charts=said.charts,
        warnings=[*warnings, *said.notes],
        total=said.total,
        traced=said.traced,
        by=said.by,
    )
