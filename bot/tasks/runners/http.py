"""The HTTP runner: an orchestrator that accepts tasks over HTTP."""

import asyncio
import json
from urllib.parse import quote

import aiohttp
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from bot.clock import Clock
from bot.config_file import HttpRunner
from bot.errors import ConfigError
from bot.outgoing.public_resolver import PublicResolver
from bot.redaction import redact
from bot.tasks.runners.runner import Attempt, Launch, RunnerError

_HANDOVER_ATTEMPTS = 3
_PAUSE_SECONDS = 1.0
_ANSWER_SHOWN = 300
#: More than is shown, so that a secret at the end is masked before truncation.
_ANSWER_BYTES = 4_096


class HttpOrchestrator:
    """Posts the launch; `Idempotency-Key` is the same when the same attempt is posted again."""

    repeatable = True

    def __init__(
        self,
        settings: HttpRunner,
        secret: str | None,
        clock: Clock,
        *,
        pause_seconds: float = _PAUSE_SECONDS,
    ) -> None:
        self._pause_seconds = pause_seconds
        self._session: aiohttp.ClientSession | None = None
        self._clock = clock
        self._settings = settings
        self._webhook = webhook(secret) if secret else None

    async def start(self, launch: Launch) -> None:
        """Post the launch, with retries; raise `RunnerError` with the response."""
        key = _delivery_key(launch.key)
        body = json.dumps(launch.as_json()).encode()
        for left in reversed(range(_HANDOVER_ATTEMPTS)):
            try:
                await self._post(self._settings.url, key, body)
            except (aiohttp.ClientError, TimeoutError) as error:
                if not left:
                    reason = _reason_of(error)
                    raise RunnerError(f"The orchestrator does not answer: {reason}") from error
                await asyncio.sleep(self._pause_seconds)
            else:
                return

    async def cancel(self, attempt: Attempt) -> None:
        """
        Post the cancellation to `cancel_url`, if set; else the next callback's response says so.
        """
        if not self._settings.cancel_url:
            return
        asked = {"taskId": attempt.task_id, "attempt": attempt.number, "tenant": attempt.tenant}
        key, body = f"{_delivery_key(attempt)}:cancel", json.dumps(asked).encode()
        try:
            await self._post(self._settings.cancel_url, key, body)
        except (aiohttp.ClientError, TimeoutError) as error:
            reason = _reason_of(error)
            raise RunnerError(f"The orchestrator did not take the cancel: {reason}") from error

    async def follow(self) -> None:
        """Orchestrators call back."""

    async def stop(self) -> None:
        """Hang up."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, url: str, key: str, body: bytes) -> None:
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        if self._webhook:
            now = self._clock.now()
            headers |= {
                "webhook-id": key,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": self._webhook.sign(key, now, body.decode()),
            }
        timeout = aiohttp.ClientTimeout(total=self._settings.timeout_seconds)
        async with self._open().post(
            # A redirected POST would become a GET that every login page answers with 200.
            url,
            data=body,
            headers=headers,
            timeout=timeout,
            allow_redirects=False,
        ) as answer:
            if answer.status >= 500:
                answer.raise_for_status()
            if answer.status >= 300:
                said = await _beginning(answer)
                raise RunnerError(f"The orchestrator refused it ({answer.status}): {said}")

    def _open(self) -> aiohttp.ClientSession:
        """Return our own connection pool, opened at the first call."""
        if self._session is None:
            guard = PublicResolver(setting="private_addresses")
            resolver = None if self._settings.private_addresses else guard
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60, resolver=resolver),
                # A few kilobytes may unpack to gigabytes.
                auto_decompress=False,
                headers={"Accept-Encoding": "identity"},
            )
        return self._session


async def _beginning(answer: aiohttp.ClientResponse) -> str:
    """Return the beginning of a response, however long it is, without secrets."""
    said = b""
    while len(said) < _ANSWER_BYTES and (chunk := await answer.content.read(_ANSWER_BYTES)):
        said += chunk
    answer.close()  # There may be gigabytes more of it.
    return redact(said[:_ANSWER_BYTES].decode(errors="replace"))[:_ANSWER_SHOWN]


def _delivery_key(attempt: Attempt) -> str:
    """Return a key that is unique to this attempt, across tenants and tasks."""
    names = (quote(name, safe="") for name in (attempt.tenant, attempt.task_id))
    return ":".join([*names, str(attempt.number)])


def webhook(secret: str) -> Webhook:
    """Return the signer for *secret*; raise `ConfigError` if it is not valid."""
    try:
        return Webhook(secret)
    except (ValueError, EmptyWebhookSecretError) as error:
        raise ConfigError(
            ["CALLBACK_SECRET: must be base64, with or without `whsec_` in front"]
        ) from error


def _reason_of(error: aiohttp.ClientError | TimeoutError) -> str:
    """Return what went wrong without the address, which may contain a secret."""
    if isinstance(error, aiohttp.ClientResponseError):
        return f"{error.status} {error.message}"
    if isinstance(error, aiohttp.InvalidURL):
        return "its address is none"
    return str(error) or type(error).__name__
