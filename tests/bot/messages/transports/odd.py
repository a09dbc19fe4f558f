"""A server of which a test decides every byte, and a message to send it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from bot.messages.rendering.renderer import Rendered
from bot.messages.transports.base import Outgoing

HANG_UP = b""
SECTION = {"type": "section", "text": {"type": "plain_text", "text": "Ada's task"}}


class OddServer:
    """Says to each request, in turn, the raw bytes it was given; the last ones for ever."""

    def __init__(self):
        self.says = [HANG_UP]
        self.requests = []
        self.heads = []
        self.reads = True
        self.hangs = False
        self.port = 0

    async def answer(self, reader, writer):
        """Take one request and answer it, or hang up, or neither."""
        if self.reads:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            if head.startswith("POST "):
                self.requests.append(await self._read_body(reader, head))
        if self.hangs:
            await reader.read()
        else:
            writer.write(self.says.pop(0) if len(self.says) > 1 else self.says[0])
        writer.close()

    async def _read_body(self, reader, head):
        length = int(head.lower().split("content-length:")[1].split()[0])
        body = await reader.readexactly(length)
        is_form = "x-www-form-urlencoded" in head
        return dict(parse_qsl(body.decode())) if is_form else json.loads(body)


def said(status=200, body=b'{"ok": true, "ts": "1.2"}', wait=None, headers=()):
    """Return an HTTP answer as bytes."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [] if wait is None else [f"Retry-After: {wait}"]
    lines += [f"{name}: {value}" for name, value in dict(headers).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def outgoing(**changes):
    """Return a message of Ada's on its way."""
    message = Outgoing(
        message_id="m_1",
        revision=1,
        channel="C0OPS",
        thread_ts=None,
        ts=None,
        rendered=Rendered("Ada's task", [SECTION], None),
        text_only=False,
        since=datetime.now(UTC),
    )
    return replace(message, **changes)
