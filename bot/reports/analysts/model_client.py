"""What every model is for the rest of the bot: a prompt in, JSON out."""

from dataclasses import dataclass
from typing import Any, Protocol

from bot.reports.analysts.base import Mode, Usage

#: A whole answer has to be there within this time; deep models think first.
TIMEOUT_SECONDS: dict[Mode, float] = {"quick": 45.0, "deep": 180.0}
#: Thoughts count, too.
MAX_OUTPUT_TOKENS: dict[Mode, int] = {"quick": 8_192, "deep": 24_576}
TEMPERATURE = 0.2


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


class ModelClient(Protocol):
    """One service of models."""

    async def complete(self, request: ModelRequest) -> Completion:
        """
        Return the whole answer to one call.

        Raises `AnalystError`; its `retry_after` tells whether a second call may help.
        """
        ...


def timeout_words(mode: Mode, seconds: float) -> str:
    """Say that the model took too long."""
    return f"The {mode} model did not answer within {seconds:g} seconds."
