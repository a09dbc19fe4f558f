"""What applying a folder does to one thing, and what people would see of it."""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlmodel import Session

#: Who has stored what was applied.
AUTHOR = "apply"
_DIFFERENCE_CHARACTERS = 300


class Action(StrEnum):
    """What applying the folder does."""

    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"
    KEEP = "keep"  #: its file is gone, and it stays
    NONE = "same"


#: The ones after which something is not as it was.
CHANGING = frozenset({Action.CREATE, Action.CHANGE, Action.DELETE})


def _nothing(_session: Session) -> None:
    """Store nothing."""


@dataclass(frozen=True)
class Change:
    """
    What happens to one thing.

    `lines` say what differs, and which messages would; `warnings` what somebody should see before
    it is applied; `brief` is the shortest of it, for a summary, and `effects` are its numbers.
    `store` writes it in the transaction of the whole folder, and raises `ConflictError` if it is no
    longer as it was seen.
    """

    action: Action
    kind: str
    code: str
    lines: Sequence[str] = ()
    warnings: Sequence[str] = ()
    brief: str = ""
    effects: Mapping[str, Any] = field(default_factory=dict)
    store: Callable[[Session], None] = field(default=_nothing, compare=False, repr=False)

    @property
    def is_changing(self) -> bool:
        """Tell whether something is not as it was afterwards."""
        return self.action in CHANGING


def text_difference(before: str, after: str) -> Iterator[str]:
    """Yield the lines that differ, each with its sign."""
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""):
        if not line.startswith(("---", "+++", "@@")):
            yield line[:_DIFFERENCE_CHARACTERS]


def counted(number: int, word: str) -> str:
    """Return e.g. `1 message`, `2 messages`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
