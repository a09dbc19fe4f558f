"""What a test does to the workspace from outside: faults, sockets, the journal, a reset."""

import asyncio
from dataclasses import asdict

from playground.errors import PageError
from playground.faults import read_fault
from playground.page_api.request import Fields
from playground.state import Record
from playground.workspace import Workspace

SOCKET_UPSETS = ("disconnect", "deaf", "close")


async def calls(fields: Fields) -> Record:
    method = fields.optional("method")
    return {
        "calls": [
            asdict(call) for call in fields.workspace.journal.calls if method in (None, call.method)
        ]
    }


async def envelopes(fields: Fields) -> Record:
    kind = fields.optional("type")
    return {
        "envelopes": [
            asdict(envelope)
            for envelope in fields.workspace.journal.envelopes
            if kind in (None, envelope.type)
        ]
    }


async def add_fault(fields: Fields) -> Record:
    fields.workspace.faults.add(read_fault(fields.values))
    return {"ok": True}


async def clear_faults(fields: Fields) -> Record:
    fields.workspace.faults.reset()
    return {"ok": True}


async def reset(fields: Fields) -> Record:
    fields.workspace.reset()
    return {"ok": True}


async def upset_sockets(fields: Fields) -> Record:
    seconds = fields.values.get("seconds", 0)
    await upset(fields.workspace, fields.text("kind"), seconds=float(seconds))
    return {"ok": True, "connected": fields.workspace.sockets.count}


async def upset(workspace: Workspace, kind: str, *, seconds: float = 0.0) -> None:
    """
    Do something to every open socket.

    `disconnect` warns and, `seconds` later, asks to reconnect; `deaf` leaves
    them open but dead; `close` closes them without a word.
    """
    if kind == "disconnect":
        await workspace.sockets.refresh(after_seconds=seconds)
    elif kind == "deaf":
        workspace.sockets.deafen()
    elif kind == "close":
        await workspace.sockets.close()
    else:
        raise PageError("unknown_kind", f"Sockets know {', '.join(SOCKET_UPSETS)}.")
    await asyncio.sleep(0)
