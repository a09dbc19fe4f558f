"""Every row is what its events say, whatever happened to it."""

import random
import shutil
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, delete, select

from bot.db import Database
from bot.messages import channel_suspension, outbox
from bot.messages.dead_letters import replay
from bot.messages.delivery import claims, selection
from bot.messages.delivery.outcome import Claim, Outcome
from bot.messages.error_codes import Verdict
from bot.messages.history.rebuild import rebuild, verify
from bot.messages.models import Event, EventName, Message, MessageState, Rank
from bot.messages.outbox import Content, Place
from bot.messages.policy import SlackResponse
from bot.messages.requests.batch import BatchWriter, RequestBatch
from bot.messages.requests.message_request import MessageRequest

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
OPS = Place("T0", "default", "C0OPS")
#: Every step once at least, each where it does something.
EVENTFUL = [
    *("put", "claim", "kill", "claim", "recovered", "progress", "claim", "sent", "reply"),
    *("claim", "failed", "claim", "lost", "claim", "held", "replay", "claim", "dead", "replay"),
    *("order", "schedule", "claim", "text_only", "adopt", "claim", "repost", "close", "reopen"),
    *("suspend", "resume", "withdraw", "put", "withdraw", "claim", "kill"),
]
STEPS = st.sampled_from(
    [
        *("put", "put", "order", "schedule", "adopt", "reply", "progress", "progress", "close"),
        *("reopen", "withdraw", "replay", "claim", "claim", "kill", "suspend", "resume"),
        *("sent", "sent", "failed", "lost", "dead", "held", "repost", "text_only", "recovered"),
    ]
)
ENDINGS: dict[str, dict[str, Any]] = {
    "sent": {"verdict": Verdict.DELIVERED, "event": EventName.SENT},
    "recovered": {"verdict": Verdict.DELIVERED, "event": EventName.SENT, "possibly": True},
    "failed": {"verdict": Verdict.TRANSIENT, "error": "update_failed", "tries": 1},
    "lost": {"verdict": Verdict.AMBIGUOUS, "error": "answer_lost", "tries": 1, "lost": True},
    "text_only": {"verdict": Verdict.REFUSED_BLOCKS, "error": "invalid_blocks", "text_only": True},
    "repost": {"verdict": Verdict.REPOST, "error": "message_not_found", "gone": True},
    "dead": {"verdict": Verdict.FINAL, "error": "is_archived", "event": EventName.DEAD},
    "held": {
        "verdict": Verdict.FINAL,
        "error": "held",
        "event": EventName.DEAD,
        "possibly": True,
    },
}


class Story:
    """A random history of messages, made by the same functions as a real one."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session = session
        self.chance = random.Random(seed)
        self.now = NOW
        self.claims: list[Claim] = []
        self.number = 0

    def do(self, step: str) -> None:
        self.now += timedelta(seconds=self.chance.choice([0, 1, 2, 40]))
        if step in ENDINGS:
            self.end(step)
        else:
            getattr(self, step)()
        self.session.flush()
        self.session.expire_all()

    def any(self) -> Message | None:
        ids = self.session.exec(select(Message.id).order_by(Message.id)).all()
        return self.session.get(Message, self.chance.choice(ids)) if ids else None

    def context(self) -> dict[str, Any]:
        names = self.chance.sample("abcdef", self.chance.randrange(5))
        return {name: self.chance.choice([None, 1, "ä", [1], {"x": 2}]) for name in names}

    def put(self) -> None:
        outbox.put(
            self.session,
            OPS,
            Content("note", self.context()),
            now=self.now,
            rank=self.chance.choice([Rank.FIRST_POST, Rank.ALERT]),
            final=self.chance.random() < 0.2,
            requested_by="U0ADA",
        )

    def order(self, scheduled_at: datetime | None = None) -> None:
        order = MessageRequest(
            *("default", "T0", "text", {"text": "a"}, "c", "ada"),
            channel="C0OPS",
            scheduled_at=scheduled_at,
        )
        desk = BatchWriter(self.session, SimpleNamespace(now=lambda: self.now))
        desk.check(RequestBatch([order]))
        desk.store()

    def schedule(self) -> None:
        self.order(self.now + timedelta(seconds=30))

    def adopt(self) -> None:
        self.number += 1
        ts = f"1.{self.number:06}"
        outbox.adopt(self.session, OPS, ts, Content("note", self.context()), now=self.now)

    def reply(self) -> None:
        if parent := self.any():
            outbox.reply(self.session, parent, Content("note", self.context()), now=self.now)

    def edit(self, **options) -> None:
        if message := self.any():
            outbox.edit(self.session, message.id, self.context(), now=self.now, **options)

    def progress(self) -> None:
        self.edit(rank=Rank.PROGRESS)

    def close(self) -> None:
        self.edit(final=True)

    def reopen(self) -> None:
        self.edit(reopen=True)

    def withdraw(self) -> None:
        if message := self.any():
            outbox.withdraw(self.session, message.id, now=self.now, by="ada")

    def replay(self) -> None:
        dead = select(Message).where(Message.state == MessageState.DEAD)
        if message := self.session.exec(dead).first():
            replay.replay(self.session, message, by="U0BEN", now=self.now)

    def claim(self) -> None:
        selection.look(self.session, "T0", self.now)
        rows = selection.ready_posts(self.session, "T0", 3, [])
        rows += selection.ready_edits(self.session, "T0", 3)
        self.claims += claims.claim(self.session, rows, self.now)

    def kill(self) -> None:
        claims.take_over(self.session, "T0", self.now)
        self.claims = []

    def suspend(self) -> None:
        channel_suspension.suspend_if_failing(self.session, "T0", "C0OPS", self.now)

    def resume(self) -> None:
        channel_suspension.resume_channel(self.session, "T0", "C0OPS", self.now)

    def end(self, kind: str) -> None:
        if not self.claims:
            return
        claim = self.claims.pop(self.chance.randrange(len(self.claims)))
        ending = ENDINGS[kind]
        self.number += 1
        delivered = ending["verdict"] is Verdict.DELIVERED
        ts = claim.ts or (f"2.{self.number:06}" if delivered else None)
        event = ending.get("event", EventName.FAILED)
        outcome = Outcome(
            claim=claim,
            verdict=ending["verdict"],
            answer=SlackResponse(ok=delivered, channel=claim.channel),
            event=EventName.EDITED if delivered and claim.is_edit else event,
            ts=None if ending.get("gone") else ts,
            delivered_revision=claim.revision if delivered else None,
            tries=claim.tries + ending.get("tries", 0) if not delivered else 0,
            due_at=self.now + timedelta(seconds=2),
            answer_lost=ending.get("lost", False) and not claim.is_edit,
            possibly_delivered=ending.get("possibly", claim.possibly_delivered),
            text_only=ending.get("text_only", False),
            error=ending.get("error"),
            detail={"error": ending.get("error"), "fix": "Mend it."} if not delivered else {},
        )
        claims.record(self.session, [outcome], self.now)


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(steps=EVENTFUL, seed=1)
@example(steps=["put", "claim", "kill"], seed=2)
@given(steps=st.lists(STEPS, min_size=5, max_size=60), seed=st.integers(0, 10**6))
def test_every_row_is_the_sum_of_its_events(sqlite_template, tmp_path, steps, seed):
    """After any history of wishes, answers, kills and replays each row can be rebuilt exactly."""
    path = tmp_path / f"{uuid4().hex}.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")

    def work(session: Session):
        story = Story(session, seed)
        for step in steps:
            story.do(step)
        return verify(session)

    try:
        verdict = database.transact(work)
    finally:
        database.close()
    assert verdict.is_clean, verdict


HISTORY = ["put", "order", "claim", "sent", "progress", "reply", "claim", "failed", "dead"] * 3


@pytest.fixture
def told(database):
    """A database with a history in it."""

    def work(session: Session) -> None:
        story = Story(session, 1)
        for step in HISTORY:
            story.do(step)

    database.transact(work)
    return database


def test_a_history_is_clean_on_both_databases(told):
    """The comparison finds nothing to complain of."""
    verdict = told.transact(verify)

    assert verdict.is_clean, verdict
    assert verdict.checked == len(told.transact(lambda s: s.exec(select(Message.id)).all()))


def test_what_was_changed_or_lost_is_named_and_mended(told):
    """A row that somebody changed by hand, and one that was deleted, come back."""

    def harm(session: Session):
        changed, lost = session.exec(select(Message).order_by(Message.id).limit(2)).all()
        changed.context = {"forged": True}
        changed.priority = 99
        session.exec(delete(Message).where(col(Message.id) == lost.id))
        return changed.id, lost.id

    changed, lost = told.transact(harm)
    verdict = told.transact(verify)
    assert {changed: ["context", "priority"]} == {
        key: sorted(columns) for key, columns in verdict.differing.items()
    }
    assert [lost] == verdict.lost

    told.transact(lambda session: rebuild(session, NOW))
    assert told.transact(verify).is_clean


def test_a_row_without_events_is_named(told):
    """Nobody can say how it came to be."""

    def forget(session: Session) -> str:
        [message] = session.exec(select(Message).limit(1)).all()
        session.exec(delete(Event).where(col(Event.message_id) == message.id))
        return message.id

    silent = told.transact(forget)
    assert [silent] == told.transact(verify).silent


def test_a_progress_edit_keeps_only_what_is_new(told):
    """The event of an edit holds the changed names of its context and no copy of the rest."""

    def work(session: Session):
        long = {"text": "x" * 5_000, "progress": 1, "eta": 3}
        message = outbox.put(session, OPS, Content("note", long), now=NOW)
        session.flush()
        edited = {"text": "x" * 5_000, "progress": 2}
        outbox.edit(session, message.id, edited, now=NOW, rank=Rank.PROGRESS)
        session.flush()
        query = select(Event).where(Event.message_id == message.id).order_by(col(Event.id).desc())
        return session.exec(query).all()[0].change

    change = told.transact(work)
    assert change["context_set"] == {"progress": 2}
    assert change["context_gone"] == ["eta"]
