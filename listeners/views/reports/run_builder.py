"""The modals about a run: its rows, its query, a comparison, a question and its answer. Pure."""

import json
from typing import Any

from bot.messages.rendering.plain_text import plain_text
from bot.messages.rendering.truncation import truncate
from bot.reports.display.cells import cell_words, column_heading
from bot.reports.display.message import aligned_text
from bot.reports.models import Report
from bot.reports.service_types import Answered, Recomputed, StoredResult
from listeners.views import rich_text_parts

ROWS_TITLE, QUERY_TITLE, RECOMPUTE_TITLE = "Rows", "Query", "Recompute"
ASK_TITLE, ASK_FORM = "Ask", "report_ask_form"
_MAX_VIEWED_ROWS = 40
_MAX_VIEWED_COLUMNS = 8
_TEXT_CHARACTERS = 2_900
_FIGURES = 40

_RunView = dict[str, Any]


def build_rows(stored: StoredResult) -> _RunView:
    """Return the first rows; all of them are files in the thread."""
    table = stored.table
    columns = table.columns[:_MAX_VIEWED_COLUMNS]
    rows = [
        [
            " ".join(cell_words(cell, column).split())
            for cell, column in zip(row, columns, strict=False)
        ]
        for row in table.rows[:_MAX_VIEWED_ROWS]
    ]
    text, shown = aligned_text([column_heading(one) for one in columns], rows, _TEXT_CHARACTERS)
    count = len(table.rows)
    words = f"{count:,} rows" if count != 1 else "1 row"
    left = []
    if shown < count:
        left.append(f"the first {shown} are shown")
    if len(table.columns) > len(columns):
        left.append(f"the first {len(columns)} of {len(table.columns)} columns are shown")
    if left:
        words += f": {' and '.join(left)}; all are files in the thread of the report"
    return _run_view(
        ROWS_TITLE,
        rich_text_parts.rich_text(
            rich_text_parts.section(
                rich_text_parts.text_part(f"{words}. Digest {table.digest}, read "),
                rich_text_parts.date_part(table.fetched_at),
                rich_text_parts.text_part("."),
            ),
            rich_text_parts.preformatted(text or "No rows.", _TEXT_CHARACTERS + 100),
        ),
    )


def build_query(report: Report, stored: StoredResult | None) -> _RunView:
    """Return what was asked, what was run, and where each figure comes from."""
    sql = stored.table.sql if stored else report.sql
    blocks = []
    if report.query.strip() != sql.strip():
        blocks += [_named("Asked"), rich_text_parts.preformatted(report.query, _TEXT_CHARACTERS)]
    blocks += [
        _named(f"Run on {report.source}"),
        rich_text_parts.preformatted(sql, _TEXT_CHARACTERS),
    ]
    view = [rich_text_parts.rich_text(*blocks)]
    if stored and stored.figures:
        lines = [
            f"{one.get('text', '')}  ←  {one.get('origin', '')}"
            for one in stored.figures[:_FIGURES]
        ]
        if len(stored.figures) > _FIGURES:
            lines.append(f"… {len(stored.figures) - _FIGURES} more")
        text = truncate("\n".join(lines), _TEXT_CHARACTERS)
        view.append(
            rich_text_parts.rich_text(
                _named("Where each figure comes from"), rich_text_parts.preformatted(text, 3_000)
            )
        )
    return _run_view(QUERY_TITLE, *view)


def build_recomputed(found: Recomputed) -> _RunView:
    """Return whether the same query says the same now."""
    if found.is_unchanged:
        words = f"Unchanged: the query returns the same rows, {found.digest}."
        return _run_view(
            RECOMPUTE_TITLE,
            rich_text_parts.rich_text(rich_text_parts.section(rich_text_parts.text_part(words))),
        )
    parts = [rich_text_parts.text_part(f"Changed: the rows are {found.digest} now.\n", bold=True)]
    parts += [rich_text_parts.text_part(f"• {one}\n", 300) for one in found.differences]
    return _run_view(RECOMPUTE_TITLE, rich_text_parts.rich_text(rich_text_parts.section(*parts)))


def build_ask(run_id: str) -> _RunView:
    """Return the form for a question."""
    element = {
        "type": "plain_text_input",
        "action_id": "question",
        "max_length": 500,
        "placeholder": {"type": "plain_text", "text": "Which day was best?"},
    }
    return {
        "type": "modal",
        "callback_id": ASK_FORM,
        "private_metadata": json.dumps({"id": run_id}),
        "title": {"type": "plain_text", "text": ASK_TITLE},
        "submit": {"type": "plain_text", "text": "Ask"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [
            {
                "type": "input",
                "block_id": "question",
                "label": {"type": "plain_text", "text": "Your question about this report"},
                "element": element,
                "hint": {
                    "type": "plain_text",
                    "text": "It is answered from the rows of this report alone. "
                    "To ask where all can read it, mention me in the thread.",
                },
            }
        ],
    }


def build_answer(question: str, answered: Answered) -> _RunView:
    """Return the answer."""
    traced = f" · {answered.traced} of {answered.total} figures traced" if answered.total else ""
    footer = f"From the rows of this report alone{traced} · by {answered.by}"
    return _run_view(
        ASK_TITLE,
        rich_text_parts.rich_text(
            rich_text_parts.section(rich_text_parts.text_part(question, 500, bold=True))
        ),
        rich_text_parts.rich_text(
            rich_text_parts.section(
                rich_text_parts.text_part(plain_text(answered.text), _TEXT_CHARACTERS)
            )
        ),
        {"type": "context", "elements": [{"type": "plain_text", "text": truncate(footer, 200)}]},
    )


def _named(words: str) -> rich_text_parts.RichTextPart:
    return rich_text_parts.section(rich_text_parts.text_part(words, bold=True))


def _run_view(title: str, *blocks: dict[str, Any]) -> _RunView:
    return {
        "type": "modal",
        "callback_id": "notice",
        "title": {"type": "plain_text", "text": title},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": list(blocks),
    }
