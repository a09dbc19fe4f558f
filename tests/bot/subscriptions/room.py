"""Subscriptions over a real database, with a clock that is set by hand."""

from dataclasses import dataclass

from sqlmodel import col, select

from bot.db import Database
from bot.messages.models import Message
from bot.subscriptions.digests import Digests
from bot.subscriptions.models import Preference
from bot.subscriptions.service import SubscribeOutcome, Subscriptions
from bot.tasks.models import Task
from tests.bot.tasks.room import ADA, OURS, HandClock, make_room
from tests.bot.tasks.room import Room as TaskServices


@dataclass
class Room:
    """Everything a test of subscriptions needs in a word."""

    database: Database
    clock: HandClock
    tasks: TaskServices
    subscriptions: Subscriptions
    digests: Digests

    async def subscribe(
        self, pattern: str, channel: str = "C0NIGHTLY", *, only_failures: bool = False
    ) -> SubscribeOutcome:
        """Let Ada subscribe a channel, or a person."""
        _, outcome = await self.subscriptions.subscribe(
            OURS, channel, pattern, only_failures=only_failures, by=ADA
        )
        return outcome

    async def prefer(self, user_id: str, **wishes: str | bool) -> None:
        """Let a person say how they want to be told."""
        await self.subscriptions.prefer(
            OURS, Preference.model_validate({"tenant": "", "user_id": user_id, **wishes})
        )

    async def end(self, kind: str, status: str = "completed", **said: str) -> Task:
        """Let a task of the kind run and end."""
        task = await self.tasks.create(kind)
        await self.tasks.report(task, "running")
        await self.tasks.report(task, status, **said)
        return task

    async def told(self) -> list[tuple[str, str]]:
        """Return (channel, template or `kind status`) of what subscribers were told, in order."""
        return [
            (one.channel, f"{one.context['task']} {one.context['status']}")
            if one.template == "subscriptions/end"
            else (one.channel, f"digest of {one.context['count']}")
            for one in await self.messages()
        ]

    async def messages(self) -> list[Message]:
        """Return what subscribers were told, the oldest first."""
        query = select(Message).where(col(Message.template).like("subscriptions/%"))
        query = query.order_by(col(Message.created_at), col(Message.id))
        return await self.database.read(lambda session: list(session.exec(query)))


def make_subscription_room(database: Database) -> Room:
    """Wire the use cases as the composition root does."""
    clock = HandClock()
    tasks = make_room(database, clock)
    digests = Digests(database, clock, tasks.lanes.wake)
    return Room(database, clock, tasks, Subscriptions(database, clock), digests)
