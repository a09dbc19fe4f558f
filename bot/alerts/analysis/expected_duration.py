"""
The usual duration of a kind of task, from its history, and when a run takes too long.

A run is too long beyond the limit, where hardly any healthy run ends:

    limit = max(2 * p95, peak, p95 + 60 s)

p95 is the 95th percentile of the latest 200 runs. peak is the longest of them, without one run and
one more in a hundred, so that a run that hung once does not hide the next. A hanging run is noticed
at the limit, and fewer than 1 % of healthy runs cause false alerts:
`tests/bot/alerts/analysis/test_expected_duration.py` checks both on 1,000 synthetic histories.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

#: Fewer runs say too little about the next one.
MIN_RUNS = 20
#: What is older says less about the next run than it hides: kinds grow with their data.
MAX_RUNS = 200
MARGIN = timedelta(seconds=60)
_P95 = 0.95
_P95_FACTOR = 2.0
_RUNS_PER_OUTLIER = 100


@dataclass(frozen=True)
class ExpectedDuration:
    """The expected duration of a kind; `limit` is None while there are too few runs."""

    runs: int
    usual: timedelta | None = None
    p95: timedelta | None = None
    limit: timedelta | None = None

    def is_exceeded_by(self, running: timedelta) -> bool:
        """Tell whether a run of this length is too long; always False while there is no limit."""
        return self.limit is not None and running > self.limit


def expect_duration(history: Sequence[timedelta]) -> ExpectedDuration:
    """Return what to expect after *history*: the lengths of completed runs, the newest last."""
    latest = sorted(max(run.total_seconds(), 0.0) for run in history[-MAX_RUNS:])
    runs = len(latest)
    if runs < MIN_RUNS:
        return ExpectedDuration(runs)
    usual = statistics.median(latest)
    p95 = _quantile(latest, _P95)
    peak = latest[-2 - runs // _RUNS_PER_OUTLIER]
    limit = max(_P95_FACTOR * p95, peak, p95 + MARGIN.total_seconds())
    return ExpectedDuration(runs, *(timedelta(seconds=value) for value in (usual, p95, limit)))


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
