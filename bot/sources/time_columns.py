"""Columns of times: how they compare with a wall time, and their days in a zone. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlglot import exp

#: Where nothing bounds a query: the years whose clock changes are known to it.
_FIRST_YEAR, _LAST_YEAR = 2010, 2040


class TimeKind(StrEnum):
    """What a column of times holds."""

    WALL = "wall"  #: dates, or times of some clock: taken as they stand
    INSTANT = "instant"  #: times with a zone
    UTC = "utc"  #: times of UTC without a zone


@dataclass(frozen=True)
class TimeColumn:
    """A column of times in a dialect, and the zone in which it is asked about."""

    name: str
    dialect: str
    zone: str = "UTC"
    kind: TimeKind = TimeKind.WALL

    def named(self) -> exp.Column:
        """Return the column."""
        return exp.column(self.name, quoted=True)

    def within(self, start: datetime, end: datetime) -> tuple[exp.Expr, exp.Expr]:
        """Return the two conditions that a time lies from one wall time up to, without, another."""
        return (
            exp.GTE(this=self.named(), expression=self.moment(start)),
            exp.LT(this=self.named(), expression=self.moment(end)),
        )

    def moment(self, at: datetime) -> exp.Expr:
        """Return a wall time of the zone as a literal that compares with the column."""
        aware = at.replace(tzinfo=ZoneInfo(self.zone))
        if self.kind is TimeKind.INSTANT:
            return exp.cast(exp.Literal.string(aware.isoformat(" ")), "timestamptz")
        if self.kind is TimeKind.UTC:
            at = aware.astimezone(UTC).replace(tzinfo=None)
        is_day = at.time() == time() and self.kind is TimeKind.WALL
        text = exp.Literal.string(str(at.date()) if is_day else at.isoformat(" ", "seconds"))
        # SQLite keeps dates as text, which sorts as they do.
        return (
            text if self.dialect == "sqlite" else exp.cast(text, "date" if is_day else "timestamp")
        )

    def local(self, start: datetime | None = None, end: datetime | None = None) -> exp.Expr:
        """Return the wall time of the zone, for times from wall time *start* up to *end*."""
        if self.kind is TimeKind.WALL:
            return self.named()
        if self.kind is TimeKind.UTC and self.dialect == "sqlite":
            return self._shifted_in_steps(start, end)
        instant: exp.Expr = self.named()
        if self.kind is TimeKind.UTC:
            instant = exp.AtTimeZone(this=instant, zone=exp.Literal.string("UTC"))
        return exp.AtTimeZone(this=instant, zone=exp.Literal.string(self.zone))

    def _shifted_in_steps(self, start: datetime | None, end: datetime | None) -> exp.Expr:
        """Return the time plus the zone's offset, for SQLite, which knows no zones."""
        zone = ZoneInfo(self.zone)
        first = (start or datetime(_FIRST_YEAR, 1, 1)).replace(tzinfo=zone).astimezone(UTC)  # noqa: DTZ001
        last = (end or datetime(_LAST_YEAR, 1, 1)).replace(tzinfo=zone).astimezone(UTC)  # noqa: DTZ001
        case = exp.Case()
        for change, before in _offset_changes(zone, first, last):
            text = exp.Literal.string(change.strftime("%Y-%m-%d %H:%M:%S"))
            case = case.when(exp.LT(this=self.named(), expression=text), self._shifted(before))
        whole = self._shifted(_offset_of(zone, last))
        return case.else_(whole) if case.args.get("ifs") else whole

    def _shifted(self, offset: timedelta) -> exp.Expr:
        minutes = exp.Literal.string(f"{offset.total_seconds() / 60:+g} minutes")
        return exp.Anonymous(this="DATETIME", expressions=[self.named(), minutes])


def _offset_of(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def _offset_changes(
    zone: ZoneInfo, first: datetime, last: datetime
) -> Iterator[tuple[datetime, timedelta]]:
    """Yield the moments at which a zone's clocks change, and the offset before each."""
    day = timedelta(days=1)
    while first < last:
        following = min(first + day, last)
        before = _offset_of(zone, first)
        if before != _offset_of(zone, following):
            low, high = first, following
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if _offset_of(zone, middle) == before else (low, middle)
            yield high.replace(microsecond=0), before
        first = following
