"""What a folder changes, as text for people, as JSON for programs, and as an exit code."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.as_code.change import Action, Change
from bot.errors import FieldProblem
from bot.redaction import redact, redact_json
from bot.terminal_sequences import strip_sequences

#: Exit codes of `--exit-code`.
NOTHING_CHANGES, SOMETHING_CHANGES, SOMETHING_IS_WARNED_OF = 0, 3, 4
_MAX_IN_SUMMARY = 5


@dataclass(frozen=True)
class FolderOutcome:
    """All that a folder changes, or would."""

    changes: Sequence[Change]
    is_dry: bool

    @property
    def changing(self) -> list[Change]:
        """Return those after which something is not as it was."""
        return [one for one in self.changes if one.is_changing]

    @property
    def exit_code(self) -> int:
        """Return what `--exit-code` answers with."""
        if any(one.warnings for one in self.changing):
            return SOMETHING_IS_WARNED_OF
        return SOMETHING_CHANGES if self.changing else NOTHING_CHANGES

    def summary(self) -> str:
        """Return one line, for the comment on a pull request."""
        changing = self.changing
        would = "would be " if self.is_dry else ""
        files = sum(one.action is not Action.KEEP for one in self.changes)
        told = [_brief_change(one) for one in changing[:_MAX_IN_SUMMARY]]
        if len(changing) > _MAX_IN_SUMMARY:
            told.append(f"and {len(changing) - _MAX_IN_SUMMARY} more")
        warned = sum(len(one.warnings) for one in changing)
        parts = [f"{len(changing)} of {files} {would}changed", *told]
        parts += [f"{warned} warning{'' if warned == 1 else 's'}"] if warned else []
        return f"{'; '.join(parts)}."

    def text(self) -> str:
        """Return what people read, the summary last."""
        return "".join(f"{_printable(line)}\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        for change in self.changes:
            if change.action is Action.NONE:
                continue
            yield f"{change.action} {change.kind} {change.code}"
            yield from (f"    {line}" for line in change.lines)
            yield from (f"    warning: {line}" for line in change.warnings)
        yield self.summary()

    def json(self, tenant: str) -> dict[str, Any]:
        """Return the same for programs; `docs/operations.md` says what it holds."""
        found: dict[str, Any] = redact_json(
            {
                "ok": True,
                "dry_run": self.is_dry,
                "tenant": tenant,
                "summary": self.summary(),
                "exit_code": self.exit_code,
                "changes": [
                    {
                        "action": str(one.action),
                        "kind": one.kind,
                        "code": one.code,
                        "lines": list(one.lines),
                        "warnings": list(one.warnings),
                        "effects": dict(one.effects),
                    }
                    for one in self.changes
                ],
                "problems": [],
            }
        )
        return found


def refusal_json(
    tenant: str, problems: Sequence[FieldProblem], *, is_dry: bool, exit_code: int
) -> dict[str, Any]:
    """Return what programs are told where nothing was changed because of problems."""
    summary = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}: nothing was changed."
    found: dict[str, Any] = redact_json(
        {
            "ok": False,
            "dry_run": is_dry,
            "tenant": tenant,
            "summary": summary,
            "exit_code": exit_code,
            "changes": [],
            "problems": [_problem_json(one) for one in problems],
        }
    )
    return found


def _problem_json(problem: FieldProblem) -> dict[str, str]:
    file, _, field = problem.field.partition(", ")
    return {"file": file, "field": field, "message": problem.message}


def _brief_change(change: Change) -> str:
    told = f" ({change.brief})" if change.brief else ""
    return f"{change.action} {change.kind} {change.code}{told}"


def _printable(line: str) -> str:
    """Return a line without secrets, and without what moves the cursor."""
    # A sequence within a secret would keep it from being recognised.
    return redact(strip_sequences(line)).replace("\r", " ").replace("\n", " ")
