"""API tokens: HS256 JWTs that name a tenant and its scopes."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.errors import InvalidError, OpsbellError

_ALGORITHM = "HS256"
SCOPES = frozenset(
    {
        "tasks:read",
        "tasks:write",
        "alerts:read",
        "alerts:write",
        "messages:read",
        "messages:write",
        "templates:write",
        "reports:read",
        "reports:write",
        "leaderboards:read",
        "leaderboards:write",
        "users:write",
        "workspaces:write",
        "admin",
    }
)
#: How long work may go on reporting with the token its runner was given.
CALLBACK_DAYS = 7
#: Clocks of two machines never agree exactly: a token may be read before it was minted.
_LEEWAY_SECONDS = 60
#: Beyond this a claim is no time, not even one in milliseconds.
_LATEST_SECONDS = 10**15
#: Maximum number of tokens whose claims are cached.
_MAX_KNOWN = 1000
_MAX_TOKEN_NAME = 255
_NO_NAME = f"`tenant` and `sub` must be 1 to {_MAX_TOKEN_NAME} printable characters"
_COMPARE = "compare the clocks of the two machines"
#: PyJWT compares times with the machine's clock; `check_times` uses ours.
_OPTIONS = {
    "require": ["sub", "exp"],
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}


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
        """Tell whether the caller has *scope*: `admin` has them all, who may write may read."""
        area, _, verb = scope.partition(":")
        enough = {scope, "admin", f"{area}:write"} if verb == "read" else {scope, "admin"}
        return bool(enough & self.scopes)


class Tokens:
    """Mints and reads tokens with one secret, both by the same clock."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock
        self._known: dict[str, tuple[Caller, float]] = {}  # and until when they are good

    def mint(
        self,
        *,
        subject: str,
        tenant: str,
        scopes: frozenset[str],
        days: int = 365,
        task_id: str | None = None,
    ) -> str:
        """Return a token; raise `InvalidError` for what `read` would refuse."""
        if not (_is_name(subject) and _is_name(tenant)):
            raise InvalidError(f"{_NO_NAME}.")
        unknown = sorted(scopes - SCOPES)
        if unknown:
            raise InvalidError(
                f"Unknown scope {', '.join(unknown)}; there are: {', '.join(sorted(SCOPES))}."
            )
        now = self._clock.now()
        claims: dict[str, Any] = {
            "sub": subject,
            "tenant": tenant,
            "scope": " ".join(sorted(scopes)),
            "iat": now,
            "exp": now + timedelta(days=days),
        }
        if task_id is not None:
            claims["task"] = task_id
        jwt = _library()
        return str(jwt.encode(claims, self._secret, algorithm=_ALGORITHM))

    def read(self, token: str) -> Caller:
        """
        Return who the token speaks for; raise `TokenError` saying what is wrong with it.

        A token that was good stays good until it expires, and is not worked out again.
        """
        now = self._clock.now().timestamp()
        caller, good_until = self._known.get(token, (None, 0.0))
        if caller is not None and now < good_until:
            return caller
        claims = self._claims(token)
        check_times(claims, now)
        caller = caller_of(claims)
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known[token] = (caller, claims["exp"] + _LEEWAY_SECONDS)
        return caller

    def _claims(self, token: str) -> dict[str, Any]:
        jwt = _library()
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._secret, algorithms=[_ALGORITHM], options=_OPTIONS
            )
        except jwt.InvalidTokenError as error:
            raise TokenError(str(error)) from error
        except UnicodeError as error:
            raise TokenError("Token is not text") from error
        return claims


def is_of_ours(token: str) -> bool:
    """Tell whether a token says that it is signed with a secret, as ours are; it proves nothing."""
    jwt = _library()
    try:
        return bool(jwt.get_unverified_header(token).get("alg") == _ALGORITHM)
    except (jwt.InvalidTokenError, UnicodeError):
        return True  # Whoever reads it says what is wrong.


def _library() -> Any:
    """Return PyJWT, loaded with the first token: it brings 8 MB of cryptography."""
    return importlib.import_module("jwt")


def check_times(claims: Mapping[str, Any], now: float) -> None:
    """Raise `TokenError` unless the token is good at *now*, give or take a minute."""
    expired = now - _seconds_in(claims, "exp", now)
    if expired >= _LEEWAY_SECONDS:
        raise TokenError(f"expired {_spelled(expired)} ago")
    early = _seconds_in(claims, "iat", now) - now
    if early > _LEEWAY_SECONDS:
        raise TokenError(f"issued {_spelled(early)} in the future: {_COMPARE}")
    early = _seconds_in(claims, "nbf", now) - now
    if early > _LEEWAY_SECONDS:
        raise TokenError(f"not valid for another {_spelled(early)}: {_COMPARE}")


def _seconds_in(claims: Mapping[str, Any], name: str, otherwise: float) -> float:
    """Return a time of the token; raise `TokenError` if there is something else in its place."""
    at = claims.get(name, otherwise)
    if isinstance(at, bool) or not isinstance(at, int | float) or not abs(at) <= _LATEST_SECONDS:
        raise TokenError(f"`{name}` must be a time in seconds")
    return at


def _is_name(text: object) -> bool:
    """Tell whether every database can store it and every log can show it."""
    return isinstance(text, str) and 0 < len(text) <= _MAX_TOKEN_NAME and text.isprintable()


def _spelled(seconds: float) -> str:
    return f"{seconds:,.0f} s" if seconds < 2 * 86400 else f"{seconds / 86400:,.0f} days"


def caller_of(claims: Mapping[str, Any]) -> Caller:
    """Return who verified claims speak for; raise `TokenError` for what they lack."""
    tenant, scope, subject = claims.get("tenant"), claims.get("scope", ""), claims["sub"]
    if not isinstance(tenant, str) or not tenant or not isinstance(scope, str):
        raise TokenError("Token needs a `tenant` and a space-separated `scope`")
    if not (_is_name(tenant) and _is_name(subject)):
        raise TokenError(_NO_NAME)
    task_id = claims.get("task")
    if "task" in claims and (not isinstance(task_id, str) or not task_id):
        # Never take a token that was meant for one task for one that is good for all.
        raise TokenError("Token names no task in `task`")
    return Caller(
        subject=subject,
        tenant=tenant,
        scopes=frozenset(scope.split()),
        task_id=task_id,
    )
