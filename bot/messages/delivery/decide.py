"""Decides whether a message may be posted again, and in which form. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

from bot.messages.delivery.outcome import Claim, Outcome
from bot.messages.policy import UNRECOGNISED_TRIES, SlackResponse
from bot.messages.rendering.refused_blocks import AGAIN, BARE, LATER, NAMED_ROUNDS, pointers_of

#: The namespace of the ids by which Slack may know a post again.
POSTS = UUID("6f7073bf-e11c-4d65-9b0e-1c64656c6976")
#: So often a message is begun anew because its copy, or its thread, is gone: a Slack that behaves
#: otherwise than we believe must not make us flood a channel.
MAX_COPIES = 5
#: So often named blocks give way before the text goes alone.
_MAX_ROUNDS = 3
#: An end whose blocks were refused is tried again with them after this.
LATER_WAIT = timedelta(minutes=1)
#: Refusals that pass for a moment's trouble once, before anything is left out.
_FLEETING = frozenset({"invalid_blocks", "invalid_attachments"})


def client_msg_id(message_id: str, generation: int) -> str:
    """Return what names this post to Slack: the same for each try, another for a new copy."""
    return str(uuid5(POSTS, f"{message_id}/{generation}"))


def most_tries(claim: Claim, *, is_recognised: bool) -> int:
    """Return the maximum number of attempts; fewer after an unrecognised error."""
    return claim.max_attempts if is_recognised else min(claim.max_attempts, UNRECOGNISED_TRIES)


@dataclass(frozen=True)
class Concession:
    """What is left out at the next try; `is_pause`: nothing yet, but wait before it."""

    refusals: list[list[str]]
    text_only: bool = False
    is_pause: bool = False


def concede(claim: Claim, answer: SlackResponse) -> Concession | None:
    """
    Return what to leave out after Slack has refused the blocks; None if nothing is left.

    First retry unchanged if Slack names no block, or if the template is our own and therefore known
    to be valid. Then drop the blocks that Slack names, a few times. Then send the text with our own
    controls, and finally without them.
    """
    so_far = list(claim.refusals or [])
    if LATER in so_far and claim.is_edit:
        return None
    if claim.text_only:
        is_last = BARE in so_far or not claim.is_own
        return None if is_last else Concession([*so_far, BARE], text_only=True)
    named = pointers_of(answer)
    if not so_far and answer.error in _FLEETING and (claim.is_own or not named):
        return Concession([AGAIN], is_pause=True)
    if named and sum(one not in NAMED_ROUNDS for one in so_far) < _MAX_ROUNDS:
        return Concession([*so_far, named])
    return Concession(so_far, text_only=True)


def stands_without_blocks(outcome: Outcome, *, is_final: bool) -> bool:
    """
    Tell whether a final state of ours went out as text alone and is to be tried with blocks later.
    """
    claim = outcome.claim
    was_told = outcome.delivered_revision is not None and outcome.ts is not None
    return was_told and is_final and outcome.text_only and claim.is_own
