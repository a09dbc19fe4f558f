"""
The errors that the bot raises on purpose:

* OpsbellError
  x ConfigError         the process must not start; carries every problem at once
    + NoAnswerError     what the settings name does not answer; start again later
  x SecretsUnavailableError  the store of secrets does not answer; start again later
  x TemplateError       a template cannot be read or does not render
  x WorkerStoppedError  a tenant's template or schema exceeded its time or memory limit
  x NoTransportError    a lane has no way to deliver; the message is a code for health
  x UserError           safe to show to the person or program that asked
    + InvalidError      a value is wrong; names the field and the fix       (HTTP 422)
    + NotFoundError     it does not exist, or the caller may not see it     (HTTP 404)
    + ForbiddenError    known, but not allowed                              (HTTP 403)
    + ConflictError     the state has changed in the meantime               (HTTP 409)
    + LimitError        one person or program asked too often               (HTTP 429)
    + UnavailableError  cannot be done at present; says what is missing     (HTTP 503)

Slack's error answers are not exceptions: the lane treats them as values (`bot.messages.policy`).
"""

from collections.abc import Sequence
from dataclasses import dataclass


class OpsbellError(Exception):
    """The root of the tree."""


class ConfigError(OpsbellError):
    """The settings are unusable; `problems` holds one sentence each, naming the variable."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class NoAnswerError(ConfigError):
    """What the settings name does not answer at present: they may be right, so try again."""


class SecretsUnavailableError(OpsbellError):
    """The store that SECRETS_FROM names does not answer at present; the message names it."""


class TemplateError(OpsbellError):
    """A template cannot be read or does not render; the message names line and reason."""


class WorkerStoppedError(OpsbellError):
    """
    A worker process had to be stopped; the message goes on "it …" and names the limit.

    `limit` is `time` or `memory`, None if it ended for another reason.
    """

    def __init__(self, message: str, limit: str | None = None) -> None:
        self.limit = limit
        super().__init__(message)


class NoTransportError(OpsbellError):
    """A lane cannot be opened; the message is a code that health shows, never a secret."""


@dataclass(frozen=True)
class FieldProblem:
    """One wrong value: `field` is its path in the request (`stats.failed`), `message` the fix."""

    field: str
    message: str


def nothing_changed(problems: Sequence[FieldProblem], count: int) -> str:
    """Return the sentence about *count* problems, of which the first are given."""
    first = problems[0]
    more = f" (and {count - 1:,} more)" if count > 1 else ""
    end = "" if first.message.endswith("?") and not more else "."
    return f"Nothing was changed: `{first.field}`: {first.message}{more}{end}"


class UserError(OpsbellError):
    """Safe to show. `code` is for programs, the message for people."""

    code = "refused"


class InvalidError(UserError):
    """One or more values are wrong; nothing was changed."""

    code = "invalid"

    def __init__(self, message: str, problems: Sequence[FieldProblem] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__(message)


class NotFoundError(UserError):
    """There is no such thing for the one who asks."""

    code = "not_found"


class ForbiddenError(UserError):
    """It exists, but the one who asks may not do this; the message says who may."""

    code = "forbidden"


class ConflictError(UserError):
    """Somebody was faster, or the thing has moved on; the message says what it is now."""

    code = "conflict"


class LimitError(UserError):
    """Asked too often; the message says when to ask again."""

    code = "rate_limited"


class UnavailableError(UserError):
    """Something outside is missing or down; the message says what."""

    code = "unavailable"
