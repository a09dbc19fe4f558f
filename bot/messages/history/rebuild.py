"""Rebuilds the rows of messages from their events, or compares them with what is stored."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, SQLModel, col, func, select

from bot.messages.history import projection
from bot.messages.models import Event, EventName, Message, MessageState
from bot.messages.totals import add_to_totals

_REBUILD_BATCH = 500
_TIMES = frozenset(
    name for name in projection.COLUMNS if name.endswith("_at") or name == "waiting_since"
)


@dataclass
class Comparison:
    """What a comparison found: ids, and for rows that differ the columns in which they do."""

    checked: int = 0
    differing: dict[str, list[str]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)  # events without a row
    silent: list[str] = field(default_factory=list)  # rows without a beginning in the events

    @property
    def is_clean(self) -> bool:
        """Tell whether every row matches its events."""
        return not (self.differing or self.lost or self.silent)


def verify(session: Session, told: Callable[[int], None] = lambda _count: None) -> Comparison:
    """Compare every message with its events and change nothing; *told* receives the progress."""
    verdict = Comparison()
    last: str | None = ""
    while last is not None:
        checked = verdict.checked
        last = verify_next(session, last, verdict)
        told(verdict.checked - checked)
    return verdict


def verify_next(session: Session, after: str, verdict: Comparison) -> str | None:
    """
    Compare the next 500 messages behind the id *after*; return the last id, or None at the end.

    A snapshot of these 500 is enough: a message is compared with its own events only.
    """
    ids = _next_ids(session, after)
    rebuilt = _rebuilt_rows(session, ids)
    rows = {row.id: row for row in _stored_rows(session, ids)}
    for key in ids:
        _compare(verdict, key, rows.get(key), rebuilt.get(key))
    return ids[-1] if ids else None


def _compare(
    verdict: Comparison, key: str, stored: Message | None, rebuilt: dict[str, Any] | None
) -> None:
    verdict.checked += 1
    if rebuilt is None:
        verdict.silent.append(key)
    elif stored is None:
        verdict.lost.append(key)
    else:
        there = projection.comparable(projection.snapshot(stored))
        made = projection.comparable(rebuilt)
        if there != made:
            verdict.differing[key] = [name for name in there if there[name] != made[name]]


def rebuild(
    session: Session, now: datetime, told: Callable[[int], None] = lambda _count: None
) -> Comparison:
    """Correct rows that differ from their events or are missing; return what was corrected."""
    verdict = verify(session, told)
    for ids in _chunks([*verdict.differing, *verdict.lost]):
        for key, row in _rebuilt_rows(session, ids).items():
            write(session, key, row, now, is_lost=key in verdict.lost)
    return verdict


def write(session: Session, key: str, row: dict[str, Any], now: datetime, *, is_lost: bool) -> None:
    table = SQLModel.metadata.tables["message"]
    values = {name: decode(name, value) for name, value in row.items()}
    if values["state"] in projection.OPEN:
        values["state"] = _waiting_state(session, values, now)
        if is_lost and not (values["is_posted"] or values["answer_lost"]):
            # It may have been under way when the row was lost: look before posting again.
            values["answer_lost"] = True
            session.add(_doubt(values, now))
    if is_lost:
        session.execute(insert(table).values(**values))
        if values["state"] != MessageState.WITHDRAWN:
            add_to_totals(session, [(values["tenant"], values["queue"])])
        return
    stored = session.get_one(Message, key)
    if stored.state == MessageState.SENDING:
        values["state"] = MessageState.SENDING  # Its lane will record what comes of it.
    session.execute(update(table).where(table.c.id == key).values(**values))


def _doubt(values: dict[str, Any], now: datetime) -> Event:
    """Return the event without which the next comparison would find the row changed."""
    return Event(
        message_id=values["id"],
        name=EventName.QUEUED,
        at=now,
        revision=values["revision"],
        attempt=values["tries"],
        detail={"rebuilt": True},
        change={"answer_lost": True},
    )


def _waiting_state(session: Session, values: dict[str, Any], now: datetime) -> MessageState:
    """Return in which way an open message waits, which its events do not say."""
    if values["due_at"] > now:
        return MessageState.DELAYED
    parent = session.get(Message, values["parent_id"]) if values["parent_id"] else None
    if parent is not None and not parent.is_told:
        return MessageState.BLOCKED
    return MessageState.WAITING


def decode(name: str, value: Any) -> Any:
    """Return a column's value from its form in the events."""
    return datetime.fromisoformat(value) if name in _TIMES and value is not None else value


def _next_ids(session: Session, after: str) -> Sequence[str]:
    """Return the next ids of messages that have a row or an event, in order."""
    rows = session.exec(
        select(Message.id).where(Message.id > after).order_by(Message.id).limit(_REBUILD_BATCH)
    ).all()
    told = session.exec(
        select(Event.message_id)
        .where(Event.message_id > after)
        .distinct()
        .order_by(Event.message_id)
        .limit(_REBUILD_BATCH)
    ).all()
    return sorted({*rows, *told})[:_REBUILD_BATCH]


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _REBUILD_BATCH):
        yield ids[start : start + _REBUILD_BATCH]


def _rebuilt_rows(session: Session, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the rows that the events of these messages make, encoded."""
    changes: dict[str, list[projection.Row]] = defaultdict(list)
    query = select(Event.message_id, Event.change).where(col(Event.message_id).in_(ids))
    for key, change in session.exec(query.order_by(col(Event.id))).all():
        changes[key].append(change)
    made = {key: projection.rebuilt_row(parts) for key, parts in changes.items()}
    return {key: row for key, row in made.items() if row is not None}


def _stored_rows(session: Session, ids: Sequence[str]) -> Sequence[Message]:
    return session.exec(select(Message).where(col(Message.id).in_(ids))).all()


def count(session: Session) -> int:
    """Return how many messages there are."""
    return session.exec(select(func.count()).select_from(Message)).one()
