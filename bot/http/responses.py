"""An answer → what aiohttp sends."""

from aiohttp import web

from bot.http.routing import JSON, Answer
from bot.sql import fast_json


def response_of(answer: Answer) -> web.Response:
    """Return what aiohttp sends."""
    is_json = answer.content_type == JSON
    return web.Response(
        text=fast_json.text(answer.body) if is_json else answer.body,
        status=answer.status,
        content_type=answer.content_type,
        charset="utf-8",
        headers={
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **answer.headers,
        },
    )
