"""Puts values in the place of references, and says where each comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.reports.analysts.base import Narrative
from bot.reports.figures.sentences import tokens_in
from bot.reports.figures.values import Value, Values
from bot.sources.result import encode_cell

_DOUBLED = {"{{": "{", "}}": "}"}


@dataclass(frozen=True)
class Figure:
    """One value as it stands in a narrative."""

    ref: str
    text: str
    origin: str
    value: Any  # exact, as `encode_cell` writes it

    def as_json(self) -> dict[str, Any]:
        """Return what is stored with a run."""
        return {"ref": self.ref, "text": self.text, "origin": self.origin, "value": self.value}


@dataclass(frozen=True)
class Metric:
    """A key metric: what it is, and its figure."""

    label: str
    text: str
    ref: str


@dataclass(frozen=True)
class Filled:
    """
    A narrative without references. Its texts are plain: rendering escapes them for their place.

    `figures` holds each value once; `total` counts the places where one stands, `traced` those
    whose value is known.
    """

    summary: str
    key_metrics: tuple[Metric, ...]
    insights: tuple[str, ...]
    recommendations: tuple[str, ...]
    figures: tuple[Figure, ...]
    total: int
    traced: int


def fill_narrative(narrative: Narrative, values: Values) -> Filled:
    """Return the narrative with its values; an unknown reference becomes `…` and is not traced."""
    filling = _Filling(values)
    return Filled(
        summary=filling.fill(narrative.summary),
        key_metrics=tuple(filling.metrics(narrative.key_metrics)),
        insights=tuple(filling.fill(text) for text in narrative.insights),
        recommendations=tuple(filling.fill(text) for text in narrative.recommendations),
        figures=tuple(filling.figures.values()),
        total=filling.total,
        traced=filling.traced,
    )


class _Filling:
    """Fills texts and counts what it fills in."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values
        self.figures: dict[str, Figure] = {}
        self.total = self.traced = 0

    def fill(self, text: str) -> str:
        return "".join(
            self._shown(token.text) if token.kind == "ref" else _DOUBLED.get(token.text, token.text)
            for token in tokens_in(text, self._values)
        )

    def metrics(self, refs: Sequence[str]) -> list[Metric]:
        found = []
        for ref in refs:
            text = self._shown(ref)
            value = self._values.get(ref)
            label = value.description if value else ""
            found.append(Metric(f"{label[:1].upper()}{label[1:]}", text, ref))
        return found

    def _shown(self, ref: str) -> str:
        self.total += 1
        value = self._values.get(ref)
        if value is None:
            return "…"
        self.traced += 1
        self.figures[ref] = Figure(ref, value.text, value.origin, encode_cell(value.exact))
        return value.text
