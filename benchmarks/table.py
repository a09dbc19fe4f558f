"""Figures as people read them."""

from collections.abc import Mapping


def of(results: Mapping[str, Mapping[str, object]]) -> str:
    """Return a Markdown table: a line for each figure, a column for each result."""
    names = list(dict.fromkeys(name for figures in results.values() for name in figures))
    lines = [["", *results], ["---"] * (len(results) + 1)]
    lines += [
        [name.replace("_", " "), *(shown(figures.get(name)) for figures in results.values())]
        for name in names
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def shown(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int | float) else str(value)
