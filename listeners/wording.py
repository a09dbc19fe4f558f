"""Words for people: what an error says, and text that cannot mention or link by itself."""

import re
from datetime import timedelta
from typing import Any

import structlog

from bot.errors import UserError
from bot.ids import is_slack_channel_id, is_slack_user_id, new_id
from bot.messages.rendering.escaping import without_shortcodes
from bot.messages.rendering.truncation import truncate

logger = structlog.get_logger(__name__)

ANSWER_CHARACTERS = 2_900
_REFERENCE_CHARACTERS = 8

# Mentions that our own sentences contain; in an answer that one person sees they notify nobody.
_OURS = re.compile(r"<(?:@|#|!subteam\^)([A-Z0-9]+)>|[&<>]")
_GROUP_ID = re.compile("S[A-Z0-9]+")
_HTML_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def as_mrkdwn(sentence: str) -> str:
    """
    Return a sentence of ours for mrkdwn: only mentions by id keep their brackets.

    What is typed or named in it makes no emoji; in code Slack makes none by itself.
    """
    pieces = _OURS.sub(_escaped, sentence).split("`")
    return "`".join(
        [one if number % 2 else without_shortcodes(one) for number, one in enumerate(pieces)]
    )


def _escaped(found: re.Match[str]) -> str:
    named = found[1] or ""
    if is_slack_user_id(named) or is_slack_channel_id(named) or _GROUP_ID.fullmatch(named):
        return found[0]
    return "".join([_HTML_ENTITIES.get(letter, letter) for letter in found[0]])


def typed_word(word: str) -> str:
    """Return a word as it is typed in a command: with quotation marks if it has spaces."""
    return f'"{word}"' if len(word.split()) > 1 else word


#: How long a mute without a duration lasts.
UNTIL_UNMUTED = "until somebody unmutes it"


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
        return as_mrkdwn(truncate(str(error), ANSWER_CHARACTERS))
    reference = new_id("e")[-_REFERENCE_CHARACTERS:]
    logger.error("listener_failed", reference=reference, exc_info=error, **facts)
    return (
        "Something went wrong on my side, and your request may not have been carried out. "
        f"Check before you try again. The error is in the log as `{reference}`."
    )
