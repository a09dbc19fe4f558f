"""
Which rows of the event table may be published without ever going back. Pure.

PostgreSQL allots ids in order, but transactions commit in any order: an id that is missing now
may appear later. It can only appear while a transaction is alive that wrote events before.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Gap:
    """
    Ids up to *until* have been allotted, and some are missing.

    `writers` are the transactions that were writing events at the first look after the gap was
    seen: whoever has one of its ids is among them. None: nobody has looked since.
    """

    until: int
    writers: frozenset[str] | None = None

    def seen_again(self, writers: frozenset[str]) -> "Gap":
        """Return the gap after a look; *writers* were asked for before the rows were read."""
        return self if self.writers is not None else Gap(self.until, writers)

    def is_final(self, writers: frozenset[str]) -> bool:
        """Tell whether none of the missing ids can appear any more."""
        return self.writers is not None and not self.writers & writers


def final_count(after: int, ids: Sequence[int], final_until: int) -> int:
    """
    Return how many of *ids*, ascending and all above *after*, can be published in order.

    Up to *final_until* gaps are final; behind it the first gap ends what can be published.
    """
    expected = max(after, final_until) + 1
    for count, one in enumerate(ids):
        if one > final_until and one != expected:
            return count
        expected = max(expected, one + 1)
    return len(ids)
