"""One message on its way: render it, call Slack, and say what that means for its row."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.errors import TemplateError, UnavailableError, WorkerStoppedError
from bot.messages.delivery.content import Content, Drawn, marked_as_repeat, unrendered
from bot.messages.delivery.outcome import Claim, Outcome, describe, failure_detail
from bot.messages.models import Ambiguous, EventName
from bot.messages.policy import (
    MAX_TRIES,
    SETTLE,
    Answer,
    Verdict,
    classify,
    fix_for,
    is_recognised,
    wait_after,
)
from bot.messages.transports.base import File, Found, Outgoing, Transport

__all__ = ["Claim", "Delivery", "Outcome"]

TEMPLATE_ERROR = "template_error"
#: The second time in a row is the last one: a worker is dear.
TEMPLATE_STOPPED = "template_stopped"
#: After these an attempt has been used up, if anybody is there to refuse it.
COUNTED = (Verdict.TRANSIENT, Verdict.AMBIGUOUS, Verdict.OUTAGE)
#: What keeps us from joining a channel now, but perhaps not later.
PASSING = (Verdict.TRANSIENT, Verdict.PACED, Verdict.OUTAGE)
TEXT_ALONE = (
    "Its text stands alone, for Slack refused the blocks (they are the `refused_blocks` of the "
    "failed attempt): correct the template."
)


class Delivery:
    """Delivers claims through one transport."""

    def __init__(
        self,
        transport: Transport,
        content: Content,
        now: Callable[[], datetime],
        chance: random.Random,
    ) -> None:
        self._transport = transport
        self._content = content
        self._now = now
        self._chance = chance
        self._probing = asyncio.Lock()
        self._probed_at: datetime | None = None
        self._probe_ok = True

    async def deliver(self, claim: Claim, may_call: Callable[[], bool] = lambda: True) -> Outcome:
        """
        Bring Slack to the claim's revision, or say why not; never raises for Slack's answers.

        *may_call* is asked right before Slack is: False once the claim may be another process's.
        """
        if claim.tries >= claim.max_attempts:
            return await self._exhausted(claim)
        drawn = await self._drawn(claim)
        if isinstance(drawn, Outcome):
            return drawn
        outcome = await self._bring(claim, outgoing_of(claim, drawn), may_call)
        if not drawn.detail:
            return outcome
        return replace(outcome, detail=told(drawn.detail, outcome))

    async def _drawn(self, claim: Claim) -> Drawn | Outcome:
        """Return what is to be shown, or what it means that it cannot be rendered."""
        try:
            return await self._content.of(claim)
        except TemplateError as error:
            return self._given_up(claim, Answer(error=TEMPLATE_ERROR), str(error))
        except WorkerStoppedError as error:
            stopped = Answer(error=TEMPLATE_STOPPED, detail={"reason": f"the template {error}"})
            if claim.tries and claim.error == TEMPLATE_STOPPED:
                fix = (
                    f"The template {error}, twice now: make it or the payload smaller, then replay."
                )
                return self._given_up(claim, stopped, fix, tries=claim.tries + 1)
            return self._again(claim, Verdict.TRANSIENT, stopped, claim.tries + 1)
        except UnavailableError:
            outcome = self._stalled(claim)
            return replace(outcome, due_at=self._now() + SETTLE)

    async def _exhausted(self, claim: Claim) -> Outcome:
        """
        Give up a claim whose attempts are used up, unless Slack has it after all.

        It is not rendered before it is found: for all we know that is what killed the bot.
        """
        if claim.is_edit or not claim.answer_lost:
            return self._given_up(claim, Answer(error="interrupted"))
        outcome = await self._look(claim, outgoing_of(claim, unrendered(claim)))
        if isinstance(outcome, Claim):  # It never is: nobody may post it again.
            return self._given_up(claim, Answer(error="answer_lost"))
        if outcome.delivered_revision != claim.revision:
            return outcome
        drawn = await self._drawn(claim)
        return replace(
            outcome, overflow=drawn.rendered.overflow if isinstance(drawn, Drawn) else None
        )

    async def _bring(
        self, claim: Claim, outgoing: Outgoing, may_call: Callable[[], bool]
    ) -> Outcome:
        if claim.is_edit:
            if not may_call():
                return self._stalled(claim)
            return await self._judge(claim, outgoing, await self._transport.edit(outgoing))
        looked = await self._look(claim, outgoing) if claim.answer_lost else claim
        if isinstance(looked, Outcome):
            return looked
        if not may_call():
            return self._stalled(claim)
        if looked.possibly_delivered:
            outgoing = replace(outgoing, rendered=marked_as_repeat(outgoing.rendered))
        return await self._judge(looked, outgoing, await self._post(outgoing))

    def _stalled(self, claim: Claim) -> Outcome:
        """Give the claim back: we slept, and perhaps another process goes on with it."""
        outcome = self._again(claim, Verdict.TRANSIENT, Answer(unreachable=True), claim.tries)
        return replace(outcome, detail={"stalled": True})

    async def _look(self, claim: Claim, outgoing: Outgoing) -> Claim | Outcome:
        """Look for a post whose answer was lost; return the claim if it is to be posted again."""
        found = await self._transport.find(outgoing)
        claim = replace(claim, pages=found.pages)
        if found.ts:
            return self._recovered(claim, outgoing, found)
        if not found.answer.ok:
            return await self._looked_in_vain(claim, found.answer)
        if claim.tries >= claim.max_attempts:
            return self._given_up(claim, Answer(error="answer_lost"))
        if found.readable:
            return replace(claim, answer_lost=False)
        claim = replace(claim, answer_lost=False, possibly_delivered=True)
        if claim.ambiguous == Ambiguous.HOLD:
            return self._given_up(claim, Answer(error="held"))
        return claim

    def broken(self, claim: Claim, error: Exception) -> Outcome:
        """Return the outcome of a delivery that failed in our own code: counted, tried again."""
        lost = Answer(error="delivery_failed", detail={"reason": type(error).__name__})
        if claim.tries + 1 >= claim.max_attempts:
            return self._given_up(claim, lost, tries=claim.tries + 1)
        outcome = self._again(claim, Verdict.TRANSIENT, lost, claim.tries + 1)
        due_at = max(outcome.due_at or self._now(), self._now() + SETTLE)
        return replace(outcome, answer_lost=not claim.is_edit, due_at=due_at)

    async def _post(self, outgoing: Outgoing) -> Answer:
        answer = await self._transport.post(outgoing)
        if classify(answer, is_edit=False) is Verdict.JOIN:
            joined = await self._transport.join(outgoing.channel)
            if joined.ok:
                return await self._transport.post(outgoing)
            if is_recognised(joined) and classify(joined, is_edit=True) in PASSING:
                # Nothing was posted, whatever became of the request to join.
                away = joined.lost or joined.unreachable or joined.status >= 500
                return replace(joined, lost=False, unreachable=away)
        return answer

    async def _judge(self, claim: Claim, outgoing: Outgoing, answer: Answer) -> Outcome:
        verdict = classify(answer, is_edit=claim.is_edit)
        if verdict is Verdict.DELIVERED:
            return self._delivered(claim, outgoing, answer)
        if verdict in (Verdict.FINAL, Verdict.JOIN):
            return self._given_up(claim, answer, tries=claim.tries + 1)
        if verdict is Verdict.TEXT_ONLY:
            return self._without_blocks(claim, outgoing, answer)
        if verdict in COUNTED:
            return await self._count(claim, verdict, answer)
        return self._again(claim, verdict, answer, claim.tries)

    async def _count(self, claim: Claim, verdict: Verdict, answer: Answer) -> Outcome:
        """Count a failed attempt, unless nobody is there at all."""
        if verdict is not Verdict.TRANSIENT and not await self._alive():
            lost = claim.answer_lost or verdict is Verdict.AMBIGUOUS
            outcome = self._again(claim, Verdict.OUTAGE, answer, claim.tries)
            return replace(outcome, answer_lost=lost)
        tries = claim.tries + 1
        if tries >= claim.max_attempts and verdict is not Verdict.AMBIGUOUS:
            return self._given_up(claim, answer, tries=tries)
        return self._again(claim, verdict, answer, tries)

    async def _alive(self) -> bool:
        """Probe the other side; the many that fail together share one probe."""
        asked_at = self._now()
        async with self._probing:
            if self._probed_at is None or self._probed_at < asked_at:
                self._probe_ok = (await self._transport.probe()).ok
                self._probed_at = self._now()
            return self._probe_ok

    def _delivered(self, claim: Claim, outgoing: Outgoing, answer: Answer) -> Outcome:
        altered = [*([TEXT_ALONE] if claim.text_only else []), *answer.altered]
        return Outcome(
            claim=claim,
            verdict=Verdict.DELIVERED,
            answer=answer,
            event=EventName.EDITED if claim.is_edit else EventName.SENT,
            ts=answer.ts or claim.ts,
            delivered_revision=claim.revision,
            possibly_delivered=claim.possibly_delivered,
            text_only=claim.text_only,
            overflow=None if self._transport.takes_overflow else outgoing.rendered.overflow,
            detail={
                **({"text_only": True} if claim.text_only else {}),
                **({"altered": altered} if altered else {}),
            },
        )

    def _recovered(self, claim: Claim, outgoing: Outgoing, found: Found) -> Outcome:
        """The post whose answer was lost is there: its answer was missing, and what follows it."""
        is_newest = found.revision >= claim.revision  # else an edit brings it, with its own rest
        return Outcome(
            claim=claim,
            verdict=Verdict.DELIVERED,
            answer=Answer(ok=True, ts=found.ts, channel=found.channel),
            event=EventName.SENT,
            ts=found.ts,
            delivered_revision=min(found.revision, claim.revision),
            overflow=outgoing.rendered.overflow if is_newest else None,
            detail={"recovered": True},
        )

    async def _looked_in_vain(self, claim: Claim, answer: Answer) -> Outcome:
        verdict = classify(answer, is_edit=True)
        if verdict in COUNTED and not await self._alive():
            verdict = Verdict.OUTAGE
        outcome = self._again(claim, verdict, answer, claim.tries)
        return replace(outcome, due_at=self._now() + SETTLE)

    def _without_blocks(self, claim: Claim, outgoing: Outgoing, answer: Answer) -> Outcome:
        if claim.text_only:
            return self._given_up(claim, answer, tries=claim.tries + 1)
        again = self._again(claim, Verdict.TEXT_ONLY, answer, claim.tries)
        return replace(
            again,
            text_only=True,
            detail={**again.detail, "refused_blocks": outgoing.rendered.blocks},
        )

    def _again(self, claim: Claim, verdict: Verdict, answer: Answer, tries: int) -> Outcome:
        now = self._now()
        due_at = now
        # A lost answer is looked for soon, but who has asked so often asks less often.
        is_prompt = verdict is Verdict.AMBIGUOUS and tries <= MAX_TRIES
        if tries > claim.tries and not is_prompt:
            due_at = now + wait_after(claim.queue, tries, self._chance)
        if verdict is Verdict.AMBIGUOUS or answer.lost:
            due_at = max(due_at, now + SETTLE)
        return Outcome(
            claim=claim,
            verdict=verdict,
            answer=answer,
            event=EventName.FAILED,
            ts=None if verdict is Verdict.REPOST else claim.ts,
            tries=tries,
            due_at=due_at,
            answer_lost=claim.answer_lost or verdict is Verdict.AMBIGUOUS,
            possibly_delivered=claim.possibly_delivered,
            text_only=claim.text_only,
            error=describe(answer),
            detail=failure_detail(answer, verdict),
        )

    def _given_up(
        self, claim: Claim, answer: Answer, fix: str = "", *, tries: int | None = None
    ) -> Outcome:
        return Outcome(
            claim=claim,
            verdict=Verdict.FINAL,
            answer=answer,
            event=EventName.DEAD,
            ts=claim.ts,
            tries=claim.tries if tries is None else tries,
            possibly_delivered=claim.possibly_delivered,
            text_only=claim.text_only,
            error=describe(answer),
            detail={
                **failure_detail(answer, Verdict.FINAL),
                "fix": fix or fix_for(describe(answer)),
            },
        )


def outgoing_of(claim: Claim, drawn: Drawn) -> Outgoing:
    return Outgoing(
        message_id=claim.id,
        revision=claim.revision,
        channel=claim.channel,
        thread_ts=claim.thread_ts,
        ts=claim.ts,
        rendered=drawn.rendered,
        text_only=claim.text_only,
        since=claim.called_at or claim.created_at,
        file=drawn.file,
        files=[File(**one) for one in claim.files],
        seen_by=claim.seen_by,
    )


def told(drawn: dict[str, Any], outcome: Outcome) -> dict[str, Any]:
    """Return the detail of an outcome; only what is shown somewhere was altered."""
    detail = {**drawn, **outcome.detail}
    if outcome.delivered_revision is None:
        detail.pop("altered", None)
    elif "altered" in drawn and "altered" in outcome.detail:
        detail["altered"] = [*drawn["altered"], *outcome.detail["altered"]]
    return detail
