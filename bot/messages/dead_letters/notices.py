"""
Notifies people of messages that could not be delivered: what happened, and the exact fix.

There is one notice per channel, hour and recipient; further dead letters of that hour edit it.
Nobody is notified of a notice that cannot be delivered.
"""

import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlmodel import Session, col, func, select

from bot.clock import Clock
from bot.db import Database
from bot.ids import is_slack_user_id
from bot.messages import channel_suspension, outbox
from bot.messages.dead_letters.notice_replay import MAX_AT_ONCE, dead_among, replay_some
from bot.messages.delivery.given_up_rows import NOTICE
from bot.messages.destinations import is_destination, no_home, shown_name
from bot.messages.models import (
    DeadLetter,
    Message,
    MessageState,
    Rank,
    Sender,
    StoredTemplate,
)
from bot.messages.outbox import Content, Place
from bot.messages.policy import NOTICE_TRIES, OWN_TRIES

logger = structlog.get_logger(__name__)

MAX_LETTERS = 200
_SHOWN = 5
#: More channels than this in an hour share one notice: a failing Slack must not make us flood.
_MAX_GROUPS = 20
_MAX_NOTICES = "many channels"
#: Errors that the template's author can fix.
_TEMPLATE_ERRORS = frozenset({"template_error", "template_stopped"})
#: What Slack says of bots, of people who have left, and of those whom the bot may not see.
_UNREACHABLE_ERRORS = ("cannot_dm_bot", "user_disabled", "user_not_found", "user_not_visible")
#: Somebody may come back: after this they are written to once more.
_REACHED_AGAIN = timedelta(days=1)


@dataclass(frozen=True)
class _NoticeGroup:
    """Dead letters that share their notices. `key` is an opaque value carried by the button."""

    key: str
    workspace_id: str
    tenant: str
    channel: str


class DeadLetters:
    """Makes the notices and does what their button says."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        wake: Callable[[str], None],
        alerts_channel: Callable[[], Awaitable[str | None]],
        home_of: Callable[[str], str | None] = no_home,
    ) -> None:
        """
        *alerts_channel* returns the id of the alerts channel, or None.

        *home_of* returns the workspace of alerts, in which a tenant is also notified about its
        destinations.
        """
        self._database = database
        self._clock = clock
        self._wake = wake
        self._alerts_channel = alerts_channel
        self._home_of = home_of

    async def tell_next(self) -> int:
        """Notify people of new dead letters, at most 200; return how many these were."""
        if not await self._database.read(_is_anybody_untold):
            return 0
        channel = await self._alerts_channel()
        woken, count = await self._database.write(lambda session: self._tell(session, channel))
        for workspace_id in woken:
            self._wake(workspace_id)
        return count

    async def replay_group(self, tenant: str, key: str, *, by: str) -> int:
        """Replay all that a notice counts and switch its channel on; return how many messages."""
        total, count = 0, MAX_AT_ONCE
        while count == MAX_AT_ONCE:
            some = partial(replay_some, tenant=tenant, key=key, by=by, done=total)
            woken, count = await self._database.write(partial(some, now=self._clock.now()))
            total += count
            for workspace_id in woken:
                self._wake(workspace_id)
        return total

    def _tell(self, session: Session, alerts: str | None) -> tuple[set[str], int]:
        now = self._clock.now()
        query = select(DeadLetter).where(col(DeadLetter.told_at).is_(None))
        query = query.order_by(col(DeadLetter.died_at)).limit(MAX_LETTERS)
        letters = session.exec(query.with_for_update(skip_locked=True)).all()
        by_channel: dict[tuple[str, str], list[DeadLetter]] = defaultdict(list)
        for letter in letters:
            letter.told_at = now
            by_channel[letter.workspace_id, letter.channel].append(letter)
        homes = set()
        for (workspace_id, channel), new in by_channel.items():
            is_off = channel_suspension.suspend_if_failing(session, workspace_id, channel, now)
            homes.add(self._tell_of(session, new, now, alerts=alerts, is_off=is_off))
        return homes - {""}, len(letters)

    def _tell_of(
        self,
        session: Session,
        letters: Sequence[DeadLetter],
        now: datetime,
        *,
        alerts: str | None,
        is_off: bool,
    ) -> str:
        """Put or edit the notices of one channel; return where they go, "" for nowhere."""
        first = letters[0]
        messages = {one.id: one for one in dead_among(session, letters)}
        if not messages:
            return ""
        tenant = next(iter(messages.values())).tenant
        group = _group_of(session, first, tenant, now)
        for letter in letters:
            letter.notice_group = group.key
        session.flush()
        context = _context_of(session, group, is_off=is_off)
        home = self._home(first.workspace_id, tenant)
        owners = _owners_of(session, messages.values())
        owners -= unreachable(session, tenant, home, now)
        # The channel is in the home workspace: dead letters of other workspaces do not go there.
        where = alerts if home == self._home_of(tenant) else None
        recipients = {shown_name(home)} if is_destination(home) else {where, *owners}
        if home == first.workspace_id and not is_destination(home):
            recipients.discard(first.channel)
        told = sorted(filter(None, recipients if home else ()))
        if not told:
            logger.warning("dead_letters_untold", channel=first.channel, letters=len(letters))
        for recipient in told:
            _put_notice(session, Place(home, tenant, recipient), group, context, now)
        return home

    def _home(self, workspace_id: str, tenant: str) -> str:
        """Return the workspace in which people are notified, "" for none."""
        return (self._home_of(tenant) or "") if is_destination(workspace_id) else workspace_id


def _put_notice(
    session: Session, place: Place, group: _NoticeGroup, context: dict[str, Any], now: datetime
) -> None:
    """Post a notice, or edit the existing one; where edits would be posts, keep the first."""
    notice_id = f"m_{_digest(group.key, place.channel)}"
    notice = session.get(Message, notice_id)
    if notice is None:
        outbox.put(
            session,
            place,
            Content(NOTICE, context),
            now=now,
            rank=Rank.ALERT,
            correlation_id=group.key,
            message_id=notice_id,
            # Somebody who cannot be reached is no alarm.
            max_attempts=NOTICE_TRIES if is_slack_user_id(place.channel) else OWN_TRIES,
        )
    elif not is_destination(place.workspace_id):
        # Said, or the button would seem to have done nothing.
        replayed = notice.context.get("replayed") or notice.context.get("failed_again")
        told = {**context, "failed_again": replayed} if replayed else context
        outbox.edit(session, notice_id, told, now=now, rank=Rank.ALERT)


def _is_anybody_untold(session: Session) -> bool:
    query = select(DeadLetter.message_id).where(col(DeadLetter.told_at).is_(None)).limit(1)
    return session.exec(query).first() is not None


def _group_of(session: Session, letter: DeadLetter, tenant: str, now: datetime) -> _NoticeGroup:
    """Return the group of a channel's dead letters in this hour; a shared one if there are many."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    query = select(func.count(func.distinct(DeadLetter.notice_group))).where(
        DeadLetter.workspace_id == letter.workspace_id, DeadLetter.died_at >= hour
    )
    channel = letter.channel if session.exec(query).one() < _MAX_GROUPS else _MAX_NOTICES
    key = f"n_{_digest(letter.workspace_id, channel, hour.isoformat())}"
    return _NoticeGroup(key, letter.workspace_id, tenant, channel)


def _context_of(session: Session, group: _NoticeGroup, *, is_off: bool) -> dict[str, Any]:
    """Return the notice's context: the number of dead letters, the newest few, and what to do."""
    of_group = DeadLetter.notice_group == group.key
    count = session.exec(select(func.count()).where(of_group)).one()
    query = select(DeadLetter).where(of_group).order_by(col(DeadLetter.died_at).desc())
    letters = session.exec(query.limit(_SHOWN)).all()
    messages = {one.id: one for one in dead_among(session, letters)}
    return {
        "group": group.key,
        "workspace_id": group.workspace_id,
        "channel": group.channel,
        "count": count,
        "is_off": is_off,
        "letters": [
            {
                "id": letter.message_id,
                "correlation_id": messages[letter.message_id].correlation_id,
                "template": messages[letter.message_id].template,
                "error": letter.error,
                "fix": letter.fix,
                "attempts": messages[letter.message_id].tries,
                "at": int(letter.died_at.timestamp()),
            }
            for letter in letters
            if letter.message_id in messages
        ],
    }


def _owners_of(session: Session, messages: Iterable[Message]) -> set[str]:
    """
    Return the owners of dead messages: who asked, and who made the sender.

    If the requester is a program, the author of its sender, or of a template that does not render,
    can do something about it.
    """
    found = set()
    for one in messages:
        found.add(one.requested_by)
        sender = session.get(Sender, (one.tenant, one.sender)) if one.sender else None
        if sender is not None:
            found.add(sender.created_by)
        if one.template_id and one.error in _TEMPLATE_ERRORS:
            found.add(session.get_one(StoredTemplate, one.template_id).created_by)
    return {person for person in found if is_slack_user_id(person)}


def unreachable(session: Session, tenant: str, workspace_id: str, now: datetime) -> set[str]:
    """Return whom no notice can reach, as Slack said of one within the last day."""
    query = select(Message.channel).where(
        Message.tenant == tenant,
        Message.state == MessageState.DEAD,
        col(Message.dead_at) > now - _REACHED_AGAIN,
        Message.workspace_id == workspace_id,
        Message.template == NOTICE,
        col(Message.error).in_(_UNREACHABLE_ERRORS),
    )
    return set(session.exec(query))


def _digest(*parts: str) -> str:
    """Return the same 24 letters for the same parts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
