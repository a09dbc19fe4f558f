"""Somebody who calls the server, and the tokens to do it with."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.tokens import Tokens
from tests.bot.http.promises import require_promised

#: For tests of what is decided before the database is asked.
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
JWT_SECRET = "a secret that is long enough for HS256"


class HandClock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **units: float) -> None:
        self.at += timedelta(**units)


@dataclass(frozen=True)
class Reply:
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    text: str
    body: Any
    content: bytes = b""


class Client:
    """Somebody who calls the server, with a token unless told otherwise."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self.session = session
        self.url = url
        self.token = token

    async def call(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        token: str | None = "",
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Reply:
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token or self.token}"
        async with self.session.request(
            method, self.url + path, json=json, headers=sent, **options
        ) as response:
            content = await response.read()
            text = content.decode("utf-8", "replace")
            if response.content_type == "application/zip":
                text = unzipped(content)
            is_json = response.content_type == "application/json" and text
            body = await response.json() if is_json else None
            require_promised(method, path, response.status, response.content_type, body)
            return Reply(response.status, response.headers.copy(), text, body, content)

    async def get(self, path: str, **options: Any) -> Reply:
        return await self.call("GET", path, **options)

    async def post(self, path: str, json: Any = None, **options: Any) -> Reply:
        return await self.call("POST", path, json, **options)


def unzipped(content: bytes) -> str:
    """Return the names and texts of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(f"{name}\n{archive.read(name).decode()}" for name in archive.namelist())


def token_for(
    tenant: str = "default",
    *scopes: str,
    subject: str = "ada",
    task_id: str | None = None,
    days: int = 7,
) -> str:
    """Return a token of Ada's, unless told otherwise, minted when `HandClock` begins."""
    return Tokens(JWT_SECRET, HandClock()).mint(
        subject=subject,
        tenant=tenant,
        scopes=frozenset(scopes or ("tasks:read", "tasks:write")),
        days=days,
        task_id=task_id,
    )
