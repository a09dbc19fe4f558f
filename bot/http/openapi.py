"""Generates the OpenAPI 3.1 document from the route table."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from bot.http.idempotency import IDEMPOTENCY_KEY
from bot.http.route_types import JSON_TYPE, ZIP_TYPE, Access, Route
from bot.http.schemas.base import Shown
from bot.http.schemas.constraints import or_empty
from bot.http.security.slack_signature import SIGNATURE_HEADER

_VERSION = "1"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REF = "#/components/schemas/{model}"
_ERRORS = {
    "400": "The body is not one JSON object",
    "401": "No token, or one that is not accepted",
    "403": "The token lacks the scope",
    "404": "No such thing, or not yours to see",
    "409": "True a moment ago, not now; or this idempotency key was used for something else",
    "413": "The body is larger than 1 MiB",
    "415": "The body is not `application/json`",
    "422": "A value is wrong; `details` says which",
    "429": "Too many requests; `Retry-After` says how long to wait",
    "503": "Something is missing or down; the message says what",
}
#: Formats of the path parameters that look something up.
_FORMATS = {
    "id": "task-id",
    "correlationId": "message-id",
    "code": "code",
    "team_id": "slack-team",
    "name": "board-name",
    "webhook": "webhook-name",
    "report_id": "report-id",
    "execution_id": "execution-id",
}
_BODY_ERROR_CODES = ("400", "413", "415")
_TOKEN_ERROR_CODES = ("401", "403", "404", "409", "422", "503")
_SECURITY: dict[Access, list[dict[str, list[str]]]] = {
    Access.PUBLIC: [],
    Access.BEARER: [{"token": []}],
    Access.CALLBACK: [{"token": []}],
    Access.WEBHOOK: [{"token": []}],
    Access.SIGNED: [{"token": []}, {"signature": []}],
    Access.SLACK: [{"token": []}, {"slack": []}],
}
_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "From `python -m bot token`, or the `callbackToken` a runner was given.",
    },
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks with CALLBACK_SECRET: also `webhook-id` and "
        "`webhook-timestamp`; good for five minutes.",
    },
    "slack": {
        "type": "apiKey",
        "in": "header",
        "name": SIGNATURE_HEADER,
        "description": "Slack's own, with SLACK_SIGNING_SECRET; it says for whom it asks.",
    },
}
_PROBLEM = {
    "type": "object",
    "required": ["error", "message", "details"],
    "properties": {
        "error": {"type": "string", "description": "A code for programs"},
        "message": {"type": "string", "description": "What to do, for people"},
        "details": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


@lru_cache(maxsize=4)
def describe_api(routes: tuple[Route, ...], url: str) -> dict[str, Any]:
    """
    Return the document; everything in it comes from the routes and their models.

    Made once and kept, because anybody may ask for it: do not change what is returned.
    """
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": _DIALECT,
        "info": {
            "title": "Opsbell",
            "version": _VERSION,
            "description": "Work that runs elsewhere becomes Slack messages that stay true.",
        },
        "servers": [{"url": url}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in routes)],
        "paths": paths,
        "components": {
            "schemas": {**schemas(routes), "Problem": _PROBLEM},
            "securitySchemes": _SCHEMES,
        },
    }


def schemas(routes: Sequence[Route]) -> dict[str, Any]:
    sent = {route.body for route in routes if route.body}
    response_schema = {model for route in routes for model in (route.answers or {}).values()}
    models: list[tuple[type[BaseModel], Any]] = [(model, "validation") for model in sent]
    models += [
        (model, "serialization")
        for model in response_schema
        if isinstance(model, type) and issubclass(model, Shown)
    ]
    models.sort(key=lambda pair: pair[0].__name__)
    _, top = models_json_schema(models, by_alias=True, ref_template=_REF)
    return dict(top.get("$defs", {}))


def _operation(route: Route) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": route.operation_id,
        "summary": route.summary,
        "description": description(route),
        "tags": [route.tag],
        "security": _SECURITY[route.access],
        "parameters": parameters(route),
        "responses": _responses(route),
    }
    if route.body:
        schema: dict[str, Any] = {"$ref": _REF.format(model=route.body.__name__)}
        if route.max_items:
            schema = {"type": "array", "items": schema, "minItems": 1, "maxItems": route.max_items}
        content = {"application/json": {"schema": schema}}
        if route.takes_csv:
            content["text/csv"] = {"schema": {"type": "string"}}
        described["requestBody"] = {"required": _needs_body(route), "content": content}
    return described


def _needs_body(route: Route) -> bool:
    """Tell whether something must be sent: the model, or its description, requires a field."""
    needed = route.body.model_json_schema() if route.body else {}
    return bool(route.max_items or {"required", "anyOf"} & set(needed))


def description(route: Route) -> str:
    parts = [route.handler.__doc__ or ""]
    if route.scope:
        parts.append(f"Scope: `{route.scope}`.")
    if route.access in (Access.CALLBACK, Access.SIGNED):
        parts.append("A runner's `callbackToken` is good for its own task.")
    return " ".join(part for part in parts if part)


def parameters(route: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": _path_schema(route, name)}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    if route.query:
        properties = route.query.model_json_schema(by_alias=False)["properties"]
        found += [
            {"name": name, "in": "query", "required": False, "schema": or_empty(schema)}
            for name, schema in properties.items()
        ]
    if route.creates:
        text = "The same key and body: the first answer again"
        found.append(header("Idempotency-Key", text, {"pattern": f"^{IDEMPOTENCY_KEY}$"}))
    text = "Taken over if it has 1 to 128 printable characters, else made; returned and stored"
    found.append(header("X-Correlation-Id", text, {}))
    return found


def _path_schema(route: Route, name: str) -> dict[str, Any]:
    """Return what may stand in a path: anything where something is looked for."""
    kind = route.path_kinds.get(name)
    return TypeAdapter(kind).json_schema() if kind else {"type": "string", "format": _FORMATS[name]}


def header(name: str, text: str, limits: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "string", **limits}
    return {"name": name, "in": "header", "required": False, "description": text, "schema": schema}


def _responses(route: Route) -> dict[str, Any]:
    codes = [*_TOKEN_ERROR_CODES] if route.access is not Access.PUBLIC else []
    codes += _BODY_ERROR_CODES if route.body else ()
    codes += ["422"] if route.query and "422" not in codes else []
    problem = {"application/json": {"schema": {"$ref": _REF.format(model="Problem")}}}
    refusals = {
        code: {"description": _ERRORS[code], "content": problem} for code in sorted([*codes, "429"])
    }
    return {
        **refusals,
        **{str(status): response_schema(it) for status, it in (route.answers or {}).items()},
    }


def response_schema(answer: type[BaseModel] | str) -> dict[str, Any]:
    if answer == ZIP_TYPE:
        return {"description": "A zip", "content": {ZIP_TYPE: {"schema": {}}}}
    if isinstance(answer, str):
        content = {answer: {"schema": {"type": "object" if answer == JSON_TYPE else "string"}}}
        return {"description": "This description", "content": content}
    schema = {"$ref": _REF.format(model=answer.__name__)}
    return {
        "description": (answer.__doc__ or answer.__name__).strip(),
        "content": {"application/json": {"schema": schema}},
    }


def operations_by_tag(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the operations of a document with their method and path, by tag, in its order."""
    tags: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            line = {"method": method.upper(), "path": path, **described}
            tags[described["tags"][0]].append(line)
    return tags
