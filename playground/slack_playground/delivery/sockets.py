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
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from slack_playground.delivery.outcome import Delivery
from slack_playground.errors import PageError
from slack_playground.faults import ENVELOPE, SOCKET, Fault, Faults
from slack_playground.journal import Envelope, Journal
from slack_playground.state import Record
from slack_playground.timing.clock import Clock
from slack_playground.timing.waits import Waits

MAX_SOCKETS = 10
TICKET_SECONDS = 60.0
WARNING_SECONDS = 10.0
# With `&debug_reconnects=true` at the address, for trying out what else comes every few hours.
DEBUG_LIFE_SECONDS = 360.0
LIFE_SECONDS = 18_060.0

logger = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Socket:
    ws: web.WebSocketResponse
    is_deaf: bool = False


@dataclass(slots=True)
class _Waiting:
    envelope: Envelope
    answer: "asyncio.Future[Record | None]" = field(repr=False)


class Sockets:
    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        faults: Faults,
        waits: Waits,
        *,
        ack_seconds: float,
        dice: random.Random,
    ) -> None:
        self.ack_seconds = ack_seconds
        self.was_wanted = False
        self._journal = journal
        self._clock = clock
        self._faults = faults
        self._waits = waits
        self._dice = dice
        self._open: list[Socket] = []
        self._tickets: dict[str, float] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._upsets: set[asyncio.Task[None]] = set()

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

    def next_fault(self) -> Fault | None:
        """Return what was ordered to befall the socket that opens now."""
        return self._faults.take(SOCKET)

    async def serve(
        self,
        ws: web.WebSocketResponse,
        app_id: str,
        fault: Fault | None = None,
        *,
        is_short: bool = False,
    ) -> None:
        """
        Keep a freshly opened socket until it closes; do to it what was ordered.

        A short one is asked to reconnect after six minutes.
        """
        kind = "" if fault is None else fault.kind
        reason = "too_many_websockets" if self.count >= MAX_SOCKETS else kind
        if reason in ("too_many_websockets", "link_disabled"):
            await ws.send_json(_disconnect(reason))
            await ws.close()
            return
        socket = Socket(ws)
        self._open.append(socket)
        try:
            life = DEBUG_LIFE_SECONDS if is_short else LIFE_SECONDS
            await ws.send_json(_hello(self.count, app_id, life))
            if is_short:
                self._later(self._wear_out(socket))
            if fault is not None:
                self._later(self._upset(socket, fault))
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
        """
        Send one envelope to one socket and wait for its acknowledgement.

        Raises PageError if there is a reset before that: the workspace knows nothing of it then.
        """
        envelope = Envelope(str(uuid.uuid4()), kind, payload, self._clock.now())
        fault = self._faults.take(ENVELOPE)
        frame: Record = {
            "envelope_id": envelope.envelope_id,
            "payload": payload,
            "type": kind,
            "accepts_response_payload": takes_answer,
        }
        if retry is not None:
            frame["retry_attempt"], frame["retry_reason"] = retry
            envelope.retry_attempt = retry[0]
        self._journal.add(envelope)
        waiting = _Waiting(envelope, asyncio.get_running_loop().create_future())
        self._waiting[envelope.envelope_id] = waiting
        try:
            delivery = await self._send(frame, waiting, fault)
        finally:
            del self._waiting[envelope.envelope_id]
        envelope.outcome, envelope.answer = delivery.outcome, delivery.answer
        return delivery

    async def refresh(self, *, after_seconds: float = WARNING_SECONDS) -> None:
        """Warn every socket, then ask it to reconnect, as Slack does every few hours."""
        sockets = list(self._open)
        await self.warn()
        await asyncio.sleep(after_seconds)
        for socket in sockets:
            await self._dismiss(socket, "refresh_requested")

    async def warn(self) -> None:
        """Announce a refresh on every socket, and leave it at that."""
        for socket in list(self._open):
            await socket.ws.send_json(_disconnect("warning"))

    async def dismiss(self, reason: str) -> None:
        """Close every socket for this reason."""
        for socket in list(self._open):
            await self._dismiss(socket, reason)

    def deafen(self) -> None:
        """Leave every socket open, but answer no ping and deliver nothing on it."""
        for socket in self._open:
            socket.is_deaf = True

    def reset(self) -> None:
        """Forget who waits for an acknowledgement; the sockets stay open."""
        for waiting in self._waiting.values():
            if not waiting.answer.done():
                error = PageError("reset", "The workspace was reset meanwhile.", status=409)
                waiting.answer.set_exception(error)

    async def close(self, code: int = WSCloseCode.OK) -> None:
        """Close every socket without a word."""
        for upset in self._upsets:
            upset.cancel()
        sockets, self._open = self._open, []
        for socket in sockets:
            await socket.ws.close(code=code)

    async def _send(self, frame: Record, waiting: _Waiting, fault: Fault | None) -> Delivery:
        kind = "" if fault is None else fault.kind
        if fault is not None and kind == "delay":
            await asyncio.sleep(fault.seconds)
        while self._open:
            socket = self._dice.choice(self._open)
            if not socket.is_deaf and kind != "lose":
                try:
                    for _ in range(2 if kind == "twice" else 1):
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

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._upsets.add(task)
        task.add_done_callback(self._upsets.discard)

    async def _wear_out(self, socket: Socket) -> None:
        await self._waits.sleep(DEBUG_LIFE_SECONDS - WARNING_SECONDS)
        if not socket.ws.closed:
            await socket.ws.send_json(_disconnect("warning"))
        await self._waits.sleep(WARNING_SECONDS)
        await self._dismiss(socket, "refresh_requested")

    async def _upset(self, socket: Socket, fault: Fault) -> None:
        if fault.kind == "disconnect" and not socket.ws.closed:
            await socket.ws.send_json(_disconnect("warning"))
        await asyncio.sleep(fault.seconds)
        if fault.kind == "deaf":
            socket.is_deaf = True
        elif fault.kind == "disconnect":
            await self._dismiss(socket, "refresh_requested")
        elif fault.kind == "close":
            self._forget(socket)
            await socket.ws.close()

    async def _dismiss(self, socket: Socket, reason: str) -> None:
        self._forget(socket)
        if not socket.ws.closed:
            await socket.ws.send_json(_disconnect(reason))
            await socket.ws.close()

    def _forget(self, socket: Socket) -> None:
        if socket in self._open:
            self._open.remove(socket)


def _hello(count: int, app_id: str, life_seconds: float) -> Record:
    return {
        "type": "hello",
        "num_connections": count,
        "debug_info": {
            "host": "applink-playground",
            "build_number": 1,
            "approximate_connection_time": int(life_seconds),
        },
        "connection_info": {"app_id": app_id},
    }


def _disconnect(reason: str) -> Record:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-playground"}}
