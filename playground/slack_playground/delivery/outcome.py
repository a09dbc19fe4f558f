"""What became of one delivery to the app, whichever way it went."""

from dataclasses import dataclass

from slack_playground.state import Record

#: `http_client_error` and `http_service_error` are an app's own 4xx and 5xx.
FAILURES = {
    "no_connection": "dispatch_failed",
    "timeout": "operation_timeout",
    "http_client_error": "http_client_error",
    "http_service_error": "http_service_error",
}


@dataclass(slots=True)
class Delivery:
    """
    `acknowledged` with what the app answered, or how it failed: a key of `FAILURES`.

    `reason` is what a redelivery names, None where the app wants none.
    """

    outcome: str
    answer: Record | None = None
    reason: str | None = "timeout"

    @property
    def failure(self) -> str | None:
        """The word that Slack shows a person, None if the app acknowledged."""
        return FAILURES.get(self.outcome)
