"""Turns a handler's response into what aiohttp sends."""

from aiohttp import web

from bot.http.route_types import JSON_TYPE, Response
from bot.sql import fast_json

#: Answers are for programs: no browser is to keep, guess, frame or run them, or tell where it was.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Server": "Opsbell",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def response_of(answer: Response) -> web.Response:
    """Return what aiohttp sends."""
    headers = {**_HEADERS, **answer.headers}
    if isinstance(answer.body, bytes):
        return web.Response(
            body=answer.body,
            status=answer.status,
            content_type=answer.content_type,
            headers=headers,
        )
    is_json = answer.content_type == JSON_TYPE
    return web.Response(
        text=fast_json.text(answer.body) if is_json else answer.body,
        status=answer.status,
        content_type=answer.content_type,
        charset="utf-8",
        headers=headers,
    )
