"""Requests of somebody who wants to get in, or to break something; the same ones each time."""

import base64
import hmac
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import quote, quote_from_bytes

import jwt

from bot.http.route_types import Access, Route
from bot.http.routes import ROUTES
from tests.bot.http.calling import JWT_SECRET, HandClock, token_for
from tests.bot.http.tenant_cases import CASES, Known

#: Ids of nothing.
NOBODYS = Known("a_1", "m_1", "T1", "1700000000.000100", "0" * 24, "r_1", "x_1")
_CLAIMS = {"sub": "mallory", "tenant": "default", "scope": "admin", "scopes": ["admin"]}
_NESTED = json.loads("[" * 60 + "]" * 60)
_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 2**31, 2**63, -(2**64), 1e308, "", " ", "0", "null", [], {}),
    *([None], {"": None}, {"$ref": "#"}, _NESTED, ["x"] * 500, {"__proto__": {"a": 1}}),
    *("\0", "\ud800", "\udc00\ud800", "\u202e", "\ufeff", "x" * 9_000, "\U0001f468\u200d" * 900),
    *("<!channel>", "<@U0ADA00001>", "<https://x|y>", "{{ 7*7 }}", "{% for %}", "%s%n", "${x}"),
    *("../../etc/passwd", "'; DROP TABLE message; --", "javascript:alert(1)", "C0", "#", "@", "T1"),
    *("2026-02-30T25:61:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00", "@every 0s"),
    *("http://169.254.169.254/", "http://[::1]:0/", "file:///etc/passwd", "=1+1", "xoxb-1-2-3"),
)
_BODIES = (
    *(
        b"",
        b"{",
        b"[]",
        b"null",
        b"0",
        b'"x"',
        b"\xff\xfe",
        b"{}{}",
        b'{"a":NaN}',
        b"\0",
        b" " * 5_000,
    ),
    *(b'{"a":1,"a":2}', b'{"a":1e999}', b'{"a":' + b"9" * 3_000 + b"}", b"[" * 5_000, b"a=1&b=2"),
)
_PIECES = (
    b"\0",
    b"\xff",
    b"../..",
    b"%",
    b"a/b",
    b"x" * 400,
    "ü🚀".encode(),
    b"'--",
    b"{id}",
    b".",
)
_TYPES = ("application/json", "text/plain", "application/x-www-form-urlencoded", "x", "text/csv")


@dataclass(frozen=True)
class Request:
    """One request, as it goes over the wire; `path` is encoded."""

    method: str
    path: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


def forged(count: int, seed: int) -> Iterator[Request]:
    """Yield what somebody sends who has no right to anything; each would be taken with one."""
    chance = random.Random(seed)
    closed = [route for route in ROUTES if route.access is not Access.PUBLIC]
    for _ in range(count):
        route = chance.choice(closed)
        body = json.dumps(_body_of(route, chance)).encode() if route.body else None
        headers = {"Content-Type": "application/json", **chance.choice(_credentials())}
        yield Request(route.method, _path_of(route, chance), body, headers)


def hostile(count: int, seed: int, token: str) -> Iterator[Request]:
    """Yield what somebody sends who has a token and wants to see something break."""
    chance = random.Random(seed)
    for _ in range(count):
        route = chance.choice(ROUTES)
        path = _path_of(route, chance, odd=0.2)
        if route.method == "GET" or chance.random() < 0.1:
            path += _query(chance)
        body = None
        if route.body or chance.random() < 0.1:
            spoilt = _spoilt(_body_of(route, chance), chance)
            body = json.dumps(spoilt).encode() if chance.random() < 0.9 else chance.choice(_BODIES)
        kind = "application/json" if chance.random() < 0.95 else chance.choice(_TYPES)
        headers = {"Content-Type": kind, "Authorization": f"Bearer {token}"}
        if chance.random() < 0.1:
            headers["X-Correlation-Id"] = chance.choice(
                ("", "x" * 4_000, "a b", "{}", "xoxb-1-2-3")
            )
        if chance.random() < 0.1:
            headers["Idempotency-Key"] = chance.choice(("", "same", "x" * 4_000))
        yield Request(route.method, path, body, headers)


@cache
def _credentials() -> list[dict[str, str]]:
    """Return ways to pretend."""
    now = HandClock().at
    claims = {**_CLAIMS, "iat": now, "exp": now + timedelta(days=1)}
    good = token_for("default", "admin")
    head, middle, tail = good.split(".")
    long_alg = f"{_encoded({'alg': 'HS512'})}.{middle}"
    by_long = hmac.digest(JWT_SECRET.encode(), long_alg.encode(), "sha512")
    bearers = [
        *("", " ", "x", "a.b.c", "null", head, f"{head}.{middle}.", "x" * 7_000),
        f"{head}.{_encoded({**_CLAIMS, 'exp': int(now.timestamp()) + 9_999})}.{tail}",
        f"{head}.{middle}.{tail[::-1]}",
        f"{_encoded({'alg': 'none'})}.{middle}.",
        f"{_encoded({'alg': 'HS256', 'kid': '../../dev/null'})}.{middle}.{tail}",
        f"{_encoded({'alg': 'RS256', 'jku': 'http://127.0.0.1:9/'})}.{middle}.{tail}",
        f"{long_alg}.{base64.urlsafe_b64encode(by_long).decode().rstrip('=')}",
        jwt.encode(claims, "another secret that is long enough", "HS256"),
        jwt.encode({**claims, "exp": now - timedelta(seconds=120)}, JWT_SECRET, "HS256"),
        jwt.encode({**_CLAIMS, "iat": now}, JWT_SECRET, "HS256"),
    ]
    signatures = ("v1,", "v1,AAAA", f"v1,{'A' * 43}=", "v1a,x", " ".join(["v1,AAAA"] * 50), "")
    at = str(int(now.timestamp()))
    return [
        {},
        {"Authorization": "Basic YWRtaW46YWRtaW4="},
        {"Cookie": f"token={good}"},
        *({"Authorization": f"Bearer {one}"} for one in bearers),
        *(
            {"webhook-id": "msg_1", "webhook-timestamp": at, "webhook-signature": one}
            for one in signatures
        ),
    ]


def _encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _path_of(route: Route, chance: random.Random, odd: float = 0.0) -> str:
    path = route.path
    sending = chance.choice(CASES[route.handler.__name__](NOBODYS))
    for name, value in sending.values.items():
        is_odd = chance.random() < odd
        piece = quote_from_bytes(chance.choice(_PIECES), safe="") if is_odd else quote(value, "")
        path = path.replace(f"{{{name}}}", piece)
    return path + sending.query


def _query(chance: random.Random) -> str:
    names = ("limit", "cursor", "status", "hours", "state", "since", "sinceMinutes", "week", "x")
    value = str(chance.choice(_VALUES)).encode("utf-8", "surrogatepass")[:2_000]
    return f"?{chance.choice(names)}={quote_from_bytes(value, safe='')}"


def _body_of(route: Route, chance: random.Random) -> Any:
    return chance.choice(CASES[route.handler.__name__](NOBODYS)).body


def _spoilt(value: Any, chance: random.Random) -> Any:
    """Return the value with one thing in it replaced, left out or added."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        name = chance.choice([*value])
        if chance.random() < 0.1:
            return {key: one for key, one in value.items() if key != name}
        if chance.random() < 0.1:
            odd = str(chance.choice(_VALUES))[:200]
            return {**value, odd: chance.choice(_VALUES)}
        return {**value, name: _spoilt(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        place = chance.randrange(len(value))
        return [*value[:place], _spoilt(value[place], chance), *value[place + 1 :]]
    return chance.choice(_VALUES)
