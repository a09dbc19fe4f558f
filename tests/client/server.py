"""A server with the faces of the real one that the client uses, and with moods."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.patience import PATIENCE_SECONDS

TOKEN = "a-token"
FINAL = ("completed", "failed", "cancelled")


class Call:
    """One request as it arrived."""

    def __init__(self, path: str, token: str, body: dict[str, Any], key: str = "") -> None:
        self.path = path
        self.token = token
        self.body = body
        self.key = key
        self.at = time.monotonic()


class Server:
    """
    Keeps what it was told, by task. It answers only while `may_answer` is set.

    Its mood is `ok`, an HTTP status, `hang` (never answers), `slow` (half a
    second), `trickle` (a byte at a time) or `garbage` (not HTTP).
    """

    def __init__(self) -> None:
        self.mood: str | int = "ok"
        #: Ids of tasks whose reports are answered 404 until the task is created.
        self.unknown: set[str] = set()
        #: If there are any, only these paths wait for `may_answer`.
        self.held_paths: set[str] = set()
        #: What it answers, by path; a text in place of JSON is sent as it is.
        self.answers: dict[str, Any] = {}
        self.in_chunks = False
        self.calls: list[Call] = []
        self.taken: list[Call] = []
        self.connections = 0
        self.open_connections = 0
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.leaving = threading.Event()
        handler = type("Handler", (Handler,), {"owner": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def stop(self) -> None:
        self.leaving.set()
        self.may_answer.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def environ(self, **more: str) -> dict[str, str]:
        return {"OPSBELL_URL": self.url, "OPSBELL_TOKEN": TOKEN, **more}

    def bodies(self, ending: str) -> list[dict[str, Any]]:
        return [call.body for call in list(self.calls) if call.path.endswith(ending)]

    @property
    def created(self) -> list[dict[str, Any]]:
        return once_each(self.bodies("/api/tasks"))

    @property
    def updates(self) -> list[dict[str, Any]]:
        return self.bodies("/api/slack/update")

    @property
    def ends(self) -> list[dict[str, Any]]:
        return once_each([body for body in self.updates if body["status"] in FINAL])

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [line for body in self.bodies("/logs") for line in body["lines"]]

    def the_end(self) -> dict[str, Any]:
        """Wait for exactly one final state and return it."""
        wait_for(lambda: self.ends)
        (end,) = self.ends
        return end


def once_each(bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what is the same again: who was not answered in time may say it once more."""
    return [body for place, body in enumerate(bodies) if body not in bodies[:place]]


def wait_for(condition: Any) -> None:
    """Return as soon as *condition* holds; fail when it does not in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: Server
    disable_nagle_algorithm = True  # As aiohttp does; else every answer takes 40 ms.

    def setup(self) -> None:
        super().setup()
        self.owner.connections += 1
        self.owner.open_connections += 1

    def finish(self) -> None:
        super().finish()
        self.owner.open_connections -= 1

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}"
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        key = self.headers.get("Idempotency-Key", "")
        call = Call(self.path, token, json.loads(data), key)
        self.owner.calls.append(call)
        held = self.owner.held_paths
        if not held or self.path in held:
            self.owner.may_answer.wait()
        mood = self.owner.mood
        if mood in ("hang", "slow"):
            self.owner.leaving.wait(0.5 if mood == "slow" else 60)
        if mood in ("ok", "slow"):
            self.answer(self.take(call))
        elif isinstance(mood, int):
            self.answer(mood)
        elif mood == "garbage":
            self.wfile.write(b"\x00\xff not http at all\r\n\r\n")
            self.close_connection = True
        else:
            self.trickle()

    def take(self, call: Call) -> int:
        """Take a call and return its status; a report on a task that is unknown is not taken."""
        is_creation = call.path.endswith("/api/tasks")
        if is_creation:
            self.owner.unknown.discard(call.body.get("taskId", ""))
        if call.body.get("taskId") in self.owner.unknown:
            return 404
        self.owner.taken.append(call)
        return 201 if is_creation else 200

    def do_GET(self) -> None:
        self.do_POST()

    def answer(self, status: int) -> None:
        told = self.owner.answers.get(self.path.partition("?")[0], {"ok": True})
        data = told.encode() if isinstance(told, str) else json.dumps(told).encode()
        self.send_response(status)
        if self.owner.in_chunks:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            half = len(data) // 2
            for part in (data[:half], data[half:], b""):
                self.wfile.write(b"%x;x=y\r\n%s\r\n" % (len(part), part))
            return
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def trickle(self) -> None:
        for _ in range(600):
            if self.owner.leaving.wait(0.1):
                break
            try:
                self.wfile.write(b"H")
            except OSError:
                break
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass
