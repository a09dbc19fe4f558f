"""One thing that the doctor has looked at, and how it is."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from bot.redaction import redact


class FindingLevel(StrEnum):
    """Whether somebody has to do something."""

    OK = "ok"
    NOTE = "note"  #: worth knowing; nothing is wrong
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """`check` names the area; `fix` says exactly what to do about a problem."""

    check: str
    level: FindingLevel
    message: str
    fix: str = ""

    @property
    def line(self) -> str:
        """Return it for people."""
        fix = f"\n{'':20}fix: {self.fix}" if self.fix else ""
        return redact(f"{self.level:<8} {self.check:<10} {self.message}{fix}")

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {name: redact(str(value)) for name, value in asdict(self).items()}

    @classmethod
    def ok(cls, check: str, message: str) -> Self:
        """Return that all is well."""
        return cls(check, FindingLevel.OK, message)

    @classmethod
    def note(cls, check: str, message: str) -> Self:
        """Return what is worth knowing."""
        return cls(check, FindingLevel.NOTE, message)

    @classmethod
    def problem(cls, check: str, message: str, fix: str) -> Self:
        """Return what somebody has to mend, and how."""
        return cls(check, FindingLevel.PROBLEM, message, fix)


def split_problem(check: str, sentence: str) -> Finding:
    """Return a problem of the settings: `NAME: what is wrong; the fix`."""
    name, _, reason = sentence.partition(": ")
    what, found, fix = reason.partition("; ")
    return Finding.problem(check, f"{name}: {what}", fix if found else f"correct {name}")
