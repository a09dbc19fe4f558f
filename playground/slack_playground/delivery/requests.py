"""
What is sent to an app over HTTP: events, slash commands and interactions.

https://docs.slack.dev/apis/events-api/using-http-request-urls and
https://docs.slack.dev/interactivity/implementing-slash-commands
"""

import asyncio
import json
import secrets
import time
import uuid
from urllib.parse import urlencode

import aiohttp

from slack_playground.app.manifest import Manifest
from slack_playground.delivery.outcome import Delivery
from slack_playground.delivery.signing import signed
from slack_playground.faults import ENVELOPE, Faults
from slack_playground.journal import Envelope, Journal
from slack_playground.state import Record
from slack_playground.timing.clock import Clock

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
# https://docs.slack.dev/apis/events-api#retries has the reasons.
_FAILED = {0: "connection_failed", -2: "too_many_redirects", -3: "ssl_error"}
_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


class Requests:
    """
    Posts to the app's request URLs, signed.

    `url` is one address for everything, as Bolt has it; without it the manifest's count, unless
    the app is in Socket Mode.
    """

    def __init__(
        self,
        manifest: Manifest,
        journal: Journal,
        clock: Clock,
        faults: Faults,
        *,
        url: str | None,
        ack_seconds: float,
    ) -> None:
        self.url = url
        self.ack_seconds = ack_seconds
        self.manifest = manifest
        self._journal = journal
        self._clock = clock
        self._faults = faults
        self._verified: set[str] = set()

    @property
    def are_used(self) -> bool:
        return bool(self.url or self.manifest.request_urls)

    def address(self, kind: str, payload: Record) -> str | None:
        """Return where a payload goes, None if the app has said no address for it."""
        if self.url:
            return self.url
        urls = self.manifest.request_urls
        if kind == "events_api":
            return urls.get("events")
        if kind == "slash_commands":
            return urls.get(payload["command"])
        if payload["type"] == "block_suggestion":
            return urls.get("options") or urls.get("interactivity")
        return urls.get("interactivity")

    async def verify(self, url: str) -> bool:
        """
        Ask a request URL for its events to repeat a challenge, as Slack does when it is set.

        An address that did so once is not asked again.
        """
        if url in self._verified:
            return True
        challenge = secrets.token_hex(24)
        sent = {"token": "playground", "challenge": challenge, "type": "url_verification"}
        status, text, _ = await self._post(url, json.dumps(sent).encode(), _JSON, {})
        if status != 200 or challenge not in text:
            return False
        self._verified.add(url)
        return True

    async def deliver(
        self,
        kind: str,
        payload: Record,
        *,
        takes_answer: bool = True,
        retry: tuple[int, str] | None = None,
    ) -> Delivery:
        """Post one payload and wait for its acknowledgement, for three seconds."""
        envelope = Envelope(str(uuid.uuid4()), kind, payload, self._clock.now())
        envelope.retry_attempt = retry[0] if retry is not None else 0
        self._journal.add(envelope)
        delivery = await self._send(kind, payload, retry)
        envelope.outcome, envelope.answer = delivery.outcome, delivery.answer
        return delivery if takes_answer else Delivery(delivery.outcome, None, delivery.reason)

    async def _send(self, kind: str, payload: Record, retry: tuple[int, str] | None) -> Delivery:
        url = self.address(kind, payload)
        if url is None or (kind == "events_api" and not await self.verify(url)):
            return Delivery("no_connection", reason="connection_failed")
        fault = self._faults.take(ENVELOPE)
        struck = "" if fault is None else fault.kind
        if fault is not None and struck == "delay":
            await asyncio.sleep(fault.seconds)
        if struck == "lose":
            await asyncio.sleep(self.ack_seconds)
            return Delivery("timeout", reason="http_timeout")
        body, content_type = _written(kind, payload)
        headers = {}
        if retry is not None and retry[0]:
            headers = {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        if struck == "twice":
            await self._post(url, body, content_type, headers)
        return _read(kind, *await self._post(url, body, content_type, headers))

    async def _post(
        self, url: str, body: bytes, content_type: str, headers: dict[str, str]
    ) -> tuple[int, str, bool]:
        """Return the status, or how it failed below 1 (`_FAILED`), the text, and "do not retry"."""
        said = {
            **signed(body, int(time.time())),
            "Content-Type": content_type,
            "User-Agent": _AGENT,
            **headers,
        }
        timeout = aiohttp.ClientTimeout(total=self.ack_seconds)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(url, data=body, headers=said, max_redirects=2) as response,
            ):
                text = (await response.read()).decode("utf-8", "replace")
                return response.status, text, response.headers.get("X-Slack-No-Retry") == "1"
        except TimeoutError:
            return -1, "", False
        except aiohttp.TooManyRedirects:
            return -2, "", False
        except (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError):
            return -3, "", False
        except (aiohttp.ClientError, ValueError):
            return 0, "", False


def _written(kind: str, payload: Record) -> tuple[bytes, str]:
    """Return the body of a request and what it is."""
    if kind == "events_api":
        return json.dumps(payload).encode(), _JSON
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), _FORM


def _read(kind: str, status: int, text: str, has_enough: bool) -> Delivery:
    if 200 <= status < 300:
        return Delivery("acknowledged", _answer(kind, text))
    if status == -1:
        return Delivery("timeout", reason="http_timeout")
    if status < 1:
        return Delivery("no_connection", reason=_FAILED[status])
    outcome = "http_service_error" if status >= 500 else "http_client_error"
    return Delivery(outcome, reason=None if has_enough else "http_error")


def _answer(kind: str, text: str) -> Record | None:
    """Return what an acknowledgement says: JSON, or for a command plain words."""
    try:
        value = json.loads(text) if text.strip() else None
    except ValueError:
        value = None
    if isinstance(value, dict):
        return value
    return {"text": text} if kind == "slash_commands" and text.strip() else None
