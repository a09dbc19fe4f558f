"""
The Socket Mode connection, and the watchdog that replaces a dead one.

The SDK reconnects by itself in most cases, but it can retry an expired address for ever or stay
connected to a peer that has gone silent. So its client is thrown away and made anew whenever
it has shown no sign of life for `_DEAD_AFTER_SECONDS`.
"""

import asyncio
import contextlib
import json
import logging
import time
from dataclasses import dataclass

import structlog
from aiohttp import WSMessage, WSMsgType
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from bot.errors import ConfigError

logger = structlog.get_logger(__name__)

#: The SDK calls a connection stale after four of these.
_PING_SECONDS = 5.0
_WATCH_SECONDS = 5.0
_DEAD_AFTER_SECONDS = 35.0
_SOCKET_CONNECT_SECONDS = 15.0
_CLOSE_SECONDS = 2.0
#: Maximum wait for Slack's hello, which normally comes at once.
_HELLO_SECONDS = 2.0


@dataclass(frozen=True)
class _SocketHealth:
    """What health says: whether Slack can reach us, and since when it has been silent."""

    connected: bool
    silent_seconds: float | None
    replaced: int
    age_seconds: float | None = None  # of the connection, while there is one


class Socket:
    """Keeps one connection open from `start` to `stop`."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        *,
        proxy: str | None = None,
        app_id: str | None = None,
        ping_seconds: float = _PING_SECONDS,
        check_seconds: float = _WATCH_SECONDS,
        dead_after_seconds: float = _DEAD_AFTER_SECONDS,
    ) -> None:
        self._ping_seconds = ping_seconds
        self._check_seconds = check_seconds
        self._dead_after_seconds = dead_after_seconds
        self._app = app
        self._proxy = proxy
        self._app_token = app_token
        self._app_id = app_id
        self._said_hello = asyncio.Event()
        self._hello_app_id: str | None = None
        self._handler: AsyncSocketModeHandler | None = None
        self._watch: asyncio.Task[None] | None = None
        self._connected = False
        self._alive_at: float | None = None
        self._begun_at = 0.0
        self._answered_at: float | None = None
        self._replaced = 0
        self._connected_at: float | None = None

    async def start(self) -> None:
        """
        Connect, and keep watch from now on; returns when connected or after 15 s of trying.

        Raises `ConfigError` if Slack connects us as another app than *app_id*.
        """
        self._alive_at = time.monotonic()
        await self._connect()
        await self._require_own_app()
        self._watch = asyncio.create_task(self._keep_watch(), name="socket watchdog")

    async def stop(self) -> None:
        """Hang up; Slack keeps events for the next connection and sends them again."""
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self._hang_up()

    def health(self) -> _SocketHealth:
        """Return the state of the connection as of the last check."""
        silent = None if self._alive_at is None else round(time.monotonic() - self._alive_at, 1)
        age = (
            None if self._connected_at is None else round(time.monotonic() - self._connected_at, 1)
        )
        return _SocketHealth(self._connected, silent, self._replaced, age)

    async def _connect(self) -> None:
        self._begun_at = time.monotonic()
        handler = AsyncSocketModeHandler(
            self._app,
            self._app_token,
            # Its own chatter, full of payloads, is not for our log.
            logger=_quiet_logger(),
            web_client=self._app.client,
            proxy=self._proxy,
            ping_interval=self._ping_seconds,
        )
        self._handler = handler
        handler.client.on_message_listeners.append(self._heard)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(handler.connect_async(), _SOCKET_CONNECT_SECONDS)
        await self._look(handler)

    async def _hang_up(self) -> None:
        handler, self._handler = self._handler, None
        self._connected = False
        self._connected_at = None
        if handler is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(handler.close_async(), _CLOSE_SECONDS)

    async def _require_own_app(self) -> None:
        if self._app_id is None or not self._connected:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._said_hello.wait(), _HELLO_SECONDS)
        if self._hello_app_id not in (None, self._app_id):
            await self._hang_up()
            raise ConfigError(
                [
                    f"SLACK_APP_TOKEN: belongs to app {self._hello_app_id}, but SLACK_BOT_TOKEN "
                    f"to app {self._app_id}; copy both from the same app at api.slack.com/apps"
                ]
            )

    async def _heard(self, message: WSMessage) -> None:
        self._alive_at = time.monotonic()
        if not self._said_hello.is_set() and message.type == WSMsgType.TEXT:
            self._hear_hello(message.data)

    def _hear_hello(self, said: str) -> None:
        try:
            info = json.loads(said)
            if info["type"] == "hello":
                self._hello_app_id = info["connection_info"]["app_id"]
                self._said_hello.set()
        except (KeyError, TypeError, ValueError):
            return  # Not a hello as Slack says it: nothing is known of the app then.

    async def _keep_watch(self) -> None:
        while True:
            await asyncio.sleep(self._check_seconds)
            try:
                await self._check()
            except Exception:
                logger.exception("socket_check_failed")

    async def _check(self) -> None:
        if self._handler is not None:
            await self._look(self._handler)
        now, alive_at = time.monotonic(), self._alive_at or 0.0
        if now - max(alive_at, self._begun_at) > self._dead_after_seconds:
            logger.warning("socket_replaced", silent_seconds=round(now - alive_at, 1))
            self._replaced += 1
            await self._hang_up()
            await self._connect()

    async def _look(self, handler: AsyncSocketModeHandler) -> None:
        """Note a sign of life: the socket is open, and a ping was answered since the last look."""
        client = handler.client
        connected = await client.is_connected()
        if connected != self._connected:
            logger.info("socket_connected" if connected else "socket_lost")
            self._connected_at = time.monotonic() if connected else None
        self._connected = connected
        # A time of day, and that can be set back: it counts that it has changed, not how old it is.
        answered_at, self._answered_at = self._answered_at, client.last_ping_pong_time
        if connected and self._answered_at not in (None, answered_at):
            self._alive_at = time.monotonic()


def _quiet_logger() -> logging.Logger:
    """Return the SDK's logger, silenced below critical."""
    sdk = logging.getLogger("opsbell.socket")
    sdk.setLevel(logging.CRITICAL)
    return sdk
