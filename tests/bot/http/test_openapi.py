"""The API's own description is true."""

import re

import jsonschema
import pytest

from bot.http.openapi import describe_api
from bot.http.routes import ROUTES
from tests.bot.http.calling import ONE_DATABASE

# The parts of https://spec.openapis.org/oas/v3.1.0 that this document uses.
OPERATION = {
    "type": "object",
    "required": ["operationId", "summary", "tags", "security", "parameters", "responses"],
    "properties": {
        "operationId": {"type": "string", "pattern": "^[a-z_]+$"},
        "summary": {"type": "string", "minLength": 1},
        "parameters": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "in", "required", "schema"],
                "properties": {"in": {"enum": ["path", "query", "header"]}},
            },
        },
        "responses": {
            "type": "object",
            "minProperties": 1,
            "patternProperties": {"^[1-5][0-9][0-9]$": {"required": ["description"]}},
            "additionalProperties": False,
        },
    },
}
DOCUMENT = {
    "type": "object",
    "required": ["openapi", "info", "paths", "components"],
    "properties": {
        "openapi": {"pattern": r"^3\.1\.\d+$"},
        "info": {"required": ["title", "version"]},
        "paths": {
            "patternProperties": {"^/": {"additionalProperties": OPERATION}},
            "additionalProperties": False,
        },
        "components": {"required": ["schemas", "securitySchemes"]},
    },
}


@pytest.fixture
def document():
    return describe_api(ROUTES, "http://127.0.0.1:8000")


def references(node):
    if isinstance(node, dict):
        yield from [node["$ref"]] if "$ref" in node else []
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_the_document_is_openapi(document):
    """
    It has the shape of OpenAPI 3.1, and its schemas are JSON Schema 2020-12.
    """
    jsonschema.validate(document, DOCUMENT, cls=jsonschema.Draft202012Validator)
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_nothing_points_nowhere(document):
    """
    Every reference, tag, security scheme and path parameter is declared; operations are unique.
    """
    names = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    operations = [
        (path, operation)
        for path, methods in document["paths"].items()
        for operation in methods.values()
    ]
    assert set(references(document)) <= names
    assert len(operations) == len({operation["operationId"] for _, operation in operations})
    for path, operation in operations:
        assert set(operation["tags"]) <= {tag["name"] for tag in document["tags"]}
        for one in operation["security"]:
            assert set(one) <= set(document["components"]["securitySchemes"])
        declared = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert set(re.findall(r"{(\w+)}", path)) == declared


def test_every_route_is_described_once(document):
    """
    What is served and what is described is the same table.
    """
    described = [
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    ]

    assert len(ROUTES) == len(described)
    assert {(route.method, route.path) for route in ROUTES} == set(described)


@ONE_DATABASE
async def test_answers_are_what_the_description_says(client):
    """
    Real answers, refusals included, pass the schemas that were promised for them.
    """
    document = (await client.get("/api/openapi.json", token=None)).body
    task = {"task": "import", "taskId": "i-1", "subject": "7", "status": "running"}
    asked = [
        ("POST", "/api/tasks", "/api/tasks", task),
        ("GET", "/api/tasks", "/api/tasks?limit=1", None),
        ("GET", "/api/tasks/{id}", "/api/tasks/i-1", None),
        ("GET", "/api/tasks/{id}", "/api/tasks/unknown", None),
        ("POST", "/api/tasks/{id}/heartbeat", "/api/tasks/i-1/heartbeat", None),
        ("POST", "/api/tasks/{id}/logs", "/api/tasks/i-1/logs", {"lines": [{"text": "a"}]}),
        ("POST", "/api/tasks/{id}/logs", "/api/tasks/i-1/logs", {}),
        ("POST", "/api/slack/update", "/api/slack/update", {"taskId": "i-1", "status": "failed"}),
        ("POST", "/api/tasks/{id}/retry", "/api/tasks/i-1/retry", {}),
        ("POST", "/api/tasks/{id}/cancel", "/api/tasks/i-1/cancel", None),
        ("GET", "/healthz", "/healthz", None),
        ("GET", "/readyz", "/readyz", None),
        ("GET", "/api/health", "/api/health", None),
    ]
    for method, template, path, body in asked:
        reply = await client.call(method, path, body)
        promised = document["paths"][template][method.lower()]["responses"][str(reply.status)]
        schema = {
            **promised["content"]["application/json"]["schema"],
            "components": document["components"],
        }
        jsonschema.validate(reply.body, schema, cls=jsonschema.Draft202012Validator)
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            known = document["components"]["schemas"][name]["properties"]
            assert set(reply.body) == set(known)


def test_what_is_always_refused_is_not_promised(document):
    """A check of alerts that leaves nothing to look for, and a message to /mcp without a body."""
    check = document["components"]["schemas"]["CheckAlerts"]
    both = {"failedOnly": True, "stuckOnly": True}
    is_valid = jsonschema.Draft202012Validator(
        {**check, "components": document["components"]}
    ).is_valid

    assert [is_valid(both), is_valid({**both, "stuckOnly": False}), is_valid({})] == [
        False,
        True,
        True,
    ]
    assert document["paths"]["/mcp"]["post"]["requestBody"]["required"] is True
