"""Words for a person: what an error says, and text that cannot mention or link by itself."""

import re
from datetime import timedelta
from typing import Any

import structlog

from bot.errors import UserError
from bot.ids import new_id
from bot.messages.rendering.truncation import cut

logger = structlog.get_logger(__name__)

ANSWER_CHARACTERS = 2_900
REFERENCE_CHARACTERS = 8

# Mentions that our own sentences contain; in an answer that one person sees they notify nobody.
_OURS = re.compile(r"<@[UW][A-Z0-9]+>|<#[CDG][A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>|[&<>]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def as_mrkdwn(sentence: str) -> str:
    """Return a sentence of ours for mrkdwn: only mentions by id keep their brackets."""
    return _OURS.sub(lambda found: _ENTITIES.get(found[0], found[0]), sentence)


def worded_duration(length: timedelta) -> str:
    """Return e.g. `1 d 2 h 30 min`."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = ((days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{count} {unit}" for count, unit in units if count)


def words_for(error: BaseException, **facts: Any) -> str:
    """
    Return the one sentence, in mrkdwn, that a person gets for *error*.

    An unexpected one is logged with *facts* under the reference that the person is told.
    """
    if isinstance(error, UserError):
        return as_mrkdwn(cut(str(error), ANSWER_CHARACTERS))
    reference = new_id("e")[-REFERENCE_CHARACTERS:]
    logger.error("listener_failed", reference=reference, exc_info=error, **facts)
    return (
        "Something went wrong on my side, and it may not have been done. "
        f"Look before you try again; the log knows this as `{reference}`."
    )
