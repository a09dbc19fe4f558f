"""Compares the senders of a folder with the database: who may write where, and who no longer."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from bot.as_code.change import AUTHOR, Action, Change, counted
from bot.as_code.origin import Origin
from bot.as_code.template_messages import NOT_SENT
from bot.db import Database
from bot.errors import ConflictError
from bot.messages.destinations import shown_name
from bot.messages.models import Message, Sender
from bot.messages.requests.message_request import SenderSettings
from bot.messages.requests.sender_settings import (
    NamedSender,
    Senders,
    require_own_channel,
    write_sender,
)

SENDER_FILE = "sender"
_REQUESTS_SINCE = timedelta(days=7)
_MAX_PLACES_NAMED = 10


@dataclass(frozen=True)
class SenderTraffic:
    """How many messages of a sender went to each channel lately, and how many wait for it."""

    sent: Mapping[str, int]
    waiting: Mapping[str, int]


class SenderPlan:
    """What the senders of a folder would change for one tenant."""

    def __init__(self, database: Database, senders: Senders, origin: Origin) -> None:
        self._database = database
        self._senders = senders
        self._origin = origin

    async def change(self, named: NamedSender) -> Change:
        """Return what would change; raise `InvalidError` for what could not be stored."""
        tenant = self._origin.tenant
        require_own_channel(named)
        wanted = replace(named, workspace_id=await self._senders.place_of(tenant, named))
        known = await self._database.read(lambda session: session.get(Sender, (tenant, named.code)))
        if known is None:
            lines = [f"may write to: {_rights(wanted.allowed_channels)}"]
            return self._planned(Action.CREATE, wanted, None, lines=lines, brief="new")
        differing = list(_differing_settings(known, wanted))
        if not differing:
            return self._planned(Action.NONE, wanted, known)
        by = f"by {known.created_by} or others, last at {known.updated_at:%Y-%m-%d %H:%M}"
        state = known.updated_at.isoformat()
        notes = self._origin.notes((SENDER_FILE, named.code), named.code, state, by)
        traffic = await self._database.read(
            lambda session: sender_traffic(session, tenant, named.code, self._origin.now)
        )
        rights = list(_changed_rights(known.allowed_channels, wanted.allowed_channels))
        told, warnings, refused = _refusals(traffic, wanted.allowed_channels)
        return self._planned(
            Action.CHANGE,
            wanted,
            known,
            lines=[*notes, *differing, *rights, *told],
            warnings=warnings,
            brief=", ".join(rights) or ", ".join(line.partition(":")[0] for line in differing),
            effects={"refused": refused, "waiting": dict(traffic.waiting)},
        )

    def _planned(
        self, action: Action, wanted: NamedSender, seen: Sender | None, **more: object
    ) -> Change:
        origin = self._origin

        def store(session: Session) -> None:
            known = session.get(Sender, (origin.tenant, wanted.code), with_for_update=True)
            if (known.updated_at if known else None) != (seen.updated_at if seen else None):
                raise ConflictError(f"The sender `{wanted.code}` was changed meanwhile.")
            if known is None or action is not Action.NONE:
                known = write_sender(session, origin.tenant, known, wanted, AUTHOR, origin.now)
            state = known.updated_at.isoformat()
            origin.remember(session, (SENDER_FILE, wanted.code), wanted.code, state)

        return Change(action, SENDER_FILE, wanted.code, store=store, **more)  # type: ignore[arg-type]


def sender_traffic(session: Session, tenant: str, code: str, now: datetime) -> SenderTraffic:
    """Return what a sender did in the last seven days, and what of it waits."""
    mine = (
        Message.tenant == tenant,
        Message.sender == code,
        col(Message.created_at) >= now - _REQUESTS_SINCE,
    )
    query = select(Message.channel, func.count()).where(*mine).group_by(col(Message.channel))
    unsent = query.where(col(Message.state).in_(NOT_SENT), col(Message.delivered_revision) == 0)
    return SenderTraffic(dict(session.exec(query).all()), dict(session.exec(unsent).all()))


def _differing_settings(known: Sender, wanted: NamedSender) -> Iterator[str]:
    for name in (one.name for one in fields(SenderSettings)):
        before, after = getattr(known, name), getattr(wanted, name)
        if before != after:
            yield f"{name}: {_setting_words(name, before)} → {_setting_words(name, after)}"


def _setting_words(name: str, value: Any) -> str:
    if value is None:
        return "any" if name == "allowed_channels" else "not set"
    if name == "workspace_id":
        return shown_name(value)
    return " ".join(value) or "none" if isinstance(value, list) else str(value)


def _rights(allowed: Sequence[str] | None) -> str:
    return "any channel" if allowed is None else ", ".join(allowed) or "no channel"


def _changed_rights(before: Sequence[str] | None, after: Sequence[str] | None) -> Iterator[str]:
    if before == after:
        return
    if before is None or after is None:
        yield f"may write to: {_rights(after)}"
        return
    for word, channels in (
        ("loses", [one for one in before if one not in after]),
        ("gains", [one for one in after if one not in before]),
    ):
        if channels:
            yield f"{word} {', '.join(channels[:_MAX_PLACES_NAMED])}"


def _refusals(
    traffic: SenderTraffic, allowed: Sequence[str] | None
) -> tuple[list[str], list[str], dict[str, int]]:
    """Return lines, warnings, and how many requests of the last seven days would be refused."""
    if allowed is None:
        return [], [], {}
    refused = Counter({k: n for k, n in traffic.sent.items() if k not in allowed})
    waiting = {k: n for k, n in traffic.waiting.items() if k not in allowed}
    lines = []
    if waiting:
        count = counted(sum(waiting.values()), "message")
        lines.append(
            f"{count} for {', '.join(sorted(waiting)[:_MAX_PLACES_NAMED])} not sent yet"
            " would be refused as new requests; accepted before, they are still sent"
        )
    warnings = [
        f"requests like {count:,} of the last 7 days to {channel} would be refused"
        for channel, count in refused.most_common(_MAX_PLACES_NAMED)
    ]
    return lines, warnings, dict(refused)
