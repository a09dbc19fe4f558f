"""
An incoming webhook as a transport: it can only post.

Posts can be neither edited nor looked up, and the answer contains no timestamp. Answers are text:
`ok`, or the error.
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

import re
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from bot.messages.error_codes import BY_CODE, Verdict
from bot.messages.policy import SlackResponse, classify
from bot.messages.rendering.strip_interactive import without_controls
from bot.messages.transports.base import Outgoing, not_carried
from bot.messages.transports.http_client import LostError, UnreachableError, WireResponse
from bot.messages.transports.post_only import OneWay
from bot.messages.transports.proxied_http import open_connection
from bot.messages.transports.responses import seconds
from bot.outgoing.proxies import NO_PROXIES, Proxies
from bot.sql.fast_json import decoded

_WEBHOOK_SECONDS = 10.0
_UNHEARD = (
    "Buttons, menus and fields were left out, for nobody hears what is clicked at this "
    "destination: send it to a workspace, or give links."
)
WORD = re.compile(rb"[a-z_]{2,60}")
#: So much of an answer goes into the timeline.
_SAID_BYTES = 200
#: What the address as a whole is refused with; anything else says that somebody is there.
_NO_WEBHOOK = (Verdict.OUTAGE, Verdict.LOCKED_OUT, Verdict.AMBIGUOUS)


class WebhookTransport(OneWay):
    """Posts into the one channel of a webhook; the address is the secret."""

    takes_overflow = False

    def __init__(
        self,
        address: str,
        *,
        is_mute: bool = False,
        timeout_seconds: float = _WEBHOOK_SECONDS,
        proxies: Proxies = NO_PROXIES,
    ) -> None:
        """*is_mute* leaves out what people could click: nobody would hear it."""
        self._wire = open_connection(address, {}, proxies)
        self._is_mute = is_mute
        self._timeout_seconds = timeout_seconds

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

    async def post(self, outgoing: Outgoing) -> SlackResponse:
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
        altered = [] if blocks == drawn else [_UNHEARD]
        if outgoing.files:
            altered += not_carried(outgoing.files, "a webhook")
        answer = await self._call(body)
        return replace(answer, warnings=altered) if altered else answer

    async def probe(self) -> SlackResponse:
        """
        Ask for the address with GET, which nobody acts upon.

        A message without words would be refused by Slack, but starts a workflow or whatever else
        listens at an address that only looks like a webhook.
        """
        answer = await self._said(self._wire.get(self._timeout_seconds))
        there = answer.ok or classify(answer, is_edit=False) not in _NO_WEBHOOK
        return SlackResponse(ok=True) if there else answer

    async def _call(self, body: dict[str, Any]) -> SlackResponse:
        return await self._said(self._wire.post("", body, self._timeout_seconds))

    async def _said(self, asking: Awaitable[WireResponse]) -> SlackResponse:
        try:
            response = await asking
        except UnreachableError:
            return SlackResponse(unreachable=True)
        except LostError:
            return SlackResponse(lost=True)
        return _read_webhook_answer(response)


def _read_webhook_answer(response: WireResponse) -> SlackResponse:
    """
    Return what the webhook said.

    Only `ok` is a yes. Any other yes may be one: it is never sent again by itself. A word on a
    refusal is Slack's code; JSON is that of somebody else, and refuses this message.
    """
    status, said = response.status, response.body.strip()
    if status == 200 and said == b"ok":
        return SlackResponse(ok=True)
    if status == 429:
        named = response.headers.get(b"retry-after")
        wait = seconds(named.decode("latin-1") if named else None)
        return SlackResponse(error="rate_limited", status=status, retry_after=wait)
    if status >= 500:
        return SlackResponse(status=status)
    detail: dict[str, Any] = {"status": status}
    word = said.decode("ascii") if WORD.fullmatch(said) else ""
    code = word or _code_in(said)
    if code or said:
        detail["said"] = code or said[:_SAID_BYTES].decode("utf-8", "replace")
    if status < 300:
        return SlackResponse(error="unexpected_answer", status=status, detail=detail)
    is_code = bool(word) or code in BY_CODE
    return SlackResponse(error=code if is_code else "refused", status=status, detail=detail)


def _code_in(said: bytes) -> str:
    """Return the `error` of a JSON body, shortened; "" if there is none."""
    try:
        content = decoded(said)
    except ValueError:
        return ""
    error = content.get("error") if isinstance(content, dict) else None
    return error[:_SAID_BYTES] if isinstance(error, str) else ""
