"""
Tells people of messages that could not be delivered: what happened, and the exact fix.

One notice for each channel, hour and recipient; later deaths of the same hour are edits of it. A
notice that dies itself is told to nobody.
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
from bot.messages.dead_letters.notice_replay import MOST_AT_ONCE, dead_among, replay_some
from bot.messages.delivery.dead_letter_rows import NOTICE
from bot.messages.destinations import is_outlet, no_home, shown_name
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

BATCH = 200
SHOWN = 5
#: More channels than this in an hour share one notice: a failing Slack must not make us flood.
MOST_GROUPS = 20
MANY = "many channels"
#: What whoever made the template can do something about.
TEMPLATE_ERRORS = frozenset({"template_error", "template_stopped"})
#: What Slack says of bots, of people who have left, and of those whom the bot may not see.
UNREACHABLE_ERRORS = ("cannot_dm_bot", "user_disabled", "user_not_found", "user_not_visible")
#: Somebody may come back: after this they are written to once more.
REACHED_AGAIN = timedelta(days=1)


@dataclass(frozen=True)
class Group:
    """Deaths that share their notices. `key` says nothing and stands on the button."""

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
        *alerts_channel* returns the id of where alerts go, None for nowhere.

        *home_of* returns the workspace of alerts, in which a tenant is also told of its outlets.
        """
        self._database = database
        self._clock = clock
        self._wake = wake
        self._alerts_channel = alerts_channel
        self._home_of = home_of

    async def tell_next(self) -> int:
        """Tell of the deaths nobody was told of, at most 200; return how many these were."""
        if not await self._database.read(is_anybody_untold):
            return 0
        channel = await self._alerts_channel()
        woken, count = await self._database.write(lambda session: self._tell(session, channel))
        for workspace_id in woken:
            self._wake(workspace_id)
        return count

    async def replay_group(self, tenant: str, key: str, *, by: str) -> int:
        """Replay all that a notice counts and switch its channel on; return how many messages."""
        total, count = 0, MOST_AT_ONCE
        while count == MOST_AT_ONCE:
            some = partial(replay_some, tenant=tenant, key=key, by=by, done=total)
            woken, count = await self._database.write(partial(some, now=self._clock.now()))
            total += count
            for workspace_id in woken:
                self._wake(workspace_id)
        return total

    def _tell(self, session: Session, alerts: str | None) -> tuple[set[str], int]:
        now = self._clock.now()
        query = select(DeadLetter).where(col(DeadLetter.told_at).is_(None))
        query = query.order_by(col(DeadLetter.died_at)).limit(BATCH)
        letters = session.exec(query.with_for_update(skip_locked=True)).all()
        by_channel: dict[tuple[str, str], list[DeadLetter]] = defaultdict(list)
        for letter in letters:
            letter.told_at = now
            by_channel[letter.workspace_id, letter.channel].append(letter)
        homes = set()
        for (workspace_id, channel), new in by_channel.items():
            is_off = channel_suspension.judge(session, workspace_id, channel, now)
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
        group = group_of(session, first, tenant, now)
        for letter in letters:
            letter.notice_group = group.key
        session.flush()
        context = context_of(session, group, is_off=is_off)
        home = self._home(first.workspace_id, tenant)
        owners = owners_of(session, messages.values())
        owners -= unreachable(session, tenant, home, now)
        # The channel is one of the home workspace: other workspaces' deaths are not told there.
        where = alerts if home == self._home_of(tenant) else None
        recipients = {shown_name(home)} if is_outlet(home) else {where, *owners}
        if home == first.workspace_id and not is_outlet(home):
            recipients.discard(first.channel)
        told = sorted(filter(None, recipients if home else ()))
        if not told:
            logger.warning("dead_letters_untold", channel=first.channel, letters=len(letters))
        for recipient in told:
            put_notice(session, Place(home, tenant, recipient), group, context, now)
        return home

    def _home(self, workspace_id: str, tenant: str) -> str:
        """Return the workspace in which people are told of it, "" for none."""
        return (self._home_of(tenant) or "") if is_outlet(workspace_id) else workspace_id


def put_notice(
    session: Session, place: Place, group: Group, context: dict[str, Any], now: datetime
) -> None:
    """Put a notice, or edit the one there is; where every edit is a post, the first one stands."""
    notice_id = f"m_{digest(group.key, place.channel)}"
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
    elif not is_outlet(place.workspace_id):
        # Said, or the button would seem to have done nothing.
        replayed = notice.context.get("replayed") or notice.context.get("failed_again")
        told = {**context, "failed_again": replayed} if replayed else context
        outbox.edit(session, notice_id, told, now=now, rank=Rank.ALERT)


def is_anybody_untold(session: Session) -> bool:
    query = select(DeadLetter.message_id).where(col(DeadLetter.told_at).is_(None)).limit(1)
    return session.exec(query).first() is not None


def group_of(session: Session, letter: DeadLetter, tenant: str, now: datetime) -> Group:
    """Return the group of a channel's deaths within the hour, the common one if there are many."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    query = select(func.count(func.distinct(DeadLetter.notice_group))).where(
        DeadLetter.workspace_id == letter.workspace_id, DeadLetter.died_at >= hour
    )
    channel = letter.channel if session.exec(query).one() < MOST_GROUPS else MANY
    key = f"n_{digest(letter.workspace_id, channel, hour.isoformat())}"
    return Group(key, letter.workspace_id, tenant, channel)


def context_of(session: Session, group: Group, *, is_off: bool) -> dict[str, Any]:
    """Return what the notice shows: how many died, the newest few, and what to do."""
    of_group = DeadLetter.notice_group == group.key
    count = session.exec(select(func.count()).where(of_group)).one()
    query = select(DeadLetter).where(of_group).order_by(col(DeadLetter.died_at).desc())
    letters = session.exec(query.limit(SHOWN)).all()
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


def owners_of(session: Session, messages: Iterable[Message]) -> set[str]:
    """
    Return the people behind dead messages: who asked, and who made what they were sent by.

    A program's own name reaches nobody; then whoever made its sender, or a template that cannot be
    drawn, is the one who can do something about it.
    """
    found = set()
    for one in messages:
        found.add(one.requested_by)
        sender = session.get(Sender, (one.tenant, one.sender)) if one.sender else None
        if sender is not None:
            found.add(sender.created_by)
        if one.template_id and one.error in TEMPLATE_ERRORS:
            found.add(session.get_one(StoredTemplate, one.template_id).created_by)
    return {person for person in found if is_slack_user_id(person)}


def unreachable(session: Session, tenant: str, workspace_id: str, now: datetime) -> set[str]:
    """Return whom no notice can reach, as Slack said of one within the last day."""
    query = select(Message.channel).where(
        Message.tenant == tenant,
        Message.state == MessageState.DEAD,
        col(Message.dead_at) > now - REACHED_AGAIN,
        Message.workspace_id == workspace_id,
        Message.template == NOTICE,
        col(Message.error).in_(UNREACHABLE_ERRORS),
    )
    return set(session.exec(query))


def digest(*parts: str) -> str:
    """Return the same 24 letters for the same parts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
