"""API tokens: HS256 JWTs that name a tenant and its scopes."""

import importlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock, SystemClock
from bot.errors import InvalidError, OpsbellError

ALGORITHM = "HS256"
SCOPES = frozenset(
    {
        "tasks:read",
        "tasks:write",
        "messages:read",
        "messages:write",
        "templates:write",
        "reports:read",
        "reports:write",
        "leaderboards:write",
        "workspaces:write",
        "admin",
    }
)
#: How long work may go on reporting with the token its runner was given.
CALLBACK_DAYS = 7
#: Of so many tokens at most it is remembered whom they speak for.
MOST_KNOWN = 1000


class TokenError(OpsbellError):
    """The token is not ours, has expired, or is no token."""


@dataclass(frozen=True)
class Caller:
    """Who calls the API. `task_id` is set for a token that is good for one task's callbacks."""

    subject: str
    tenant: str
    scopes: frozenset[str]
    task_id: str | None = None

    def may(self, scope: str) -> bool:
        """Tell whether the caller has *scope*; `admin` has them all."""
        return scope in self.scopes or "admin" in self.scopes


class Tokens:
    """Mints and reads tokens with one secret."""

    def __init__(self, secret: str, clock: Clock | None = None) -> None:
        self._secret = secret
        self._clock = clock or SystemClock()
        self._known: dict[str, tuple[Caller, float]] = {}  # and when they expire

    def mint(
        self,
        *,
        subject: str,
        tenant: str,
        scopes: frozenset[str],
        now: datetime,
        days: int = 365,
        task_id: str | None = None,
    ) -> str:
        """Return a token; raise `InvalidError` for a scope that does not exist."""
        unknown = sorted(scopes - SCOPES)
        if unknown:
            raise InvalidError(
                f"Unknown scope {', '.join(unknown)}; there are: {', '.join(sorted(SCOPES))}."
            )
        claims: dict[str, Any] = {
            "sub": subject,
            "tenant": tenant,
            "scope": " ".join(sorted(scopes)),
            "iat": now,
            "exp": now + timedelta(days=days),
        }
        if task_id is not None:
            claims["task"] = task_id
        jwt = library()
        return str(jwt.encode(claims, self._secret, algorithm=ALGORITHM))

    def read(self, token: str) -> Caller:
        """
        Return who the token speaks for; raise `TokenError` saying what is wrong with it.

        A token that was good stays good until it expires, and is not worked out again.
        """
        caller, expires_at = self._known.get(token, (None, 0.0))
        if caller is not None and self._clock.now().timestamp() < expires_at:
            return caller
        claims = self._claims(token)
        caller = caller_of(claims)
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[token] = (caller, float(claims["exp"]))
        return caller

    def _claims(self, token: str) -> dict[str, Any]:
        jwt = library()
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._secret, algorithms=[ALGORITHM], options={"require": ["sub", "exp"]}
            )
        except jwt.InvalidTokenError as error:
            raise TokenError(str(error)) from error
        except UnicodeError as error:
            raise TokenError("Token is not text") from error
        return claims


def library() -> Any:
    """Return PyJWT, loaded with the first token: it brings 8 MB of cryptography."""
    return importlib.import_module("jwt")


def caller_of(claims: dict[str, Any]) -> Caller:
    tenant, scope = claims.get("tenant"), claims.get("scope", "")
    if not isinstance(tenant, str) or not tenant or not isinstance(scope, str):
        raise TokenError("Token needs a `tenant` and a space-separated `scope`")
    task_id = claims.get("task")
    if "task" in claims and (not isinstance(task_id, str) or not task_id):
        # Never take a token that was meant for one task for one that is good for all.
        raise TokenError("Token names no task in `task`")
    return Caller(
        subject=str(claims["sub"]),
        tenant=tenant,
        scopes=frozenset(scope.split()),
        task_id=task_id,
    )
