"""The modal with one subject's year. Slack shows no charts in modals, so it is drawn in text."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from bot.config_sections.leaderboards import LeaderboardColumn
from bot.leaderboards.computation import History, WeekValue
from bot.leaderboards.formats import formatted
from bot.leaderboards.wording import movement, trend_note, trend_words
from bot.messages.rendering.truncation import truncate
from listeners.views import rich_text_parts

TITLE = "Leaderboard history"
_NEWEST_WEEKS = 12
_HISTORY_CELLS = 8
_HEADING_CHARACTERS = 15
#: A modal breaks longer ones.
_LINE_CHARACTERS = 58
_BETWEEN = "  "
_SPARK_LEVELS = "▁▂▃▄▅▆▇█"
_GAP = "·"


def build_history(history: History) -> dict[str, Any]:
    """Return the modal: where the subject stands, its year in one line, and the newest weeks."""
    column = history.board.ranking_column
    year = [week.values[column.name] for week in history.weeks]
    known = [value for value in year if value is not None]
    blocks = [
        rich_text_parts.rich_text(
            rich_text_parts.section(rich_text_parts.text_part(history.subject, bold=True)),
            rich_text_parts.section(*facts(history)),
        )
    ]
    if known:
        span = f"{history.weeks[0].week} to {history.weeks[-1].week}"
        least, limit = (formatted(one, column.format) for one in (min(known), max(known)))
        heading = f"{column.heading}, {span}: lowest {least}, highest {limit}"
        chart = rich_text_parts.preformatted(_sparkline(year))
        blocks.append(
            rich_text_parts.rich_text(
                rich_text_parts.section(rich_text_parts.text_part(heading)), chart
            )
        )
    lines = "\n".join(_newest_lines(history))
    blocks.append(rich_text_parts.rich_text(rich_text_parts.preformatted(lines, 3_000)))
    return {
        "type": "modal",
        "callback_id": "notice",
        "title": {"type": "plain_text", "text": TITLE},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": blocks,
    }


def facts(history: History) -> Iterator[dict[str, Any]]:
    """Yield where the subject stands this week."""
    newest, row = history.weeks[-1], history.standing
    if row is None:
        yield rich_text_parts.text_part(f"No sample for week {history.current.number} yet.")
        return
    moved = f" ({movement(row)})" if row.previous_rank else " (new)"
    yield rich_text_parts.text_part(f"Rank {row.rank} in week {history.current.number}{moved}\n")
    for column in history.board.columns:
        value = formatted(newest.values[column.name], column.format)
        yield rich_text_parts.text_part(f"{column.heading}: {value}\n")
    trend = trend_words(row, history.board.ranking_column)
    yield rich_text_parts.text_part(f"7-day trend: {trend}")
    if row.trend is None:
        note = trend_note(history.board, history.current, history.at)
        yield rich_text_parts.text_part(f"\n{note}", italic=True)


def _sparkline(values: Sequence[float | None]) -> str:
    """Return a letter for each value, from the lowest to the highest; a point for none."""
    known = [value for value in values if value is not None]
    low, span = min(known), max(known) - min(known)
    return "".join(
        _GAP
        if value is None
        else _SPARK_LEVELS[
            round((value - low) / span * (len(_SPARK_LEVELS) - 1))
            if span
            else len(_SPARK_LEVELS) // 2
        ]
        for value in values
    )


def _newest_lines(history: History) -> list[str]:
    """Return a line for each of the newest weeks: a bar, and as many figures as fit beside it."""
    by = history.board.ranking_column
    columns = [by, *(column for column in history.board.columns if column is not by)]
    weeks = history.weeks[-_NEWEST_WEEKS:]
    heads = ["Week", "", *(truncate(column.heading, _HEADING_CHARACTERS) for column in columns)]
    limit = max((abs(week.values[by.name] or 0) for week in weeks), default=0)
    rows = [heads, *(_cells(week, columns, limit) for week in reversed(weeks))]
    widths = [max(len(row[number]) for row in rows) for number in range(len(heads))]
    ends = list(accumulate(width + len(_BETWEEN) for width in widths))
    shown = max(3, sum(end <= _LINE_CHARACTERS for end in ends))
    return [
        _BETWEEN.join(
            cell.ljust(width) if number < 2 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row[:shown], widths[:shown], strict=True))
        ).rstrip()
        for row in rows
    ]


def _cells(week: WeekValue, columns: Sequence[LeaderboardColumn], limit: float) -> list[str]:
    value = week.values[columns[0].name]
    filled = round(abs(value) / limit * _HISTORY_CELLS) if value and limit else 0
    bar = "█" * filled + "░" * (_HISTORY_CELLS - filled)
    return [str(week.week), bar, *(formatted(week.values[one.name], one.format) for one in columns)]
