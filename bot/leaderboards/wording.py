"""A ranking in words: the same for Slack, files and the command line. Pure."""

from datetime import datetime

from bot.config_sections.leaderboards import Leaderboard, LeaderboardColumn
from bot.leaderboards.formats import formatted
from bot.leaderboards.ranking import RankedSubject, Ranking, is_comparable
from bot.leaderboards.weeks import Week

_NO_COMPARISON = "no comparison"
_MISSING_SHOWN = 10
_TREND = "Trend: compared with the value closest to seven days earlier, within two days of it."
_TREND_LATER = (
    "Trend: shown once the week is over; part of a week cannot be compared with a whole one."
)


def title_of(ranking: Ranking) -> str:
    """Return e.g. `AI visibility, week 47 of 2026`."""
    return f"{ranking.board.title}, week {ranking.week.number} of {ranking.week.year}"


def headings(ranking: Ranking) -> list[str]:
    """Return the heads of the columns: rank, movement, subject, the figures, trend."""
    subject = ranking.board.subject
    figures = [column.heading for column in ranking.columns]
    return ["Rank", "Moved", subject[0].upper() + subject[1:], *figures, "7-day trend"]


def row_words(ranking: Ranking, row: RankedSubject) -> list[str]:
    """Return a line, a text for each heading."""
    figures = [formatted(row.values.get(one.name), one.format) for one in ranking.columns]
    return [
        str(row.rank),
        movement(row),
        row.subject,
        *figures,
        trend_words(row, ranking.board.ranking_column),
    ]


def movement(row: RankedSubject) -> str:
    """Return where it was last week: `▲ 2`, `▼ 1`, `=` or `new`."""
    if row.is_new:
        return "new"
    if row.climbed == 0:
        return "="
    return f"▲ {row.climbed}" if row.climbed > 0 else f"▼ {-row.climbed}"


def trend_words(row: RankedSubject, column: LeaderboardColumn) -> str:
    """Return e.g. `+1.2 (+3.4 %)`, or that there is nothing to compare with."""
    if row.trend is None:
        return _NO_COMPARISON
    change = formatted(row.trend.value, column.format, signed=True)
    return f"{change} ({formatted(row.trend.percent, '0.0 %', signed=True)})"


def lead_of(ranking: Ranking) -> str:
    """Return the sentence that says who leads, by what."""
    if not ranking.rows:
        return f"There are no samples for week {ranking.week.number} yet."
    first = ranking.rows[0]
    if ranking.board.scorecard:  # Nobody leads here: the first line is all of it.
        shown = zip(headings(ranking)[3:-1], row_words(ranking, first)[3:-1], strict=True)
        return f"{first.subject}: {', '.join(f'{head} {words}' for head, words in shown)}."
    column = ranking.board.ranking_column
    leaders = [row.subject for row in ranking.rows if row.rank == 1]
    value = formatted(first.values.get(column.name), column.format)
    if len(leaders) > 1:
        others = f", {leaders[1]} and {len(leaders) - 2} more" if leaders[2:] else ""
        return f"{leaders[0]}{others or f' and {leaders[1]}'} lead with {value}."
    trend = f", {trend_words(first, column)} in 7 days" if first.trend else ""
    return f"{first.subject} leads with {value}{trend}."


def trend_note(board: Leaderboard, week: Week, now: datetime) -> str:
    """Return what the trend compares with, or why it does not yet."""
    return _TREND if is_comparable(board, week, now) else _TREND_LATER


def note_of(ranking: Ranking) -> list[str]:
    """Return what stands below the board, a sentence each."""
    notes = []
    hidden = ranking.subjects - len(ranking.rows)
    if hidden > 0:
        notes.append(f"Top {len(ranking.rows)} of {ranking.subjects:,}.")
    if ranking.missing:
        shown = ", ".join(ranking.missing[:_MISSING_SHOWN])
        more = len(ranking.missing) - _MISSING_SHOWN
        notes.append(f"Missing since last week: {shown}{f' and {more} more' if more > 0 else ''}.")
    if ranking.rows:
        notes.append(trend_note(ranking.board, ranking.week, ranking.generated_at))
    return notes
