"""A secret that is sent to any route, wherever it stands in the request, comes back nowhere."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text

from bot.all_tables import TABLES
from bot.http.routes import ROUTES
from tests.bot.http.calling import ONE_DATABASE, token_for
from tests.bot.http.tenant_cases import CASES, Sending
from tests.bot.http.test_tenants import work

CANARY = "xoxb-777777777777-canaryslack"
TELLTALE = "canaryslack"


@ONE_DATABASE
@pytest.mark.long
async def test_no_route_tells_or_keeps_a_secret(client, database, surroundings):
    """Not in an answer, a refusal, a page, a figure or a table; not as a name of a field either."""
    admin = token_for("default", "admin")
    known = await work(client, database, "default", admin)
    told = {}
    for route in ROUTES:
        for sending in CASES[route.handler.__name__](known):
            for path, body in planted(route.path, sending):
                reply = await client.call(
                    route.method,
                    path,
                    body,
                    token=admin,
                    headers={"X-Correlation-Id": CANARY, "Idempotency-Key": CANARY},
                    allow_redirects=False,
                )
                if TELLTALE in without_id(reply.text, body) or TELLTALE in repr(reply.headers):
                    told[f"{route.method} {route.path}"] = (path, body, reply.text)
    figures = await client.get("/metrics", token=None)

    assert told == {}
    assert TELLTALE not in figures.text
    assert kept(database) == []


def without_id(answer: str, body: Any) -> str:
    """Return an answer without the id that JSON-RPC wants repeated."""
    asked = body.get("id") if isinstance(body, dict) and "jsonrpc" in body else None
    return answer.replace(f'"id":"{CANARY}"', "") if asked == CANARY else answer


def planted(path: str, sending: Sending) -> Iterator[tuple[str, Any]]:
    """Yield what is sent, each time with the secret in another place."""
    values = {name: quote(value, safe="") for name, value in sending.values.items()}
    for name in values:
        yield f"{path.format(**{**values, name: CANARY})}{sending.query}", sending.body
    there = path.format(**values)
    names = {part.partition("=")[0] for part in sending.query.lstrip("?").split("&")} - {""}
    for name in (*names, "limit", "cursor", CANARY):
        yield f"{there}?{name}={CANARY}", sending.body
    for body in spoilt(sending.body):
        yield f"{there}{sending.query}", body


def spoilt(value: Any) -> Iterator[Any]:
    """Yield the value with the secret in the place of each part, and as a name of its own."""
    yield CANARY
    if isinstance(value, dict):
        yield {**value, CANARY: CANARY}
        for name, one in value.items():
            yield from ({**value, name: planted_one} for planted_one in spoilt(one))
    if isinstance(value, list):
        for place, one in enumerate(value):
            yield from ([*value[:place], other, *value[place + 1 :]] for other in spoilt(one))


def kept(database) -> list[str]:
    """Return the tables that have the secret in a row."""
    with database.connect() as connection:
        return [
            str(table.__tablename__)
            for table in TABLES
            if TELLTALE
            in repr(list(connection.execute(text(f'SELECT * FROM "{table.__tablename__}"'))))
        ]
