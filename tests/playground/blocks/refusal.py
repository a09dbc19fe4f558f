"""One payload Slack refuses: the pointer at which it is wrong, and the code."""

from dataclasses import dataclass
from typing import Any

from slack_playground.blocks import Surface

TYPE, MISSING, FAILED = "invalid_type", "missing_field", "failed_constraint"


@dataclass(frozen=True, slots=True)
class Refusal:
    story: str
    payload: Any
    pointer: str
    code: str
    surface: Surface = "message"
