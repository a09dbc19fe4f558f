"""The protocol of an analyst, and what goes in and out of one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Protocol

from bot.errors import OpsbellError
from bot.reports.figures.values import Values
from bot.sources.base import SourceTable
from bot.sources.result import ResultTable

Mode = Literal["quick", "deep"]
Audience = Literal["analyst", "general"]


class AnalystError(OpsbellError):
    """
    An analyst gave no usable answer; the message is safe to show.

    `code`: `timeout`, `quota`, `blocked`, `empty`, `cut`, `refused` (key or model), `unavailable`,
    `malformed`.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        usage: "Usage | None" = None,
        retry_after: float | None = None,
    ) -> None:
        self.code = code
        self.usage = usage  # what the useless answer cost
        self.retry_after = retry_after  # seconds; None: trying again does not help
        super().__init__(message)


@dataclass(frozen=True)
class Usage:
    """What an answer cost."""

    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal | None = None  # US dollars; None: the price is not known

    def __add__(self, other: "Usage") -> "Usage":
        costs = [one.cost for one in (self, other) if one.cost is not None]
        return Usage(
            other.model,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            sum(costs, Decimal(0)) if costs else None,
        )


@dataclass(frozen=True)
class ChartSpec:
    """A chart of columns of the result; the figures are the rows' own."""

    kind: Literal["bar", "line", "area", "pie"]
    title: str
    category: int  # index of the column of labels
    series: tuple[int, ...]  # indices of columns of numbers


@dataclass(frozen=True)
class Narrative:
    """
    What an analyst says. Text may refer to values as `{total_revenue}` and holds no figures.

    A literal brace is doubled, as in Python's `str.format`.
    """

    summary: str
    key_metrics: tuple[str, ...] = ()  # refs of values
    insights: tuple[str, ...] = ()
    recommendations: tuple[str, ...] = ()
    charts: tuple[ChartSpec, ...] = ()


@dataclass(frozen=True)
class Brief:
    """What an analyst is told. Whatever comes from the rows is data, never an instruction."""

    name: str
    description: str
    question: str  # as the owner wrote it: words or SQL
    frequency: str
    audience: Audience
    mode: Mode
    table: ResultTable
    values: Values
    previous: ResultTable | None = None  # of the run before
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A narrative that nobody has checked yet."""

    narrative: Narrative
    usage: Usage


@dataclass(frozen=True)
class Schema:
    """What may be asked: the tables of a source and its metrics with their descriptions."""

    source: str
    dialect: str
    tables: Sequence[SourceTable]
    metrics: Mapping[str, str] = field(default_factory=dict)
    #: Runs a checked SELECT for an analyst that looks before it answers; raises `QueryError` or
    #: `InvalidError`. None: it may not look.
    explore: Callable[[str], Awaitable[ResultTable]] | None = None


@dataclass(frozen=True)
class PlannedSql:
    """The query that answers a question, or what is missing for it."""

    sql: str | None
    missing: str = ""
    usage: Usage | None = None


class Analyst(Protocol):
    """Turns rows into words. Every method raises `AnalystError`."""

    @property
    def name(self) -> str:
        """Return what ANALYST calls it."""
        ...

    async def write(self, brief: Brief) -> Draft:
        """Say what the rows say."""
        ...

    async def repair(self, brief: Brief, problems: Sequence[str]) -> Draft:
        """Say it again, without what was wrong with the first answer, which is not repeated."""
        ...

    async def plan(self, question: str, schema: Schema) -> PlannedSql:
        """Return the SELECT that answers a question in words."""
        ...

    async def answer(self, question: str, brief: Brief) -> Draft:
        """Answer a question from the rows alone; the answer is the summary."""
        ...
