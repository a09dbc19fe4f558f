"""One answered request: logged, and spoilt if a fault was ordered for it."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from slack_playground.faults import Fault
from slack_playground.journal import Call
from slack_playground.state import Record
from slack_playground.workspace import Workspace


@dataclass(slots=True)
class Answer:
    """What is sent back: `body` as JSON, or `text` where the body is only what is logged."""

    body: Record
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request for `method`, with what it takes to answer and to log it."""

    workspace: Workspace
    method: str
    arguments: Record
    request: web.Request
    # Where what is logged came from; the time it took is counted from here.
    started: float = field(default_factory=time.perf_counter)

    async def serve(self, work: Callable[[], Answer]) -> web.Response:
        """Respond with what `work` answers, or break off as an ordered fault demands."""
        fault = self.workspace.faults.take(self.method)
        if fault is None:
            return self._respond(work())
        if fault.kind in ("error", "http"):
            return self._respond(_ordered(fault))
        if fault.kind == "refuse":
            return self._break_off()
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        if fault.kind == "hold" and await fault.hold():
            return self._break_off()
        answer = work()
        if fault.kind == "hold_answer":
            await fault.hold()
        return self._break_off() if fault.kind == "drop_answer" else self._respond(answer)

    def _respond(self, answer: Answer) -> web.Response:
        self._log(answer.body, answer.status)
        headers = {**answer.headers, "x-slack-req-id": secrets.token_hex(16)}
        if answer.text is not None:
            return web.Response(text=answer.text, status=answer.status, headers=headers)
        return web.json_response(answer.body, status=answer.status, headers=headers)

    def _break_off(self) -> web.Response:
        self._log(None, 0)
        if self.request.transport is not None:
            self.request.transport.abort()
        # Nobody reads this: aiohttp wants a response also for a connection that is gone.
        return web.Response()

    def _log(self, body: Record | None, status: int) -> None:
        now = self.workspace.clock.now()
        seconds = time.perf_counter() - self.started
        team = self.workspace.state.team_id
        call = Call(self.method, self.arguments, body, status, now, team, seconds=seconds)
        self.workspace.journal.add(call)


def _told(errors: list[str] | None) -> Record:
    """Return what refused blocks come with: what is wrong, and where."""
    if errors is None:
        return {}
    metadata = {"messages": [f"[ERROR] {error}" for error in errors]}
    return {"errors": errors, "response_metadata": metadata}


def _ordered(fault: Fault) -> Answer:
    if fault.kind == "error":
        return Answer({"ok": False, "error": fault.error, **_told(fault.errors)})
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    error = "ratelimited" if fault.status == 429 else fault.error
    return Answer({"ok": False, "error": error}, fault.status, headers)
