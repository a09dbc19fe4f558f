"""Compares answers with what the API's own description promises of them."""

import re
from functools import lru_cache
from typing import Any

import jsonschema_rs

from bot.http.openapi import describe_api
from bot.http.routes import ROUTES

#: Of any request, whatever the route: a method or an encoding that there is not.
_OF_HTTP = frozenset({405, 408, 411, 417, 431})


def require_promised(method: str, path: str, status: int, content_type: str, body: Any) -> None:
    """Fail if the route of *path* does not promise such an answer; other addresses may differ."""
    operation = _operation(method, path.partition("?")[0])
    if operation is None or status in _OF_HTTP:
        return
    told = f"{method} {path} {status}"
    promised = operation["responses"].get(str(status))
    assert promised is not None, f"{told} is not in the description."
    content = promised.get("content", {})
    assert content_type in content, f"{told} is {content_type}, not one of {[*content]}."
    if content_type == "application/json":
        error = next(_validator(method, operation["path"], status).iter_errors(body), None)
        assert error is None, f"{told}: {error}"


@lru_cache
def _document() -> dict[str, Any]:
    return describe_api(ROUTES, "http://127.0.0.1")


@lru_cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return the addresses with what they match, those with the fewest parameters first."""
    paths = sorted(_document()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"{\w+}", "[^/]+", path)), path) for path in paths]


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for pattern, template in _patterns():
        if pattern.fullmatch(path):
            found = _document()["paths"][template].get(method.lower())
            return found and {**found, "path": template}
    return None


@lru_cache(maxsize=1_000)
def _validator(method: str, path: str, status: int) -> Any:
    operation = _document()["paths"][path][method.lower()]
    schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    whole = {**schema, "components": _document()["components"]}
    return jsonschema_rs.Draft202012Validator(whole)
