"""Answers to questions that are asked in the thread of a report, as replies there."""

import hashlib
from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from bot.clock import Clock
from bot.db import Database
from bot.errors import LimitError, UserError
from bot.messages import outbox
from bot.messages.models import Message, Rank
from bot.messages.outbox import Content, Place
from bot.reports.display.notices import ANSWER_TEMPLATE, answer_context
from bot.reports.service import Reports
from bot.reports.service_types import Actor, Answered

_WHERE_TO_ASK = "Ask in the thread of a report. Type /ops help for what else I can do."


class ReportAnswers:
    """Answers in threads, once for each question however often Slack tells of it."""

    def __init__(
        self, reports: Reports, database: Database, clock: Clock, wake: Callable[[str], None]
    ) -> None:
        self._reports = reports
        self._database = database
        self._clock = clock
        self._wake = wake

    async def answer(
        self, actor: Actor, channel: str, thread_ts: str, question_ts: str, question: str
    ) -> bool:
        """Reply to a question; False if the thread is not one of a report."""
        run = await self._reports.run_of_message(actor.workspace_id, channel, thread_ts)
        if run is None:
            return False
        message_id = _reply_id(actor.workspace_id, channel, question_ts)
        if await self._database.read(lambda session: session.get(Message, message_id)):
            return True
        try:
            answered = await self._answered(actor, run.id, question)
        except LimitError as error:  # Said once, not to each question of a flood.
            message_id = _reply_id(
                actor.workspace_id, channel, f"limit {actor.id} {_hour(question_ts)}"
            )
            answered = Answered(str(error), 0, 0, "")
        context = answer_context(question or "(only a file)", answered, asked_by=actor.id)
        place = Place(actor.workspace_id, run.tenant, channel, thread_ts)
        await self._put(place, message_id, context)
        return True

    async def hint(self, actor: Actor, channel: str, ts: str, text: str) -> None:
        """Say in a direct message where to ask; once an hour, whatever else is written there."""
        message_id = _reply_id(actor.workspace_id, channel, f"hint {_hour(ts)}")
        if await self._database.read(lambda session: session.get(Message, message_id)):
            return
        context = answer_context(text, Answered(_WHERE_TO_ASK, 0, 0, ""), asked_by=actor.id)
        await self._put(Place(actor.workspace_id, actor.tenant, channel), message_id, context)

    async def _put(self, place: Place, message_id: str, context: dict[str, Any]) -> None:
        def work(session: Session) -> None:
            if session.get(Message, message_id) is None:
                outbox.put(
                    session,
                    place,
                    Content(ANSWER_TEMPLATE, context),
                    now=self._clock.now(),
                    rank=Rank.URGENT,
                    message_id=message_id,
                )

        await self._database.write(work)
        self._wake(place.workspace_id)

    async def _answered(self, actor: Actor, run_id: str, question: str) -> Answered:
        """Ask; why it cannot be answered is an answer, too."""
        try:
            return await self._reports.ask(actor, run_id, question)
        except LimitError:
            raise
        except UserError as error:
            return Answered(str(error), 0, 0, "")


def _hour(ts: str) -> int:
    return int(float(ts)) // 3600


def _reply_id(workspace_id: str, channel: str, question_ts: str) -> str:
    named = f"answer {workspace_id} {channel} {question_ts}"
    return f"m_{hashlib.sha256(named.encode()).hexdigest()[:24]}"
