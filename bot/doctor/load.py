"""Compares what was delivered lately, and what waits, with what Slack allows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlmodel import Session, col

from bot.doctor.findings import Finding
from bot.messages.error_codes import Verdict
from bot.messages.models import Event, EventName, LaneLease, Message

#: Of the newest events so many are looked at, however many there are.
_MAX_EVENTS = 20_000
_HOUR = timedelta(hours=1)
_WAITED_LONG = timedelta(minutes=5)
_EDITS_A_MINUTE = 50
_POSTS_A_MINUTE = 300
_POSTS_A_MINUTE_IN_A_CHANNEL = 60
_BUSY = 0.9
_CALLS = (EventName.SENT, EventName.EDITED, EventName.FAILED)


def load_findings(session: Session, now: datetime) -> Iterator[Finding]:
    """Yield how close to Slack's limits the last hour came, and what waits for too long."""
    yield from judge_load(_last_hour(session, now))
    yield from _waiting(session, now)
    yield from _dead_letters(session, now)


def _last_hour(session: Session, now: datetime) -> list[Any]:
    newest = session.execute(select(func.max(col(Event.id)))).scalar_one() or 0
    query = (
        select(
            col(Event.name),
            col(Event.at),
            col(Event.detail),
            col(Message.workspace_id),
            col(Message.channel),
        )
        .join(Message, col(Message.id) == col(Event.message_id))
        .where(
            col(Event.id) > newest - _MAX_EVENTS,
            col(Event.at) > now - _HOUR,
            col(Event.name).in_([str(name) for name in _CALLS]),
        )
    )
    return list(session.execute(query))


def judge_load(events: Iterable[Any]) -> Iterator[Finding]:
    """Yield what an hour's events say: rows of name, at, detail, workspace_id and channel."""
    edits: Counter[tuple[str, datetime]] = Counter()
    posts: Counter[tuple[str, datetime]] = Counter()
    in_channel: Counter[tuple[str, str, datetime]] = Counter()
    paced: Counter[str] = Counter()
    for name, at, detail, workspace_id, channel in events:
        minute = at.replace(second=0, microsecond=0)
        if name == EventName.FAILED:
            paced[workspace_id] += detail.get("verdict") == Verdict.PACED
        elif name == EventName.EDITED:
            edits[workspace_id, minute] += 1
        else:
            posts[workspace_id, minute] += 1
            in_channel[workspace_id, channel, minute] += 1
    yield from _busiest_minute(max(edits.values(), default=0), max(posts.values(), default=0))
    yield from _busiest_channel(in_channel)
    for workspace_id, number in (+paced).most_common():
        yield Finding.problem(
            "load",
            f"Slack answered 429 {number} times in the last hour in {workspace_id}",
            "find what else writes with this token: each program needs an app of its own",
        )


def _busiest_minute(edits: int, posts: int) -> Iterator[Finding]:
    yield Finding.ok(
        "load",
        f"busiest minute of the last hour: {edits} of {_EDITS_A_MINUTE} edits, "
        f"{posts} of {_POSTS_A_MINUTE} posts",
    )
    if edits >= _BUSY * _EDITS_A_MINUTE:
        yield Finding.note(
            "load",
            "edits are at Slack's limit: ends still go first, progress is shown less often",
        )


def _busiest_channel(posts: Counter[tuple[str, str, datetime]]) -> Iterator[Finding]:
    for (workspace_id, channel, _), number in posts.most_common(1):
        if number >= _BUSY * _POSTS_A_MINUTE_IN_A_CHANNEL:
            yield Finding.problem(
                "load",
                f"{number} posts in one minute went to {channel} of {workspace_id}; Slack takes "
                "about one a second",
                "spread them over channels ([tasks.<kind>] channel, [alerts] routes), "
                "or send fewer, larger messages",
            )


def _waiting(session: Session, now: datetime) -> Iterator[Finding]:
    waiting = (
        select(
            col(Message.workspace_id),
            func.count(),
            func.min(col(Message.waiting_since)),
        )
        .where(
            text("state = 'waiting'"),  # a constant, or no partial index is used
            col(Message.due_at) < now - _WAITED_LONG,
            col(Message.waiting_since) < now - _WAITED_LONG,
        )
        .group_by(col(Message.workspace_id))
        .limit(20)
    )
    served = {
        workspace_id
        for (workspace_id,) in session.execute(
            select(col(LaneLease.workspace_id)).where(col(LaneLease.expires_at) > now)
        )
    }
    for workspace_id, number, since in session.execute(waiting):
        age = (now - since) / timedelta(minutes=1)
        is_served = workspace_id in served
        fix = (
            "ask `GET /api/health` or `/ops health` why its lane is paused or stuck"
            if is_served
            else "start the bot: no process delivers to it"
        )
        yield Finding.problem(
            "load", f"{number} messages wait in {workspace_id}, the oldest {age:,.0f} min", fix
        )


def _dead_letters(session: Session, now: datetime) -> Iterator[Finding]:
    lately = select(func.count()).where(
        text("state = 'dead'"), col(Message.dead_at) > now - 24 * _HOUR
    )
    number = session.execute(lately).scalar_one()
    if number:
        yield Finding.problem(
            "load",
            f"{number} messages of the last 24 hours were given up",
            "`python -m bot dead list` names the fix of each; then `python -m bot dead replay ID`",
        )
