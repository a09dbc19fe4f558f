"""
Finds what most failures have in common and few successes have, by statistics alone.

"23 of 24 failures have `region=eu`; 4 % of the successes do". Each pair of name and value among the
tasks is a candidate. A candidate is reported if most failures have it, if it is much rarer among
the successes, and if Fisher's exact test finds that chance would produce it in fewer than 1 in 200
cases, corrected for the number of candidates (Bonferroni, over those that could pass at all:
Tarone, https://doi.org/10.2307/2531456).
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: How often a factor may be claimed that is none.
_MAX_CHANCE = 0.005
#: Fewer failures have something in common by definition.
MIN_FAILURES = 4
#: A factor explains most of the failures, or it explains little.
_MIN_FAILURE_SHARE = 0.6
#: Among the successes it is at most this part as frequent.
_MAX_SHARE_RATIO = 0.5
_MAX_TASKS = 1_000
_MAX_FACTOR_CHARACTERS = 80
_MAX_FACTOR_DEPTH = 3

_Factors = Mapping[str, str]


@dataclass(frozen=True)
class SharedFactor:
    """`name=value` is shared by *failures_with* of *failures*, *successes_with* of *successes*."""

    name: str
    value: str
    failures_with: int
    failures: int
    successes_with: int
    successes: int

    @property
    def success_share(self) -> float:
        """Return which part of the successes has it, from 0 to 1."""
        return self.successes_with / self.successes


def find_shared_factor(
    failures: Sequence[_Factors], successes: Sequence[_Factors]
) -> SharedFactor | None:
    """Return the factor that chance explains worst, or None if it may explain each of them."""
    failures, successes = failures[:_MAX_TASKS], successes[:_MAX_TASKS]
    if len(failures) < MIN_FAILURES or not successes:
        return None
    failed = Counter(pair for task in failures for pair in task.items())
    succeeded = Counter(pair for task in successes for pair in task.items())
    chance_of = _FisherTest(len(failures), len(successes))
    limit = chance_of.limit({pair: failed[pair] + succeeded[pair] for pair in failed | succeeded})
    found: list[tuple[float, SharedFactor]] = []
    for (name, value), count in failed.items():
        factor = SharedFactor(
            name, value, count, len(failures), succeeded[name, value], len(successes)
        )
        if _is_telling(factor):
            chance = chance_of(count, count + factor.successes_with)
            found.append((chance, factor))
    best = min(found, key=lambda item: (item[0], item[1].name, item[1].value), default=None)
    return best[1] if best is not None and best[0] <= limit else None


def factors_of(**facts: Any) -> dict[str, str]:
    """
    Return the facts about a task as factors: short scalars, those inside of objects by their path.

    Texts that are too long, lists and None are no factors.
    """
    return dict(_flatten(facts, "", _MAX_FACTOR_DEPTH))


def _flatten(facts: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, str]]:
    for name, value in facts.items():
        if isinstance(value, Mapping) and depth > 0:
            yield from _flatten(value, f"{prefix}{name}.", depth - 1)
        elif isinstance(value, bool):
            yield f"{prefix}{name}", str(value).lower()
        elif isinstance(value, str | int | float) and len(str(value)) <= _MAX_FACTOR_CHARACTERS:
            yield f"{prefix}{name}", str(value)


def _is_telling(factor: SharedFactor) -> bool:
    share = factor.failures_with / factor.failures
    return share >= _MIN_FAILURE_SHARE and factor.success_share <= _MAX_SHARE_RATIO * share


class _FisherTest:
    """Fisher's exact test, one-sided, for a given number of failed and succeeded tasks."""

    def __init__(self, failures: int, successes: int) -> None:
        self._failures, self._total = failures, failures + successes
        self._factorials = [0.0]
        for number in range(1, self._total + 1):
            self._factorials.append(self._factorials[-1] + math.log(number))

    def __call__(self, failures_with: int, tasks_with: int) -> float:
        """
        Return the probability of at least this many failures among the tasks that have a factor.
        """
        most = min(tasks_with, self._failures)
        return math.fsum(
            math.exp(
                self._choose(self._failures, count)
                + self._choose(self._total - self._failures, tasks_with - count)
                - self._choose(self._total, tasks_with)
            )
            for count in range(failures_with, most + 1)
            if tasks_with - count <= self._total - self._failures
        )

    def limit(self, tasks_with: Mapping[Any, int]) -> float:
        """Return below which result a candidate is claimed, given how many tasks have each."""
        lowest = sorted(self(min(count, self._failures), count) for count in tasks_with.values())
        return _MAX_CHANCE / _testable(lowest)

    def _choose(self, total: int, count: int) -> float:
        logs = self._factorials
        return logs[total] - logs[count] - logs[total - count]


def _testable(lowest: Iterable[float]) -> int:
    """Return the least number k such that at most k candidates can reach MAX_CHANCE / k."""
    ordered = list(lowest)
    for candidates in range(1, len(ordered) + 1):
        if candidates == len(ordered) or ordered[candidates] > _MAX_CHANCE / candidates:
            return candidates
    return 1
