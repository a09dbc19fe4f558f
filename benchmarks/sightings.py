"""What was reported of each task, and when Slack showed it."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.published_limits import EDITS_A_MINUTE

FINAL = "final"


@dataclass
class Sightings:
    """Collects times, in seconds of whatever clock the run is on; counts from `begin` on."""

    reported: dict[str, float] = field(default_factory=dict)
    final_waits: list[float] = field(default_factory=list)
    refreshed_at: dict[str, float] = field(default_factory=dict)
    gaps: list[float] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    counting: bool = False

    def begin(self, now: float) -> None:
        """Count from here on: what came before was only the start."""
        self.counting = True
        self.calls.clear()
        self.gaps.clear()
        self.final_waits.clear()
        self.refreshed_at = dict.fromkeys(self.refreshed_at, now)

    def report_final(self, key: str, now: float) -> None:
        """Remember that a task was reported to have ended."""
        if self.counting:
            self.reported[key] = now

    def refuse(self) -> None:
        """Count an answer of 429."""
        self.calls["refused"] += 1

    def see(self, kind: str, key: str, word: str, now: float) -> None:
        """Take note that Slack shows *word* for a task since a post or edit (*kind*)."""
        self.calls[kind] += 1
        if word == FINAL:
            self.refreshed_at.pop(key, None)
            if key in self.reported:
                self.final_waits.append(now - self.reported.pop(key))
            return
        if key in self.refreshed_at:
            self.calls["progress"] += 1
            self.gaps.append(now - self.refreshed_at[key])
        self.refreshed_at[key] = now

    def summary(self, live: int, seconds: float, now: float) -> dict[str, float | int | None]:
        """
        Return the figures of a run. An end that was never shown counts as if it were shown *now*.

        Staleness is the live messages' time divided by their refreshes: a mean of the gaps alone
        would leave out the messages that were never refreshed. The fair share is what that would
        be if progress got every edit that Slack allows and the ends do not need.
        """
        progress = self.calls["progress"]
        finals = len(self.final_waits)
        waits = [*self.final_waits, *(now - at for at in self.reported.values())]
        left = EDITS_A_MINUTE * seconds / 60 - len(waits)
        fair = live * seconds / left if left > 0 else None
        staleness = live * seconds / progress if progress else None
        return {
            "finals_shown": finals,
            "finals_never_shown": len(self.reported),
            "final_p50_s": at_share(waits, 0.5),
            "final_p95_s": at_share(waits, 0.95),
            "final_max_s": at_share(waits, 1.0),
            "answers_429": self.calls["refused"],
            "posts": self.calls["post"],
            "edits": self.calls["edit"],
            "progress_edits": progress,
            "staleness_s": rounded(staleness),
            "fair_share_s": rounded(fair),
            "staleness_of_fair_share": rounded(staleness / fair if staleness and fair else None),
            "staleness_of_1_2_n": rounded(staleness / (1.2 * live) if staleness else None),
            "gap_p95_s": at_share(self.gaps, 0.95),
        }


def at_share(values: Sequence[float], share: float) -> float | None:
    """Return the value that *share* of the values do not exceed."""
    if not values:
        return None
    ordered = sorted(values)
    return rounded(ordered[min(len(ordered) - 1, int(share * len(ordered)))])


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def median(values: Sequence[float]) -> float:
    """Return the middle of the values."""
    return statistics.median(values)
