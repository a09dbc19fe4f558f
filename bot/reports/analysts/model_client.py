"""What every model is for the rest of the bot: a prompt in, JSON out."""

from dataclasses import dataclass
from typing import Any, Protocol

from bot.reports.analysts.base import Mode, Usage

#: A whole answer has to be there within this time; deep models think first.
TIMEOUT_SECONDS: dict[Mode, float] = {"quick": 45.0, "deep": 180.0}
#: Thoughts count, too.
MAX_OUTPUT_TOKENS: dict[Mode, int] = {"quick": 8_192, "deep": 24_576}
TEMPERATURE = 0.2
#: A whole answer is some ten kilobytes; what is longer than this is none.
MAX_ANSWER_BYTES = 4 * 1024 * 1024
#: What the SDKs raise where a service answers what they do not expect.
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
_PLAUSIBLE_TOKENS = 10_000_000


@dataclass(frozen=True)
class ModelRequest:
    """What a model is asked; the answer is JSON that follows `schema`."""

    system: str
    prompt: str
    schema: dict[str, Any]
    mode: Mode


@dataclass(frozen=True)
class Completion:
    """What a model answered."""

    text: str
    usage: Usage


class TooLongError(ValueError):
    """An answer has more bytes than any that a model gives."""


class ModelClient(Protocol):
    """One service of models."""

    async def complete(self, request: ModelRequest) -> Completion:
        """
        Return the whole answer to one call.

        Raises `AnalystError`; its `retry_after` tells whether a second call may help.
        """
        ...


def token_count(told: object) -> int:
    """Return a number of tokens as a service told it; 0 where it told nothing of use."""
    return told if isinstance(told, int) and 0 <= told <= _PLAUSIBLE_TOKENS else 0


def timeout_words(mode: Mode, seconds: float) -> str:
    """Say that the model took too long."""
    return f"The {mode} model did not answer within {seconds:g} seconds."
