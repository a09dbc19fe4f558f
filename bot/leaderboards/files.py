"""A ranking as Markdown and JSON files, each written whole or not at all."""

import json
import os
import re
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.leaderboards.ranking import Ranking
from bot.leaderboards.wording import headings, lead_of, note_of, row_words, title_of

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&])")


def write_files(folder: Path, ranking: Ranking) -> list[Path]:
    """Write `leaderboard-w47-2026.md` and `.json`; raise `OSError` where that cannot be done."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"leaderboard-w{ranking.week.number:02}-{ranking.week.year}"
    contents = {".md": markdown_of(ranking), ".json": json_of(ranking)}
    return [
        _write_atomically(folder / f"{name}{suffix}", text) for suffix, text in contents.items()
    ]


def json_of(ranking: Ranking) -> str:
    """Return what the API answers."""
    return json.dumps(ranking.as_json(), ensure_ascii=False, indent=2) + "\n"


def markdown_of(ranking: Ranking) -> str:
    """Return the ranking as a Markdown document."""
    lines = [f"# {_escaped_cell(title_of(ranking))}", ""]
    if ranking.rows:
        heads = headings(ranking)
        lines += [_markdown_line(heads), f"|{'---|' * len(heads)}"]
        lines += [_markdown_line(row_words(ranking, row)) for row in ranking.rows]
        lines.append("")
    else:
        lines += [_escaped_cell(lead_of(ranking)), ""]
    lines += [_escaped_cell(sentence) for sentence in note_of(ranking)]
    lines.append(f"Generated at {ranking.generated_at.isoformat(timespec='seconds')}.")
    return "\n".join(lines) + "\n"


def _markdown_line(cells: list[str]) -> str:
    return f"| {' | '.join(map(_escaped_cell, cells))} |"


def _escaped_cell(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _write_atomically(path: Path, text: str) -> Path:
    with NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as file:
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    return path
