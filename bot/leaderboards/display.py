"""What `templates/leaderboards/board.json` is filled with. Pure."""

import hashlib
import json
from typing import Any

from bot.leaderboards.picture import CHARTED_SUBJECTS
from bot.leaderboards.ranking import RankedSubject, Ranking
from bot.leaderboards.wording import headings, lead_of, note_of, row_words, title_of

BOARD_TEMPLATE = "leaderboards/board"


def board_context(
    ranking: Ranking, *, is_closing: bool, posted_by: str | None = None, has_chart: bool = True
) -> dict[str, Any]:
    """Return the context: every number also as the text that people read."""
    lines = [row_words(ranking, row) for row in ranking.rows]
    column = ranking.board.ranking_column
    charted = ranking.rows[:CHARTED_SUBJECTS] if has_chart else ()
    return {
        "title": title_of(ranking),
        "so_far": not is_closing,
        "lead": lead_of(ranking),
        "subject": ranking.board.subject,
        "headings": headings(ranking),
        "cells": [
            _board_cells(ranking, row, words)
            for row, words in zip(ranking.rows, lines, strict=True)
        ],
        "lines": [_board_line(words) for words in lines],
        "column": column.heading,
        "points": [{"label": row.subject, "value": row.values[column.name]} for row in charted],
        "notes": note_of(ranking),
        "choices": [
            {"subject": row.subject, "value": f"{ranking.name}/{row.subject}"}
            for row in ranking.rows
        ],
        "posted_by": posted_by,
    }


def digest_of(ranking: Ranking) -> str:
    """Return what is the same for rankings that read the same."""
    figures = json.dumps([ranking.figures(), ranking.subjects], sort_keys=True)
    return hashlib.sha256(figures.encode()).hexdigest()


def _board_cells(ranking: Ranking, row: RankedSubject, words: list[str]) -> list[Any]:
    """Return the cells of a line; numbers as such, so that people can sort by them."""
    values: list[float | None] = [row.rank, row.climbed, None]
    values += [row.values.get(column.name) for column in ranking.columns]
    values.append(row.trend.value if row.trend else None)
    return [
        text if value is None else {"type": "raw_number", "value": value, "text": text}
        for value, text in zip(values, words, strict=True)
    ]


def _board_line(words: list[str]) -> str:
    rank, moved, subject, *figures = words
    return f"{rank}. {subject} ({moved}): {' · '.join(figures)}"
