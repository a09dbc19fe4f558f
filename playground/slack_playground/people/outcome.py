"""How something a person did turned out."""

from dataclasses import dataclass, field

from slack_playground.delivery.outcome import Delivery
from slack_playground.state import Record


@dataclass(slots=True)
class Outcome:
    """
    `ok`, or the error a person would see.

    `errors` are the refusals of a modal's inputs per block_id, `answer` is what
    else there is to hand back (a message, a view, options).
    """

    ok: bool = True
    error: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    answer: Record = field(default_factory=dict)

    def as_json(self) -> Record:
        if self.ok:
            return {"ok": True, **self.answer}
        record: Record = {"ok": False, "error": self.error}
        if self.errors:
            record["errors"] = self.errors
        return record


def failed(error: str) -> Outcome:
    return Outcome(ok=False, error=error)


def failure_of(delivery: Delivery) -> str | None:
    """Return the word Slack shows when the app did not answer, None if it did."""
    return delivery.failure
