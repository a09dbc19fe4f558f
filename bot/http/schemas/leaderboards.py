"""What is sent to and answered by the endpoints of leaderboards; names in snake_case."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.http.schemas.base import Sent, ShownInSnakeCase
from bot.http.schemas.constraints import Names


class SentSample(BaseModel):
    """One sample: `subject` (or the board's own word for it), `at`, and a value for columns."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "required": ["subject"],
            "properties": {
                "subject": {"type": "string", "minLength": 1, "maxLength": 100},
                "at": {"type": "string", "description": "ISO 8601; now, if it is left out"},
            },
            "additionalProperties": {"type": ["number", "null"]},
        },
    )


class PostLeaderboard(Sent):
    """Nothing needs to be said."""


class WeekFilter(Sent):
    """Which week to show."""

    week: Annotated[str, Names("iso-week")] | None = Field(
        None, max_length=20, description="Such as `2026-W47`; now the current"
    )


class TakenSamples(ShownInSnakeCase):
    """How many samples were taken: all of them."""

    accepted: int


class _ShownColumn(ShownInSnakeCase):
    """A column of a board."""

    name: str
    label: str
    format: str
    better: Literal["high", "low"]


class _ShownTrend(ShownInSnakeCase):
    """The difference of the ranking value to seven days earlier."""

    value: float
    percent: float


class _ShownRank(ShownInSnakeCase):
    """A line of a board."""

    rank: int
    previous_rank: int | None
    subject: str
    values: dict[str, float | None]
    trend: _ShownTrend | None
    is_new: bool


class ShownLeaderboard(ShownInSnakeCase):
    """A board's week: its best subjects, and who was on it the week before and is not now."""

    name: str
    week: str
    generated_at: str
    columns: list[_ShownColumn]
    rows: list[_ShownRank]
    missing: list[str]


class PostedLeaderboard(ShownInSnakeCase):
    """Where the week so far stands, or soon will."""

    week: str
    channel: str
    message_id: str


def fields_of_samples(samples: list[SentSample]) -> list[dict[str, Any]]:
    """Return what was sent."""
    return [dict(sample.model_extra or {}) for sample in samples]
