"""One kept-alive HTTP/1.1 connection to the server."""

from __future__ import annotations

import json
import re
import time

from .route import MAX_HEAD_BYTES, Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Any

    from .settings import Target

MAX_BODY_BYTES = 4 << 20
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})[ \r]")
HEADER = re.compile(rb"\r\n([A-Za-z-]+):[ \t]*([^\r\n]*)")


class Answer:
    """What the server said: its status, when to come back, and its body as far as it was read."""

    __slots__ = ("body", "retry_after", "status")

    def __init__(self, status: int, retry_after: float, body: bytes) -> None:
        self.status = status
        self.retry_after = retry_after
        self.body = body

    @property
    def text(self) -> str:
        """The start of its words."""
        return self.body[:200].decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the body's value, or None if it is no JSON, or nested too deeply."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def is_delivered(self) -> bool:
        """Whether the server took it."""
        return 200 <= self.status < 300

    @property
    def is_refused(self) -> bool:
        """Whether asking again cannot help. A wrong token can be put right, so 401 is not one."""
        return 400 <= self.status < 500 and self.status not in (401, 403, 408, 425, 429)


class Api:
    """
    Makes the calls of one target, one at a time.

    Written over sockets because `http.client` takes 30 ms to import, most of
    what may be added to a job, and has no limit for a whole exchange: a server
    that sends a byte a second would hold it for ever.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._route = Route(target.origin)
        self._channel: socket.socket | None = None

    def post(self, path: str, body: dict[str, Any], seconds: float, key: str = "") -> Answer:
        """
        Post *body* as JSON within *seconds*; raises OSError when there is no answer.

        A connection the server closed while it was idle is opened anew once,
        so the same request may arrive twice. An idempotency *key* lets the
        server know it again. A body without a length is not waited for.
        """
        deadline = time.monotonic() + seconds
        request = self._request("POST", path, body, key)
        reused = self._channel is not None
        try:
            return self._exchange(request, deadline)
        except OSError:
            self.close()
            if not reused or time.monotonic() >= deadline:
                raise
        try:
            return self._exchange(request, deadline)
        except OSError:
            self.close()
            raise

    def ask(self, method: str, path: str, body: Any, seconds: float, key: str = "") -> Answer:
        """Make one call on a connection of its own and return the answer with its whole body."""
        deadline = time.monotonic() + seconds
        try:
            return self._exchange(self._request(method, path, body, key), deadline, whole=True)
        finally:
            self.close()

    def close(self) -> None:
        """Drop the connection; the next call opens another."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _request(self, method: str, path: str, body: Any, key: str) -> bytes:
        data = b"" if body is None else json.dumps(body).encode("ascii")
        token = self._target.token
        head = (
            f"{method} {self._route.target_prefix}{path} HTTP/1.1\r\n"
            f"Host: {self._route.authority}\r\n"
            + (f"Authorization: Bearer {token}\r\n" if token else "")
            + (f"Idempotency-Key: {key}\r\n" if key else "")
            + "Content-Type: application/json\r\n"
            "Accept: application/json\r\n"
            "User-Agent: opsbell-client\r\n"
            f"Content-Length: {len(data)}\r\n"
            f"{self._route.extra_headers}\r\n"
        )
        return head.encode("latin-1", "replace") + data

    def _exchange(self, request: bytes, deadline: float, *, whole: bool = False) -> Answer:
        channel = self._channel
        if channel is None:
            channel = self._channel = self._route.open(_left(deadline))
        channel.settimeout(_left(deadline))
        channel.sendall(request)
        answer, keeps_alive = _read_answer(channel, deadline, whole)
        if not keeps_alive:
            self.close()
        return answer


def _read_answer(channel: socket.socket, deadline: float, whole: bool) -> tuple[Answer, bool]:
    data = b""
    while True:
        data = _fill(channel, data, deadline, lambda got: b"\r\n\r\n" in got)
        head, _, rest = data.partition(b"\r\n\r\n")
        match = STATUS.match(head + b"\r")
        if match is None:
            raise ConnectionError("the server does not speak HTTP/1.1")
        if int(match[1]) >= 200:
            break
        data = rest  # 100 Continue and its kind come before the answer.
    headers = {name.lower(): value.strip() for name, value in HEADER.findall(head)}
    length = headers.get(b"content-length", b"")
    size = int(length) if length.isdigit() else -1
    keeps_alive = 0 <= size <= MAX_BODY_BYTES and headers.get(b"connection", b"") != b"close"
    if keeps_alive:
        rest = _fill(channel, rest, deadline, lambda got: len(got) >= size)
    elif whole:
        rest = _read_rest(channel, rest, deadline, headers)
    wait = headers.get(b"retry-after", b"")
    return Answer(int(match[1]), float(wait) if wait.isdigit() else 0.0, rest), keeps_alive


def _read_rest(
    channel: socket.socket, data: bytes, deadline: float, headers: dict[bytes, bytes]
) -> bytes:
    """Return a body that comes in chunks, has a length, or ends with the connection."""
    if headers.get(b"transfer-encoding", b"").lower() == b"chunked":
        return _read_chunks(channel, data, deadline)
    length = headers.get(b"content-length", b"")
    if length.isdigit():
        return _fill(channel, data, deadline, lambda got: len(got) >= int(length))
    while len(data) <= MAX_BODY_BYTES:
        channel.settimeout(_left(deadline))
        more = channel.recv(65536)
        if not more:
            return data
        data += more
    raise ConnectionError("the server's answer is too long")


def _read_chunks(channel: socket.socket, data: bytes, deadline: float) -> bytes:
    body = b""
    while len(body) <= MAX_BODY_BYTES:
        data = _fill(channel, data, deadline, lambda got: b"\r\n" in got)
        line, _, data = data.partition(b"\r\n")
        digits = line.partition(b";")[0].strip()
        if re.fullmatch(rb"[0-9A-Fa-f]{1,8}", digits) is None:
            raise ConnectionError("the server's chunks are not HTTP/1.1")
        size = int(digits, 16)
        if size == 0:
            return body
        data = _fill(channel, data, deadline, lambda got, size=size: len(got) >= size + 2)
        body, data = body + data[:size], data[size + 2 :]
    raise ConnectionError("the server's answer is too long")


def _fill(channel: socket.socket, data: bytes, deadline: float, enough: Any) -> bytes:
    while not enough(data):
        channel.settimeout(_left(deadline))
        more = channel.recv(65536)
        if not more or len(data) > MAX_BODY_BYTES + MAX_HEAD_BYTES:
            raise ConnectionError("the server closed the connection early")
        data += more
    return data


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the server did not answer in time")
    return left
