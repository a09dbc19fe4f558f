"""`[sources.*]`, `[metrics.*]` and `[reports]` of `opsbell.toml`: what reports may ask, and how."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.process.secret_files import read_secret
from bot.suggestions import did_you_mean

#: The source that is always there: the bot's own tasks, deliveries, alerts and report runs.
OWN_SOURCE = "opsbell"
#: Scheme of an address -> sqlglot's name of the dialect.
DIALECTS = {
    "sqlite": "sqlite",
    "postgresql": "postgres",
    "postgres": "postgres",
    "duckdb": "duckdb",
    "bigquery": "bigquery",
}
_FILE_DATABASES = ("sqlite", "duckdb")

ReportName = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,39}$")]
_Identifier = Annotated[str, StringConstraints(pattern=r"^[^\W\d]\w{0,62}$")]
_TableName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_Synonym = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, min_length=2, max_length=60),
]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceSettings(_Table):
    """`[sources.<name>]`: a database that reports may read, and never write."""

    url: SecretStr | None = Field(None, min_length=1)
    url_file: Path | None = None
    row_limit: int = Field(10_000, ge=1, le=100_000)
    timeout_seconds: float = Field(30, ge=0.1, le=3_600, allow_inf_nan=False)
    tables: list[_TableName] | None = Field(None, min_length=1)
    tenants: list[str] = Field(["default"], min_length=1)

    @field_validator("url")
    @classmethod
    def _of_a_known_database(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and (problem := source_address_problem(url.get_secret_value())):
            raise ValueError(problem)
        return url

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.url is None) == (self.url_file is None):
            raise ValueError("set either url or url_file")
        return self

    def address(self) -> str:
        """Return the secret address; raise `OSError` or `ValueError` if its file is unreadable."""
        if self.url is not None:
            return self.url.get_secret_value()
        return read_secret(self.url_file) if self.url_file else ""

    def is_open_to(self, tenant: str) -> bool:
        """Tell whether a tenant may read it."""
        return tenant in self.tenants or "*" in self.tenants


def source_address_problem(url: str) -> str | None:
    """Say what is wrong with the address of a source, without repeating it."""
    fix = "must be sqlite:///FILE, postgresql://…, duckdb:///FILE or bigquery://PROJECT/DATASET"
    scheme, _, rest = url.partition("://")
    if scheme not in DIALECTS or not rest.strip("/"):
        return fix
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return fix
    if scheme in _FILE_DATABASES and (parsed.host or not parsed.database or parsed.query):
        return f"must be {scheme}:///FILE"
    if scheme in _FILE_DATABASES and parsed.database and ":memory:" in parsed.database:
        return "must name a file; a database in memory is always empty"
    return None


class MetricSettings(_Table):
    """`[metrics.<name>]`: an aggregate of a table, what it may be divided by, and its unit."""

    source: str | None = None
    table: _TableName
    sql: str = Field(min_length=1, max_length=2_000)
    time: _Identifier | None = None
    loaded: _Identifier | None = None
    utc: bool = False
    dimensions: list[_Identifier] = Field([], max_length=50)
    unit: str | None = Field(None, min_length=1, max_length=20)
    better: Literal["high", "low"] = "high"
    description: str = Field("", max_length=500)
    synonyms: list[_Synonym] = Field([], max_length=20)

    @model_validator(mode="after")
    def _loaded_some_time(self) -> Self:
        if self.loaded is not None and self.time is None:
            raise ValueError("loaded needs time")
        return self

    @field_validator("dimensions")
    @classmethod
    def _all_different(cls, names: list[str]) -> list[str]:
        if len({name.lower() for name in names}) < len(names):
            raise ValueError("each dimension is named once")
        return names


class ReportSettings(_Table):
    """`[reports]`: what the runs of all reports share."""

    quick_model: str | None = Field(None, min_length=1)
    deep_model: str | None = Field(None, min_length=1)
    cache_minutes: float = Field(60, ge=0, allow_inf_nan=False)
    concurrent_runs: int = Field(4, ge=1, le=32)
    spread_seconds: float = Field(15, ge=0, le=3_600, allow_inf_nan=False)
    cost_limit_per_day: float | None = Field(None, ge=0, allow_inf_nan=False)
    questions_per_hour: int = Field(30, ge=1, le=1_000)


def default_source(sources: Mapping[str, SourceSettings]) -> str | None:
    """Return the source that is meant where none is named; None if there are several."""
    return OWN_SOURCE if not sources else next(iter(sources)) if len(sources) == 1 else None


def metric_problems(
    metrics: Mapping[str, MetricSettings], sources: Mapping[str, SourceSettings]
) -> Iterator[str]:
    """Yield what does not fit between metrics and the sources that they name."""
    for name, metric in metrics.items():
        place = f"metrics.{name}"
        source = metric.source or default_source(sources)
        if source is None:
            yield f"{place}.source: name one of {', '.join(sorted(sources))}"
        elif source not in (*sources, OWN_SOURCE):
            hint = did_you_mean(source, [*sources, OWN_SOURCE])
            yield f"{place}.source: there is no [sources.{source}]{hint}"
        elif source in sources:
            allowed = sources[source].tables
            if allowed is not None and metric.table.lower() not in map(str.lower, allowed):
                hint = did_you_mean(metric.table, allowed)
                yield f"{place}.table: sources.{source}.tables has no `{metric.table}`{hint}"
    yield from _shared_words(metrics)


def _shared_words(metrics: Mapping[str, MetricSettings]) -> Iterator[str]:
    """Yield words that name two metrics: nobody could tell which of them is asked for."""
    owners: dict[str, str] = {}
    for name, metric in metrics.items():
        for word in {name.replace("_", " "), *metric.synonyms}:
            first = owners.setdefault(word, name)
            if first != name:
                yield f"metrics.{name}.synonyms: `{word}` already names `{first}`"


def source_problems(sources: Mapping[str, SourceSettings]) -> Iterator[str]:
    """Yield sources whose name is taken."""
    if OWN_SOURCE in sources:
        yield f"sources.{OWN_SOURCE}: is the bot's own source; choose another name"
