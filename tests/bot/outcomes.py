"""What became of a claim, for tests that need one to have died."""

from bot.messages.delivery.outcome import Claim, Outcome
from bot.messages.error_codes import Verdict
from bot.messages.models import EventName
from bot.messages.policy import SlackResponse


def dead(claim: Claim) -> Outcome:
    """Slack will never take it."""
    return Outcome(
        claim=claim,
        verdict=Verdict.FINAL,
        answer=SlackResponse(error="is_archived"),
        event=EventName.DEAD,
        ts=None,
        tries=1,
        error="is_archived",
        detail={"error": "is_archived", "fix": "Unarchive it."},
    )
