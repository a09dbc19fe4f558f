"""
An incoming webhook as a lane needs it: post, and nothing else.

What was posted can be neither edited nor looked up, and the answer does not tell its timestamp.
Answers are words: `ok`, or what is wrong.
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

import re
from dataclasses import replace
from typing import Any

from bot.messages.policy import Answer, Verdict, classify
from bot.messages.rendering.strip_interactive import without_controls
from bot.messages.transports.base import Outgoing, not_carried
from bot.messages.transports.http_client import LostError, Response, UnreachableError, Wire
from bot.messages.transports.post_only import OneWay
from bot.messages.transports.responses import seconds

TIMEOUT_SECONDS = 10.0
UNHEARD = (
    "Buttons, menus and fields were left out, for nobody hears what is clicked at this "
    "destination: send it to a workspace, or give links."
)
WORD = re.compile(rb"[a-z_]{2,60}")
#: What the address as a whole is refused with; anything else says that somebody is there.
NOBODY = (Verdict.OUTAGE, Verdict.LOCKED_OUT, Verdict.AMBIGUOUS)


class WebhookTransport(OneWay):
    """Posts into the one channel of a webhook; the address is the secret."""

    takes_overflow = False

    def __init__(
        self, address: str, *, is_mute: bool = False, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        """*is_mute* leaves out what people could click: nobody would hear it."""
        self._wire = Wire(address, {})
        self._is_mute = is_mute
        self._timeout_seconds = timeout_seconds

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

    async def post(self, outgoing: Outgoing) -> Answer:
        """Post into the webhook's channel."""
        drawn = [] if outgoing.text_only else outgoing.rendered.blocks
        blocks = without_controls(drawn) if self._is_mute else drawn
        body: dict[str, Any] = {
            "text": outgoing.rendered.text,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if blocks:
            body["blocks"] = blocks
        if outgoing.thread_ts:
            body["thread_ts"] = outgoing.thread_ts
        altered = [] if blocks == drawn else [UNHEARD]
        if outgoing.files:
            altered += not_carried(outgoing.files, "a webhook")
        answer = await self._call(body)
        return replace(answer, altered=altered) if altered else answer

    async def probe(self) -> Answer:
        """Ask with a message without words, which is refused only if somebody is there."""
        answer = await self._call({})
        there = classify(answer, is_edit=False) not in NOBODY
        return Answer(ok=True) if there else answer

    async def _call(self, body: dict[str, Any]) -> Answer:
        try:
            response = await self._wire.post("", body, self._timeout_seconds)
        except UnreachableError:
            return Answer(unreachable=True)
        except LostError:
            return Answer(lost=True)
        return read_answer(response)


def read_answer(response: Response) -> Answer:
    """Return what the webhook said. A word we do not know on a 4xx refuses this message."""
    status, said = response.status, response.body.strip()
    if status == 200 and said == b"ok":
        return Answer(ok=True)
    if status == 429:
        named = response.headers.get(b"retry-after")
        wait = seconds(named.decode("latin-1") if named else None)
        return Answer(error="rate_limited", status=status, retry_after=wait)
    if status >= 500 or status < 400:
        # A yes in other words is none: whether it was posted is not known.
        return Answer(status=status) if status >= 500 else Answer(lost=True)
    word = said.decode("ascii") if WORD.fullmatch(said) else "refused"
    return Answer(error=word, status=status, detail={"status": status})
