"""`[leaderboards.<name>]` of `opsbell.toml`: what a board ranks, when and where it is posted."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from bot.errors import InvalidError
from bot.scheduling.schedule_parser import parse_schedule_line, parse_timezone
from bot.scheduling.schedules import Schedule

#: `0`, `0.00`, `$0`, `0.0 %`: what stands before the number, its decimals, what stands behind it.
NUMBER_FORMAT = r"([^0-9.,]{0,8})0(?:\.(0{1,6}))?([^0-9.,]{0,12})"
_CURRENCIES = "$€£¥"
_NAME = "^[a-z][a-z0-9_]{0,39}$"
#: What boards of the bot's own figures can show.
_TASK_COLUMNS = ("failures", "revenue_at_risk")
_SCORECARD_COLUMNS = (
    *("messages", "freshness_p50", "freshness_p95", "late", "lost", "doubled", "dead_letters"),
    *("edits", "edit_budget", "alerts_acknowledged", "alerts_ignored", "alerts_gone_early"),
)
#: What a board's query may name: the Monday of the week, and the one after, as dates.
WEEK_START, WEEK_END = ":week_start", ":week_end"
_RESERVED_BOARDS = frozenset({"subject", "at"})


def _no_verb(name: str) -> str:
    if name == "post":
        raise ValueError("`post` is what people say behind a name")
    return name


BoardName = Annotated[
    str, StringConstraints(pattern="^[a-z0-9][a-z0-9_-]{0,31}$"), AfterValidator(_no_verb)
]
_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LeaderboardColumn(_Part):
    """One figure of a board, an entry of `columns`."""

    name: str = Field(pattern=_NAME)
    label: _Words | None = None
    format: str = Field("0", pattern=f"^{NUMBER_FORMAT}$")
    better: Literal["high", "low"] = "high"

    @property
    def heading(self) -> str:
        """Return the label, else the name in words."""
        return self.label or self.name.replace("_", " ").capitalize()

    @property
    def is_money(self) -> bool:
        """Tell whether its format names a currency; money at risk is never negative."""
        return any(sign in self.format for sign in _CURRENCIES)


def _a_folder(said: object) -> object:
    if said == "":  # It would be the folder in which the bot runs.
        raise ValueError("name a folder, or leave it out for no files")
    return said


class Leaderboard(_Part):
    """`[leaderboards.<name>]`: one board, fed in one way."""

    title: str = Field(min_length=1, max_length=100)
    subject: _Words = "subject"
    samples: bool = False
    tasks: bool = False
    scorecard: bool = False
    source: str | None = None
    query: str | None = Field(None, min_length=1, max_length=20_000)
    metric: str | None = None
    columns: list[LeaderboardColumn] = Field([], max_length=12)
    rank_by: str | None = None
    top: int = Field(10, ge=1, le=100)
    schedule: str | None = None
    timezone: str = "UTC"
    channel: str | None = None
    files: Annotated[Path, BeforeValidator(_a_folder)] | None = None

    _timezone = field_validator("timezone")(parse_timezone)

    @model_validator(mode="before")
    @classmethod
    def _one_column_for_a_metric(cls, values: Any) -> Any:
        if isinstance(values, dict) and "metric" in values and not values.get("columns"):
            return {**values, "columns": [{"name": values["metric"]}]}
        return values

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        fed = [self.samples, self.tasks, self.scorecard, bool(self.query), bool(self.metric)]
        if fed.count(True) != 1:
            raise ValueError("set one of samples, tasks and scorecard to true, or query, or metric")
        if self.source is not None and self.query is None:
            raise ValueError("source: needs query; a metric names its own source")
        self._check_columns()
        if self.schedule is not None:
            try:
                parse_schedule_line(self.schedule, self.timezone)
            except InvalidError as error:
                raise ValueError(str(error)) from error
        return self

    def _check_columns(self) -> None:
        names = [column.name for column in self.columns]
        if not names:
            raise ValueError("name at least one column")
        if len(set(names)) < len(names) or _RESERVED_BOARDS & set(names):
            raise ValueError("each column needs a name of its own, other than subject and at")
        if self.subject.lower() in (*names, "at"):
            raise ValueError(f"`{self.subject}` is both the subject and a column")
        if self.metric is not None and self.metric not in names:
            raise ValueError(f"columns: name the metric `{self.metric}`, or leave columns out")
        if self.rank_by is not None and self.rank_by not in names:
            raise ValueError(f"rank_by: there is no column `{self.rank_by}`")
        known = self.own_columns
        unknown = [name for name in names if known and name not in known]
        if unknown:
            raise ValueError(f"columns: no `{unknown[0]}` is measured; known: {', '.join(known)}")

    @property
    def own_columns(self) -> tuple[str, ...]:
        """Return what the bot measures for this board by itself; nothing where samples are sent."""
        return _TASK_COLUMNS if self.tasks else _SCORECARD_COLUMNS if self.scorecard else ()

    @property
    def ranking_column(self) -> LeaderboardColumn:
        """Return the column that decides the ranks: `rank_by`, else the metric or the first."""
        chosen = self.rank_by or self.metric
        return next((one for one in self.columns if one.name == chosen), self.columns[0])

    @property
    def measures_weeks(self) -> bool:
        """Tell whether its figures are those of a week, and not how things stand at a time."""
        return self.tasks or self.scorecard or self.metric is not None or self.asks_for_week

    @property
    def asks_for_week(self) -> bool:
        """Tell whether its query names the week, so that past weeks can be asked for, too."""
        return self.query is not None and (WEEK_START in self.query or WEEK_END in self.query)

    @property
    def due(self) -> Schedule | None:
        """Return when it is posted by itself, if ever."""
        return parse_schedule_line(self.schedule, self.timezone) if self.schedule else None
