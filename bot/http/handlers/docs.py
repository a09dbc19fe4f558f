"""The API's description: OpenAPI for programs, a page for people."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from bot.http.openapi import describe_api, operations_by_tag
from bot.http.route_types import Call, Response, Route

_DOCS_PAGE = Path(__file__).with_name("docs.html")
_DOCS_SCRIPT = Path(__file__).with_name("docs.js")
_BLANK_VALUES: Mapping[str, Any] = {"string": "", "integer": 0, "number": 0, "boolean": False}


async def show_openapi(call: Call) -> Response:
    """Return the description as an OpenAPI 3.1 document."""
    return Response(describe_api(call.routes, address(call)))


async def show_docs(call: Call) -> Response:
    """Return the description as a page."""
    page, policy = _draw_page(call.routes, address(call))
    return Response(page, headers={"Content-Security-Policy": policy}, content_type="text/html")


def address(call: Call) -> str:
    """Return APP_URL; without it the description says `/`: here, wherever it was read from."""
    return call.services.settings.app_url or "/"


@lru_cache(maxsize=4)
def _draw_page(routes: tuple[Route, ...], url: str) -> tuple[str, str]:
    """Return the page and the policy that lets nothing run or load but its own style and script."""
    document = describe_api(routes, url)
    schemas = document["components"]["schemas"]
    script = _DOCS_SCRIPT.read_text(encoding="utf-8")
    page = (
        Environment(autoescape=True)
        .from_string(_DOCS_PAGE.read_text(encoding="utf-8"))
        .render(
            document=document,
            tags=operations_by_tag(document),
            schemas=schemas,
            example=lambda schema: json.dumps(_first_body(schema, schemas), indent=2),
            script=Markup(script),  # noqa: S704  # our own file
        )
    )
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return page, policy


def _first_body(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """Return a value to begin with: what is required, by its type."""
    if "$ref" in schema:
        return _first_body(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "properties" in schema:
        required = schema.get("required", ())
        return {name: _first_body(schema["properties"][name], schemas) for name in required}
    if "anyOf" in schema:
        return _first_body(schema["anyOf"][0], schemas)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if schema.get("type") == "array":
        return [_first_body(schema.get("items", {}), schemas)] if schema.get("minItems") else []
    kind = schema.get("type")
    return _BLANK_VALUES.get(kind, {}) if isinstance(kind, str) else _BLANK_VALUES["string"]
