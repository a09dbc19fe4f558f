"""Words for people: what an error says, and text that cannot mention or link by itself."""

import re
from typing import Any

import structlog

from bot.errors import UserError
from bot.ids import is_slack_channel_id, is_slack_user_id, new_id
from bot.messages.rendering.truncation import cut

logger = structlog.get_logger(__name__)

ANSWER_CHARACTERS = 2_900
REFERENCE_CHARACTERS = 8

# Mentions that our own sentences contain; in an answer that one person sees they notify nobody.
_OURS = re.compile(r"<(?:@|#|!subteam\^)([A-Z0-9]+)>|[&<>]")
_GROUP_ID = re.compile("S[A-Z0-9]+")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def as_mrkdwn(sentence: str) -> str:
    """Return a sentence of ours for mrkdwn: only mentions by id keep their brackets."""
    return _OURS.sub(_escaped, sentence)


def _escaped(found: re.Match[str]) -> str:
    named = found[1] or ""
    if is_slack_user_id(named) or is_slack_channel_id(named) or _GROUP_ID.fullmatch(named):
        return found[0]
    return "".join([_ENTITIES.get(letter, letter) for letter in found[0]])


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
        "Something went wrong on my side, and your request may not have been carried out. "
        f"Check before you try again. The error is in the log as `{reference}`."
    )
