"""The API's description: OpenAPI for programs, a page for people."""

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment

from bot.http.openapi import describe_api, operations_by_tag
from bot.http.route_types import Call, Response, Route

_DOCS_PAGE = Path(__file__).with_name("docs.html")
# The page brings its style along and needs nothing else, so nothing else may run or load.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


async def show_openapi(call: Call) -> Response:
    """Return the description as an OpenAPI 3.1 document."""
    return Response(describe_api(call.routes, address(call)))


async def show_docs(call: Call) -> Response:
    """Return the description as a page."""
    page = _draw_page(call.routes, address(call))
    return Response(page, headers={"Content-Security-Policy": _POLICY}, content_type="text/html")


def address(call: Call) -> str:
    """Return APP_URL; without it the description says `/`: here, wherever it was read from."""
    return call.services.settings.app_url or "/"


@lru_cache(maxsize=4)
def _draw_page(routes: tuple[Route, ...], url: str) -> str:
    document = describe_api(routes, url)
    return (
        Environment(autoescape=True)
        .from_string(_DOCS_PAGE.read_text(encoding="utf-8"))
        .render(
            document=document,
            tags=operations_by_tag(document),
            schemas=document["components"]["schemas"],
        )
    )
