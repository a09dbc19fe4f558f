"""
What Slack does not show in a workspace: native charts and tables, while they are rolled out, or
files. It is remembered for a while, so that the next message does without.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session, col, select

from bot.db import upsert
from bot.messages.delivery.content import FILE
from bot.messages.delivery.outcome import Outcome
from bot.messages.error_codes import Verdict
from bot.messages.models import RefusedKind
from bot.messages.rendering.refused_blocks import AGAIN, pointers_of

#: The kind of a message that is a file.
FILE_KIND = "file"
#: Blocks that Slack gives to one workspace sooner than to another.
_ROLLED_OUT = frozenset({"data_visualization", "data_table", "table"})
_NO_FILES = frozenset({"files_not_allowed", "file_uploads_disabled"})
#: After this Slack is asked once more.
_REMEMBERED = timedelta(days=7)


def note_refused_kinds(
    session: Session, rows: Iterable[Row[Any]], outcomes: Mapping[str, Outcome], now: datetime
) -> None:
    """Remember what Slack refused of our own messages; what tenants wrote may be wrong itself."""
    for row in rows:
        for kind in kinds_refused(outcomes[row.id]):
            upsert(session, RefusedKind(workspace_id=row.workspace_id, kind=kind, refused_at=now))


def kinds_refused(outcome: Outcome) -> set[str]:
    """
    Return what an outcome says that Slack does not show. Pure.

    Slack names the blocks that it refuses; where it names none, it may be any of those that it
    gives to one workspace sooner than to another.
    """
    if not outcome.claim.is_own:
        return set()
    if outcome.claim.template == FILE:
        return {FILE_KIND} if outcome.is_dead and outcome.error in _NO_FILES else set()
    is_pause = outcome.refusals == [AGAIN] and not outcome.text_only
    if outcome.verdict is not Verdict.REFUSED_BLOCKS or is_pause:
        return set()
    blocks = outcome.detail.get("refused_blocks") or []
    named = {pointer.split("/")[2] for pointer in pointers_of(outcome.answer)}
    kinds = {
        block.get("type")
        for number, block in enumerate(blocks)
        if not named or str(number) in named
    }
    return kinds & _ROLLED_OUT


def refused_in(session: Session, workspace_id: str, now: datetime) -> frozenset[str]:
    """Return the kinds that Slack has refused lately in a workspace."""
    query = select(RefusedKind.kind).where(
        RefusedKind.workspace_id == workspace_id,
        col(RefusedKind.refused_at) > now - _REMEMBERED,
    )
    return frozenset(session.exec(query).all())
