"""
Socket Mode, seen from Slack's side.

The wire is that of https://docs.slack.dev/apis/events-api/using-socket-mode:
a ticketed address, `hello`, envelopes, acknowledgements, `disconnect`. An
envelope goes to exactly one of up to ten sockets, any of them.
"""

import asyncio
import json
import logging
import random
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import WSCloseCode, WSMsgType, web

from playground.clock import Clock
from playground.journal import Envelope, Journal
from playground.state import Record

MAX_SOCKETS = 10
TICKET_SECONDS = 60.0
WARNING_SECONDS = 10.0

logger = logging.getLogger(__name__)

Outcome = Literal["acknowledged", "timeout", "no_connection"]


@dataclass(eq=False, slots=True)
class Socket:
    ws: web.WebSocketResponse
    is_deaf: bool = False


@dataclass(slots=True)
class Delivery:
    """What came back: the app's payload (if any) when acknowledged in time."""

    outcome: Outcome
    answer: Record | None = None


@dataclass(slots=True)
class _Waiting:
    envelope: Envelope
    answer: "asyncio.Future[Record | None]" = field(repr=False)


class Sockets:
    def __init__(
        self, journal: Journal, clock: Clock, *, ack_seconds: float, dice: random.Random
    ) -> None:
        self.ack_seconds = ack_seconds
        self.was_wanted = False
        self._journal = journal
        self._clock = clock
        self._dice = dice
        self._open: list[Socket] = []
        self._tickets: dict[str, float] = {}
        self._waiting: dict[str, _Waiting] = {}

    @property
    def count(self) -> int:
        return len(self._open)

    def issue_ticket(self) -> str:
        """Return a ticket that opens one socket within a minute."""
        self.was_wanted = True
        ticket = secrets.token_hex(16)
        self._tickets[ticket] = self._clock.now() + TICKET_SECONDS
        return ticket

    def takes(self, ticket: str) -> bool:
        """Use a ticket up; False if it is unknown, used or too old."""
        return self._tickets.pop(ticket, 0.0) >= self._clock.now()

    async def serve(self, ws: web.WebSocketResponse, app_id: str) -> None:
        """Keep a freshly opened socket until it closes."""
        if self.count >= MAX_SOCKETS:
            await ws.send_json(_disconnect("too_many_websockets"))
            await ws.close()
            return
        socket = Socket(ws)
        self._open.append(socket)
        try:
            await ws.send_json(_hello(self.count, app_id))
            await self._listen(socket)
        except ConnectionError:
            logger.debug("socket_lost")
        finally:
            if socket in self._open:
                self._open.remove(socket)

    async def deliver(
        self,
        kind: str,
        payload: Record,
        *,
        takes_answer: bool = True,
        retry: tuple[int, str] | None = None,
    ) -> Delivery:
        """Send one envelope to one socket and wait for its acknowledgement."""
        envelope = Envelope(str(uuid.uuid4()), kind, payload, self._clock.now())
        frame: Record = {
            "envelope_id": envelope.envelope_id,
            "payload": payload,
            "type": kind,
            "accepts_response_payload": takes_answer,
        }
        if retry is not None:
            frame["retry_attempt"], frame["retry_reason"] = retry
            envelope.retry_attempt = retry[0]
        self._journal.envelopes.append(envelope)
        waiting = _Waiting(envelope, asyncio.get_running_loop().create_future())
        self._waiting[envelope.envelope_id] = waiting
        try:
            delivery = await self._send(frame, waiting)
        finally:
            del self._waiting[envelope.envelope_id]
        envelope.outcome, envelope.answer = delivery.outcome, delivery.answer
        return delivery

    async def refresh(self, *, after_seconds: float = WARNING_SECONDS) -> None:
        """Warn every socket, then ask it to reconnect, as Slack does every few hours."""
        sockets = list(self._open)
        for socket in sockets:
            await socket.ws.send_json(_disconnect("warning"))
        await asyncio.sleep(after_seconds)
        for socket in sockets:
            self._forget(socket)
            if not socket.ws.closed:
                await socket.ws.send_json(_disconnect("refresh_requested"))
                await socket.ws.close()

    def deafen(self) -> None:
        """Leave every socket open, but answer no ping and deliver nothing on it."""
        for socket in self._open:
            socket.is_deaf = True

    async def close(self, code: int = WSCloseCode.OK) -> None:
        """Close every socket without a word."""
        sockets, self._open = self._open, []
        for socket in sockets:
            await socket.ws.close(code=code)

    async def _send(self, frame: Record, waiting: _Waiting) -> Delivery:
        while self._open:
            socket = self._dice.choice(self._open)
            if not socket.is_deaf:
                try:
                    await socket.ws.send_str(json.dumps(frame))
                except ConnectionError:
                    self._forget(socket)
                    continue
            try:
                answer = await asyncio.wait_for(waiting.answer, self.ack_seconds)
            except TimeoutError:
                return Delivery("timeout")
            return Delivery("acknowledged", answer)
        return Delivery("no_connection")

    async def _listen(self, socket: Socket) -> None:
        async for message in socket.ws:
            if socket.is_deaf:
                continue
            if message.type is WSMsgType.PING:
                await socket.ws.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self._acknowledge(message.data)

    def _acknowledge(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            frame = None
        if not isinstance(frame, dict):
            logger.warning("frame_is_no_json_object")
            return
        waiting = self._waiting.get(frame.get("envelope_id", ""))
        if waiting is not None and not waiting.answer.done():
            payload = frame.get("payload")
            waiting.answer.set_result(payload if isinstance(payload, dict) else None)

    def _forget(self, socket: Socket) -> None:
        if socket in self._open:
            self._open.remove(socket)


def _hello(count: int, app_id: str) -> Record:
    return {
        "type": "hello",
        "num_connections": count,
        "debug_info": {
            "host": "applink-playground",
            "build_number": 1,
            "approximate_connection_time": 18060,
        },
        "connection_info": {"app_id": app_id},
    }


def _disconnect(reason: str) -> Record:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-playground"}}
