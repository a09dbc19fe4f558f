"""One delivery attempt: renders a message, calls Slack, and determines the outcome."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from structlog.contextvars import bound_contextvars

from bot.errors import TemplateError, UnavailableError, WorkerStoppedError
from bot.messages.delivery.content import (
    ClaimRenderer,
    DeliveryContent,
    marked_as_repeat,
    marked_as_successor,
    unrendered,
)
from bot.messages.delivery.decide import MAX_COPIES, client_msg_id, concede, most_tries
from bot.messages.delivery.outcome import Claim, Outcome, describe, failure_detail
from bot.messages.error_codes import POSSIBLY_DELIVERED_ERRORS, Verdict
from bot.messages.error_fixes import fix_for
from bot.messages.models import Ambiguous, EventName
from bot.messages.policy import (
    LOOKUP_DELAY,
    MAX_TRIES,
    SlackResponse,
    classify,
    is_recognised,
    wait_after,
)
from bot.messages.rendering.refused_blocks import (
    BARE,
    LATER,
    controls_alone,
    hosts_not_fetched,
    without_hosts,
    without_refused,
)
from bot.messages.rendering.renderer import Rendered
from bot.messages.transports.base import File, Found, Outgoing, Transport
from bot.tracing.spans import TraceSpan, root_span

__all__ = ["Claim", "Delivery", "Outcome"]

_TEMPLATE_ERROR = "template_error"
#: The second time in a row is the last one: a worker is dear.
_TEMPLATE_STOPPED = "template_stopped"
#: After these an attempt has been used up, if anybody is there to refuse it.
_COUNTED = (Verdict.TRANSIENT, Verdict.AMBIGUOUS, Verdict.OUTAGE, Verdict.UNRECOGNISED)
#: Temporary errors of joining a channel.
_PASSING = (Verdict.TRANSIENT, Verdict.PACED, Verdict.OUTAGE)
#: How long an image's host is left alone that Slack could not fetch from, and of how many.
_HOST_WAIT = timedelta(minutes=5)
_MAX_HOSTS = 1000
_TEXT_ALONE = (
    "Its text stands alone, for Slack refused the blocks (they are the `refused_blocks` of the "
    "failed attempt): correct the template."
)


class Delivery:
    """Delivers claims through one transport."""

    def __init__(
        self,
        transport: Transport,
        content: ClaimRenderer,
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
        self._hosts_away: dict[str, datetime] = {}

    async def deliver(self, claim: Claim, may_call: Callable[[], bool] = lambda: True) -> Outcome:
        """
        Bring Slack to the claim's revision, or say why not; never raises for Slack's answers.

        *may_call* is asked right before Slack is: False once the claim may be another process's.
        """
        key = claim.correlation
        with bound_contextvars(correlation_id=key), root_span("deliver", key) as attempt:
            outcome = await self._attempt(claim, may_call)
            if attempt.is_on:
                _note_attempt(attempt, outcome)
        return outcome

    async def _attempt(self, claim: Claim, may_call: Callable[[], bool]) -> Outcome:
        if claim.tries >= claim.max_attempts:
            return await self._exhausted(claim)
        content = await self._drawn(claim)
        if isinstance(content, Outcome):
            return content
        rendered = self._conceded(claim, content.rendered)
        shown = marked_as_successor(rendered) if claim.uneditable_ts else rendered
        text_only = claim.text_only and not rendered.blocks
        outgoing = _outgoing_of(claim, shown, content.file, text_only=text_only)
        outcome = await self._bring(claim, outgoing, may_call)
        less = rendered.warnings[len(content.rendered.warnings) :]
        detail = content.detail
        if less:
            detail = {**detail, "warnings": [*detail.get("warnings", ()), *less]}
        if not detail:
            return outcome
        return replace(outcome, detail=_outcome_detail(detail, outcome))

    def _conceded(self, claim: Claim, rendered: Rendered) -> Rendered:
        """Return the message without the parts that Slack refused or recently could not fetch."""
        rendered = without_refused(rendered, claim.refusals)
        if self._hosts_away:
            now = self._now()
            away = [host for host, until in self._hosts_away.items() if now < until]
            rendered = without_hosts(rendered, away)
        if not claim.text_only:
            return rendered
        has_controls = claim.is_own and BARE not in (claim.refusals or ())
        blocks = controls_alone(rendered, is_edit=claim.is_edit) if has_controls else []
        return replace(rendered, blocks=blocks)

    async def _drawn(self, claim: Claim) -> DeliveryContent | Outcome:
        """Return what is to be shown, or what it means that it cannot be rendered."""
        try:
            return await self._content.of(claim)
        except TemplateError as error:
            return self._given_up(claim, SlackResponse(error=_TEMPLATE_ERROR), str(error))
        except WorkerStoppedError as error:
            stopped = SlackResponse(
                error=_TEMPLATE_STOPPED, detail={"reason": f"the template {error}"}
            )
            if claim.tries and claim.error == _TEMPLATE_STOPPED:
                fix = (
                    f"The template {error}, twice now: make it or the payload smaller, then replay."
                )
                return self._given_up(claim, stopped, fix, tries=claim.tries + 1)
            return self._again(claim, Verdict.TRANSIENT, stopped, claim.tries + 1)
        except UnavailableError:
            outcome = self._stalled(claim)
            return replace(outcome, due_at=self._now() + LOOKUP_DELAY)

    async def _exhausted(self, claim: Claim) -> Outcome:
        """
        Give up a claim whose attempts are used up, unless Slack has it after all.

        It is not rendered before it is found: for all we know that is what killed the bot.
        """
        if claim.is_edit or not claim.answer_lost:
            return self._given_up(claim, SlackResponse(error="interrupted"))
        unseen = unrendered(claim)
        outgoing = _outgoing_of(claim, unseen.rendered, unseen.file, text_only=claim.text_only)
        outcome = await self._look(claim, outgoing)
        if isinstance(outcome, Claim):  # It may not be posted again.
            return self._given_up(claim, SlackResponse(error="answer_lost"))
        if outcome.delivered_revision != claim.revision:
            return outcome
        content = await self._drawn(claim)
        return replace(
            outcome,
            overflow=content.rendered.overflow if isinstance(content, DeliveryContent) else None,
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
        """Give the claim back: the process slept, and another one may have taken over."""
        outcome = self._again(
            claim, Verdict.TRANSIENT, SlackResponse(unreachable=True), claim.tries
        )
        return replace(outcome, detail={"stalled": True})

    async def _look(self, claim: Claim, outgoing: Outgoing) -> Claim | Outcome:
        """Look for a post whose answer was lost; return the claim if it is to be posted again."""
        found = await self._transport.find(outgoing)
        claim = replace(claim, pages=found.pages)
        if found.ts and found.left_thread:
            stray = SlackResponse(error="left_thread", ts=found.ts, channel=found.channel)
            return await self._left_thread(claim, stray)
        if found.ts:
            return self._recovered(claim, outgoing, found)
        if not found.answer.ok:
            return await self._looked_in_vain(claim, found.answer)
        if claim.tries >= claim.max_attempts:
            return self._given_up(claim, SlackResponse(error="answer_lost"))
        if found.readable:
            return replace(claim, answer_lost=False)
        claim = replace(claim, answer_lost=False, possibly_delivered=True)
        if claim.ambiguous == Ambiguous.HOLD:
            return self._given_up(claim, SlackResponse(error="held"))
        return claim

    def broken(self, claim: Claim, error: Exception) -> Outcome:
        """Return the outcome of a delivery that failed in our own code: counted and retried."""
        lost = SlackResponse(error="delivery_failed", detail={"reason": type(error).__name__})
        if claim.tries + 1 >= claim.max_attempts:
            return self._given_up(claim, lost, tries=claim.tries + 1)
        outcome = self._again(claim, Verdict.TRANSIENT, lost, claim.tries + 1)
        due_at = max(outcome.due_at or self._now(), self._now() + LOOKUP_DELAY)
        return replace(outcome, answer_lost=not claim.is_edit, due_at=due_at)

    async def _post(self, outgoing: Outgoing) -> SlackResponse:
        answer = await self._transport.post(outgoing)
        if classify(answer, is_edit=False) is Verdict.JOIN:
            joined = await self._transport.join(outgoing.channel)
            if joined.ok:
                return await self._transport.post(outgoing)
            if is_recognised(joined) and classify(joined, is_edit=True) in _PASSING:
                # Nothing was posted, whatever became of the request to join.
                away = joined.lost or joined.unreachable or joined.status >= 500
                return replace(joined, lost=False, unreachable=away)
        return answer

    async def _judge(self, claim: Claim, outgoing: Outgoing, answer: SlackResponse) -> Outcome:
        verdict = classify(answer, is_edit=claim.is_edit)
        if verdict is Verdict.DELIVERED:
            return self._delivered(claim, outgoing, answer)
        if verdict in (Verdict.FINAL, Verdict.JOIN):
            return self._given_up(claim, answer, tries=claim.tries + 1)
        if verdict is Verdict.REFUSED_BLOCKS:
            return self._without_blocks(claim, outgoing, answer)
        if verdict is Verdict.LEFT_THREAD:
            return await self._left_thread(claim, answer)
        if verdict is Verdict.NEW_GENERATION:
            return self._as_new_copy(claim, verdict, answer)
        if verdict in _COUNTED:
            return await self._count(claim, verdict, answer)
        return self._again(claim, verdict, answer, claim.tries)

    async def _count(self, claim: Claim, verdict: Verdict, answer: SlackResponse) -> Outcome:
        """Count a failed attempt, unless Slack is down or refuses the whole workspace."""
        if verdict is not Verdict.TRANSIENT and not await self._alive():
            lost = claim.answer_lost or verdict is Verdict.AMBIGUOUS
            refused = verdict is Verdict.UNRECOGNISED
            away = Verdict.LOCKED_OUT if refused else Verdict.OUTAGE
            return replace(self._again(claim, away, answer, claim.tries), answer_lost=lost)
        tries = claim.tries + 1
        limit = most_tries(claim, is_recognised=verdict is not Verdict.UNRECOGNISED)
        if tries >= limit and verdict is not Verdict.AMBIGUOUS:
            return self._given_up(claim, answer, tries=tries)
        return self._again(claim, verdict, answer, tries)

    def _as_new_copy(self, claim: Claim, verdict: Verdict, answer: SlackResponse) -> Outcome:
        """Post another copy, a few times: the one that Slack knows by this id is gone."""
        tries = claim.tries + 1
        if claim.generation >= MAX_COPIES or tries >= claim.max_attempts:
            return self._given_up(claim, answer, tries=tries)
        outcome = self._again(claim, verdict, answer, tries)
        # What Slack knew, or was taken back, is gone: the next copy is no repeat of it.
        return replace(outcome, is_new_copy=True, answer_lost=False, possibly_delivered=False)

    async def _left_thread(self, claim: Claim, answer: SlackResponse) -> Outcome:
        """Delete a reply that was posted into the channel; recording finds its parent."""
        outcome = self._as_new_copy(claim, Verdict.LEFT_THREAD, answer)
        if not answer.ts:
            return outcome
        deleted = await self._transport.delete(answer.channel or claim.channel, answer.ts)
        is_gone = deleted.ok or deleted.error == "message_not_found"
        detail = {**outcome.detail, "stray_ts": answer.ts, "stray_deleted": is_gone}
        return replace(outcome, detail=detail, due_at=self._now())

    async def _alive(self) -> bool:
        """Probe the other side; the many that fail together share one probe."""
        asked_at = self._now()
        async with self._probing:
            if self._probed_at is None or self._probed_at < asked_at:
                self._probe_ok = (await self._transport.probe()).ok
                self._probed_at = self._now()
            return self._probe_ok

    def _delivered(self, claim: Claim, outgoing: Outgoing, answer: SlackResponse) -> Outcome:
        altered = [*([_TEXT_ALONE] if claim.text_only else []), *answer.warnings]
        # If Slack returns the earlier post, it is certain that it arrived.
        is_settled = claim.possibly_delivered and answer.is_first_copy is True
        delivered = _revision_told(claim, answer)
        is_newest = delivered >= claim.revision
        takes_all = self._transport.takes_overflow
        return Outcome(
            claim=claim,
            verdict=Verdict.DELIVERED,
            answer=answer,
            event=EventName.EDITED if claim.is_edit else EventName.SENT,
            ts=answer.ts or claim.ts,
            delivered_revision=delivered,
            possibly_delivered=claim.possibly_delivered and not is_settled,
            text_only=claim.text_only,
            refusals=claim.refusals,
            overflow=None if takes_all or not is_newest else outgoing.rendered.overflow,
            detail={
                **({"text_only": True} if claim.text_only else {}),
                **({"warnings": altered} if altered else {}),
                **({"recovered": True} if is_settled else {}),
            },
        )

    def _recovered(self, claim: Claim, outgoing: Outgoing, found: Found) -> Outcome:
        """The post whose answer was lost is there: its answer was missing, and what follows it."""
        is_newest = found.revision >= claim.revision  # else an edit brings it, with its own rest
        return Outcome(
            claim=claim,
            verdict=Verdict.DELIVERED,
            answer=SlackResponse(ok=True, ts=found.ts, channel=found.channel),
            event=EventName.SENT,
            ts=found.ts,
            delivered_revision=min(found.revision, claim.revision),
            overflow=outgoing.rendered.overflow if is_newest else None,
            detail={"recovered": True},
        )

    async def _looked_in_vain(self, claim: Claim, answer: SlackResponse) -> Outcome:
        verdict = classify(answer, is_edit=True)
        if verdict in _COUNTED and not await self._alive():
            verdict = Verdict.OUTAGE
        outcome = self._again(claim, verdict, answer, claim.tries)
        return replace(outcome, due_at=self._now() + LOOKUP_DELAY)

    def _without_blocks(self, claim: Claim, outgoing: Outgoing, answer: SlackResponse) -> Outcome:
        """Go on with less of the blocks, step by step (`decide.concede`)."""
        blocks = outgoing.rendered.blocks
        less = concede(claim, answer)
        if less is None:
            return self._given_up(claim, answer, tries=claim.tries + 1)
        if not less.is_pause:
            self._remember(hosts_not_fetched(answer, blocks))
        again = self._again(claim, Verdict.REFUSED_BLOCKS, answer, claim.tries)
        wait = wait_after(claim.queue, 1, self._chance) if less.is_pause else timedelta(0)
        return replace(
            again,
            text_only=less.text_only,
            refusals=less.refusals,
            due_at=self._now() + wait,
            detail={**again.detail, "refused_blocks": blocks},
        )

    def _remember(self, hosts: set[str]) -> None:
        """Leave images from these hosts out for a while."""
        if len(self._hosts_away) > _MAX_HOSTS:
            self._hosts_away.clear()
        self._hosts_away |= dict.fromkeys(hosts, self._now() + _HOST_WAIT)

    def _again(self, claim: Claim, verdict: Verdict, answer: SlackResponse, tries: int) -> Outcome:
        now = self._now()
        due_at = now
        # Look up a lost answer soon, but less often after many lookups.
        is_prompt = verdict is Verdict.AMBIGUOUS and tries <= MAX_TRIES
        if tries > claim.tries and not is_prompt:
            due_at = now + wait_after(claim.queue, tries, self._chance)
        if verdict is Verdict.AMBIGUOUS or answer.lost:
            due_at = max(due_at, now + LOOKUP_DELAY)
        if answer.is_own_wait:
            due_at = now + timedelta(seconds=answer.retry_after or 1.0)
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
            refusals=claim.refusals,
            error=describe(answer),
            detail=failure_detail(answer, verdict),
        )

    def _given_up(
        self, claim: Claim, answer: SlackResponse, fix: str = "", *, tries: int | None = None
    ) -> Outcome:
        error = describe(answer)
        if LATER in (claim.refusals or ()) and claim.is_edit:
            return self._left_as_text(claim, answer)
        return Outcome(
            claim=claim,
            verdict=Verdict.FINAL,
            answer=answer,
            event=EventName.DEAD,
            ts=claim.ts,
            tries=claim.tries if tries is None else tries,
            possibly_delivered=claim.possibly_delivered or error in POSSIBLY_DELIVERED_ERRORS,
            text_only=claim.text_only,
            refusals=claim.refusals,
            error=error,
            detail={**failure_detail(answer, Verdict.FINAL), "fix": fix or fix_for(error)},
        )

    def _left_as_text(self, claim: Claim, answer: SlackResponse) -> Outcome:
        """Keep a final state as text: its text arrived, and its blocks are refused for good."""
        return Outcome(
            claim=claim,
            verdict=Verdict.REFUSED_BLOCKS,
            answer=SlackResponse(error=answer.error, detail=answer.detail),
            event=EventName.FAILED,
            ts=claim.ts,
            delivered_revision=claim.revision,
            possibly_delivered=claim.possibly_delivered,
            refusals=claim.refusals,
            detail=failure_detail(answer, Verdict.REFUSED_BLOCKS),
        )


def _revision_told(claim: Claim, answer: SlackResponse) -> int:
    """
    Return the delivered revision after a success; Slack may have returned an older one.

    If Slack does not say which, a first copy counts as the previous revision, and an edit follows.
    """
    if answer.revision is not None:
        return min(answer.revision, claim.revision)
    is_older = answer.is_first_copy is True and claim.revision > 1
    return claim.revision - 1 if is_older else claim.revision


def _note_attempt(attempt: TraceSpan, outcome: Outcome) -> None:
    claim = outcome.claim
    attempt.note(message_id=claim.id, revision=claim.revision, attempt=claim.tries + 1)
    attempt.note(verdict=str(outcome.verdict))
    if outcome.error:
        attempt.fail(outcome.error)


def _outgoing_of(
    claim: Claim, rendered: Rendered, file: File | None, *, text_only: bool
) -> Outgoing:
    return Outgoing(
        message_id=claim.id,
        revision=claim.revision,
        channel=claim.channel,
        thread_ts=claim.thread_ts,
        ts=claim.ts,
        rendered=rendered,
        text_only=text_only,
        since=claim.called_at or claim.created_at,
        file=file,
        files=[File(**one) for one in claim.files],
        seen_by=claim.seen_by,
        client_msg_id=client_msg_id(claim.id, claim.generation),
    )


def _outcome_detail(content: dict[str, Any], outcome: Outcome) -> dict[str, Any]:
    """Return the detail of an outcome; warnings only if the message is shown somewhere."""
    detail = {**content, **outcome.detail}
    if outcome.delivered_revision is None:
        detail.pop("warnings", None)
    elif "warnings" in content and "warnings" in outcome.detail:
        detail["warnings"] = [*content["warnings"], *outcome.detail["warnings"]]
    return detail
