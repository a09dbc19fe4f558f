"""What a preview says below the form of a report: modals have no charts and no tables. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.charts.chart import finding
from bot.errors import FieldProblem
from bot.messages.rendering.plain_text import plain_text
from bot.reports.display.charts import chart_lines, chart_of_block
from bot.reports.display.message import aligned_text
from bot.reports.service_types import ReportPreview
from listeners.views import rich_text_parts

_LABELS = {
    "name": "Name",
    "query": "Question or SQL",
    "source": "Source",
    "send_if": "Only if",
    "complete_by": "Wait for complete data until",
    "schedule.time": "At",
    "schedule.timezone": "Time zone",
    "schedule.day_of_week": "On",
    "schedule.day_of_month": "On day",
    "schedule.cron": "Cron line",
    "slack_config.slack_channel": "Channel",
}
_MAX_BLOCKS = 40
_TABLE_ROWS = 12
_TABLE_CHARACTERS = 2_000
_SHOWN_AS_THEY_ARE = frozenset({"header", "section", "context", "rich_text", "divider"})

PreviewBlock = dict[str, Any]


def build_preview(preview: ReportPreview, pictures: Mapping[int, str]) -> list[PreviewBlock]:
    """Return the blocks; *pictures* are the files of drawn charts, by the index of their block."""
    blocks: list[PreviewBlock] = [{"type": "divider"}]
    if preview.problems:
        blocks.append(problem_block(preview.problems))
    if preview.next_runs:
        blocks.append(_next_runs(preview))
    if preview.rendered is None:
        return blocks
    blocks.append({"type": "divider"})
    for number, block in enumerate(preview.rendered.blocks):
        blocks += _in_modal(block, pictures.get(number))
    return blocks[:_MAX_BLOCKS]


def build_waiting() -> list[PreviewBlock]:
    """Return what stands there until the preview is ready."""
    words = "Preparing the preview…"
    return [
        {"type": "divider"},
        rich_text_parts.rich_text(rich_text_parts.section(rich_text_parts.text_part(words))),
    ]


def problem_block(problems: Sequence[FieldProblem]) -> PreviewBlock:
    """Return what is wrong, a line for each field."""
    parts = [rich_text_parts.text_part("Not ready to be saved\n", bold=True)]
    for one in problems[:10]:
        label = _LABELS.get(one.field, one.field)
        parts.append(rich_text_parts.text_part(f"⚠️ {label}: ", bold=True))
        parts.append(rich_text_parts.text_part(f"{plain_text(one.message)}\n", 600))
    return rich_text_parts.rich_text(rich_text_parts.section(*parts))


def charts_in(preview: ReportPreview) -> list[tuple[int, PreviewBlock]]:
    """Return the native charts of the message, with the indices of their blocks."""
    if preview.rendered is None:
        return []
    numbered = enumerate(preview.rendered.blocks)
    return [(at, block) for at, block in numbered if block["type"] == "data_visualization"]


def _next_runs(preview: ReportPreview) -> PreviewBlock:
    parts = [rich_text_parts.text_part("Next runs\n", bold=True)]
    parts += [
        rich_text_parts.text_part(f"{at:%a} {at.day} {at:%b %Y, %H:%M} {at.tzname()}\n")
        for at in preview.next_runs[:5]
    ]
    parts += [rich_text_parts.text_part(f"💡 {note}\n", 300) for note in preview.notes[:6]]
    return rich_text_parts.rich_text(rich_text_parts.section(*parts))


def _in_modal(block: PreviewBlock, file_id: str | None) -> list[PreviewBlock]:
    """Return a block of the message as a modal can show it."""
    kind = block["type"]
    if kind in _SHOWN_AS_THEY_ARE:
        return [{key: value for key, value in block.items() if key != "block_id"}]
    if kind == "data_visualization":
        chart = chart_of_block(block)
        if file_id is not None:
            return [
                {"type": "image", "slack_file": {"id": file_id}, "alt_text": finding(chart)[:2_000]}
            ]
        return [
            rich_text_parts.rich_text(rich_text_parts.preformatted("\n".join(chart_lines(chart))))
        ]
    if kind in ("data_table", "table"):
        rows = [[str(cell.get("text", "")) for cell in row] for row in block["rows"]]
        head, *others = rows
        text, shown = aligned_text(head, others[:_TABLE_ROWS], _TABLE_CHARACTERS)
        left = len(others) - shown
        if left:
            text += f"\n… {left} more rows"
        return [
            rich_text_parts.rich_text(rich_text_parts.preformatted(text, _TABLE_CHARACTERS + 100))
        ]
    return []
