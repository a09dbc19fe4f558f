"""Servers that answer as Gemini's and OpenAI's HTTP APIs do, one scripted answer a call."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from bot.reports.analysts.model_client import MAX_ANSWER_BYTES

Answer = Callable[[], tuple[int, Any]] | str
SLOW = "slow"
BROKEN = "broken"
GZIP = b"\x1f\x8b"
#: Bodies that no service sends and that no report may stop at, as they are.
ENDLESS, DEEP = b" " * (MAX_ANSWER_BYTES + 1), b"[" * 100_000
PACKED = gzip.compress(ENDLESS)


class ModelServer:
    """Gives the scripted answers in their order, the last one again and again."""

    def __init__(self, answers: list[Any]) -> None:
        self.answers = answers
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.url = ""
        self._over = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one call."""
        self.requests.append(await request.json())
        self.headers.append(dict(request.headers))
        self.paths.append(request.path)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer == SLOW:
            await self._over.wait()
        if answer == BROKEN:
            return web.Response(text="<html>Bad", content_type="text/html")
        if isinstance(answer, bytes):
            packed = {"Content-Encoding": "gzip"} if answer.startswith(GZIP) else {}
            return web.Response(body=answer, content_type="application/json", headers=packed)
        status, body, headers = (*answer, {})[:3]
        return web.json_response(body, status=status, headers=headers)

    def release(self) -> None:
        """Let slow answers go."""
        self._over.set()


@asynccontextmanager
async def serving(*answers: Any) -> AsyncIterator[ModelServer]:
    """Run a server on a free port."""
    server = ModelServer(list(answers))
    app = web.Application()
    app.router.add_post("/{path:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        server.release()
        await runner.cleanup()


def narrative_json(summary: str = "Revenue totalled {total_revenue}.", **lists: Any) -> str:
    """Return what a model writes that keeps to the schema."""
    empty: dict[str, Any] = {
        "key_metrics": [],
        "insights": [],
        "recommendations": [],
        "charts": [],
    }
    return json.dumps({"summary": summary} | empty | lists)


def gemini_says(text: str | None, finish: str = "STOP", **more: Any) -> tuple[int, dict[str, Any]]:
    """Return Gemini's 200."""
    parts = [] if text is None else [{"text": text}]
    return 200, {
        "candidates": [
            {"content": {"parts": parts, "role": "model"}, "finishReason": finish, "index": 0}
        ],
        "usageMetadata": {
            "promptTokenCount": 1_000,
            "candidatesTokenCount": 200,
            "thoughtsTokenCount": 100,
            "totalTokenCount": 1_300,
        },
        "modelVersion": "gemini-flash-latest",
        **more,
    }


def gemini_blocks() -> tuple[int, dict[str, Any]]:
    """Return Gemini's 200 for a prompt that it does not answer."""
    return 200, {
        "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
        "usageMetadata": {"promptTokenCount": 1_000, "totalTokenCount": 1_000},
    }


def gemini_fails(
    status: int, name: str, message: str = "No.", details: list[Any] | None = None
) -> tuple[int, dict[str, Any]]:
    """Return Gemini's error body."""
    error = {"code": status, "message": message, "status": name, "details": details or []}
    return status, {"error": error}


def gemini_quota(delay: str = "0s", quota: str = "PerMinute") -> tuple[int, dict[str, Any]]:
    """Return Gemini's 429 with the time to come back."""
    return gemini_fails(
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota.",
        [
            {
                "@type": "type.googleapis.com/google.rpc.QuotaFailure",
                "violations": [{"quotaId": f"GenerateRequests{quota}PerProjectPerModel-FreeTier"}],
            },
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay},
        ],
    )


def openai_says(
    text: str | None, finish: str = "stop", **message: Any
) -> tuple[int, dict[str, Any]]:
    """Return OpenAI's 200."""
    return 200, {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "gpt-4o-mini",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": text, **message},
            }
        ],
        "usage": {"prompt_tokens": 1_000, "completion_tokens": 300, "total_tokens": 1_300},
    }


def openai_fails(
    status: int, code: str, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return OpenAI's error body."""
    return status, {"error": {"message": "No.", "type": code, "code": code}}, headers or {}
