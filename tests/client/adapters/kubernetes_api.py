"""A small server that speaks the Kubernetes API as far as Jobs go: list, and watch."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

JOBS = "/apis/batch/v1/jobs"


class KubernetesApi:
    """Holds Jobs by UID; `change` and `delete` are seen by those who watch."""

    def __init__(self) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.watchers = 0
        self.is_expired = False
        self.is_over = False
        self._news = threading.Condition()
        handler = type("Handler", (_Handler,), {"api": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def stop(self) -> None:
        """Hang up on everybody."""
        with self._news:
            self.is_over = True
            self._news.notify_all()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def kubeconfig(self) -> str:
        """Return a configuration that leads here."""
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "here",
                "clusters": [{"name": "here", "cluster": {"server": self.url}}],
                "users": [{"name": "ada", "user": {"token": "of-ada"}}],
                "contexts": [{"name": "here", "context": {"cluster": "here", "user": "ada"}}],
            }
        )

    def change(self, uid: str, **parts: Any) -> None:
        """Add a Job or replace parts of it."""
        with self._news:
            kind = "MODIFIED" if uid in self.jobs else "ADDED"
            version = str(len(self.events) + 1)
            job = {**self.jobs.get(uid, {"apiVersion": "batch/v1", "kind": "Job"}), **parts}
            job["metadata"] = {
                "name": f"job-{uid}",
                "namespace": "shop",
                **job.get("metadata", {}),
                "uid": uid,
                "resourceVersion": version,
            }
            self.jobs[uid] = job
            self._publish({"type": kind, "object": job})

    def delete(self, uid: str, *, unseen: bool = False) -> None:
        """Delete a Job; *unseen*: nobody who watches is told."""
        with self._news:
            job = self.jobs.pop(uid)
            if not unseen:
                self._publish({"type": "DELETED", "object": job})

    def expire(self) -> None:
        """Tell watchers that what they know is too old."""
        status = {"kind": "Status", "code": 410, "message": "too old resource version"}
        with self._news:
            self._publish({"type": "ERROR", "object": status})

    def after(self, number: int) -> dict[str, Any] | None:
        """Return the event of that number as soon as there is one, None at the end."""
        with self._news:
            self._news.wait_for(lambda: self.is_over or len(self.events) > number)
            return None if self.is_over else self.events[number]

    def _publish(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        self._news.notify_all()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    api: KubernetesApi

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        asked = parse_qs(place.query)
        if place.path != JOBS or self.headers.get("Authorization") != "Bearer of-ada":
            self.answer(403, {"kind": "Status", "code": 403, "message": "jobs is forbidden"})
        elif "watch" in asked:
            self.watch(asked.get("resourceVersion", [""])[0])
        else:
            version = str(len(self.api.events))
            items = list(self.api.jobs.values())
            body = {"kind": "JobList", "metadata": {"resourceVersion": version}, "items": items}
            self.answer(200, body)

    def answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def watch(self, version: str) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        number = int(version) if version else len(self.api.events)
        if not version:
            for job in list(self.api.jobs.values()):
                self.tell({"type": "ADDED", "object": job})
        self.api.watchers += 1
        while event := self.api.after(number):
            number += 1
            self.tell(event)
            if event["type"] == "ERROR":
                return

    def tell(self, event: dict[str, Any]) -> None:
        self.wfile.write(json.dumps(event).encode() + b"\n")
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        pass
