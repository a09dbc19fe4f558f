"""The modal with a leaderboard, a line for each subject: Slack shows no tables in modals. Pure."""

from typing import Any

from bot.leaderboards.ranking import RankedSubject, Ranking
from bot.leaderboards.wording import headings, lead_of, movement, note_of, row_words, title_of
from listeners.views import rich_text_parts

LEADERBOARD_TITLE = "Leaderboard"
#: https://docs.slack.dev/surfaces/modals allows 100 blocks; a block holds so many lines.
_LINES_IN_A_BLOCK = 50


def build_leaderboard(ranking: Ranking) -> dict[str, Any]:
    """Return the modal with the week so far."""
    head = [
        rich_text_parts.section(
            rich_text_parts.text_part(f"🏆 {title_of(ranking)} so far", 200, bold=True)
        ),
        rich_text_parts.section(rich_text_parts.text_part(lead_of(ranking), 500)),
    ]
    lines = [_subject_line(ranking, row) for row in ranking.rows]
    groups = [
        lines[start : start + _LINES_IN_A_BLOCK]
        for start in range(0, len(lines), _LINES_IN_A_BLOCK)
    ]
    below = [
        *(rich_text_parts.text_part(f"{note}\n", 1_000) for note in note_of(ranking)),
        rich_text_parts.text_part("For all the figures, and a subject's year: "),
        rich_text_parts.text_part(f"/leaderboard {ranking.name}", code=True),
    ]
    return {
        "type": "modal",
        "callback_id": "notice",
        "title": {"type": "plain_text", "text": LEADERBOARD_TITLE},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [
            rich_text_parts.rich_text(*head),
            *(rich_text_parts.rich_text(*group) for group in groups),
            rich_text_parts.rich_text(rich_text_parts.section(*below)),
        ],
    }


def _subject_line(ranking: Ranking, row: RankedSubject) -> rich_text_parts.RichTextPart:
    """Return `1. North (▲ 2)` and below it each figure with its heading."""
    words = row_words(ranking, row)[3:]
    figures = zip(headings(ranking)[3:], words, strict=True)
    return rich_text_parts.section(
        rich_text_parts.text_part(f"{row.rank}. "),
        rich_text_parts.text_part(row.subject, bold=True),
        rich_text_parts.text_part(f" ({movement(row)})\n"),
        rich_text_parts.text_part(" · ".join(f"{head} {value}" for head, value in figures), 600),
    )
