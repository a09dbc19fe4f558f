"""
What can be learned only by posting: is `client_msg_id` honoured, and which blocks are taken.

Everything posted is deleted again. It runs only where somebody has named a channel for it.
"""

import json
from typing import Any
from uuid import uuid4

import aiohttp

from bot.doctor.findings import Finding
from bot.settings import Settings
from bot.wiring.credentials import tokens_of
from bot.workspaces.preflight import call

_TEXT = "A test of `python -m bot doctor`; it is deleted at once."
_WORDS = {"type": "plain_text", "text": "test"}
_RAW = {"type": "raw_text", "text": "test"}
#: The ladder: what the bot prefers, and what it falls back to if Slack refuses that.
_LADDER: dict[str, dict[str, Any]] = {
    "data_table": {"type": "data_table", "caption": "test", "rows": [[_RAW], [_RAW]]},
    "data_visualization": {
        "type": "data_visualization",
        "title": "test",
        "chart": {
            "type": "bar",
            "axis_config": {"categories": ["a", "b"]},
            "series": [
                {
                    "name": "test",
                    "data": [{"label": "a", "value": 1}, {"label": "b", "value": 2}],
                }
            ],
        },
    },
    "table": {"type": "table", "rows": [[_RAW], [_RAW]]},
    "rich_text": {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "test"}]}],
    },
    "section": {"type": "section", "text": _WORDS},
}


class Probe:
    """Posts into one channel, and deletes what it posted."""

    def __init__(self, session: aiohttp.ClientSession, settings: Settings, channel: str) -> None:
        self._session = session
        self._url = settings.slack_api_url
        self._proxy = settings.proxies.for_url(self._url)
        self._token = tokens_of(settings)[0]
        self._channel = channel
        self._posted: set[tuple[str, str]] = set()
        self._refusal = ""

    async def examine(self) -> list[Finding]:
        """Return what Slack takes; a refusal of the channel ends it."""
        try:
            return await self._examine()
        finally:
            for channel, ts in sorted(self._posted):
                await self._call("chat.delete", channel=channel, ts=ts)

    async def _examine(self) -> list[Finding]:
        name = {"client_msg_id": str(uuid4())}
        first, again = await self._post(name), await self._post(name)
        if first is None:
            return [
                Finding.problem(
                    "probe",
                    f"cannot post to {self._channel}: {self._refusal}",
                    "give --channel the id of a channel that the bot is in",
                )
            ]
        taken = {
            kind: await self._post({"blocks": json.dumps([block])}) is not None
            for kind, block in _LADDER.items()
        }
        refused = [kind for kind, is_taken in taken.items() if not is_taken]
        return [
            Finding.note("probe", _about_msg_id(first, again)),
            Finding.ok("probe", f"blocks taken: {', '.join(k for k in taken if taken[k])}"),
            *(
                Finding.note("probe", f"blocks refused, the next simpler ones are used: {one}")
                for one in refused
            ),
        ]

    async def _post(self, arguments: dict[str, str]) -> str | None:
        body = await self._call("chat.postMessage", text=_TEXT, **arguments)
        ts, channel = body.get("ts"), body.get("channel")
        if not isinstance(ts, str) or not isinstance(channel, str):
            return None
        self._posted.add((channel, ts))
        return ts

    async def _call(self, method: str, **arguments: str) -> dict[str, Any]:
        said = {"channel": self._channel, **arguments}
        reply = await call(self._session, f"{self._url}{method}", self._token, self._proxy, **said)
        self._refusal = reply.why
        return reply.body


def _about_msg_id(first: str, again: str | None) -> str:
    if again == first:
        return "client_msg_id is honoured: a repeated post is recognised"
    if again is None:
        return "client_msg_id is refused the second time: nothing is posted twice"
    return "client_msg_id is ignored: a lost answer is looked up in the channel's history"
