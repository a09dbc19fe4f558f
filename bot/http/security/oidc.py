"""
Tokens of an OpenID Connect issuer, such as Keycloak, checked with the keys that it publishes.

Keys are read when they are first needed and again when a token names an unknown one, so rotation
needs no restart, and the bot starts while the issuer is away.
https://openid.net/specs/openid-connect-discovery-1_0.html
"""

import asyncio
import importlib
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

import aiohttp
import structlog

from bot.clock import Clock
from bot.errors import UnavailableError
from bot.outgoing.limited_reading import read_json
from bot.outgoing.public_resolver import PublicResolver, leads_inside
from bot.tokens import SCOPES, Caller, TokenError, caller_of, check_times

logger = structlog.get_logger(__name__)

#: Only what is checked with a public key: with HS256 that key would be a password known to all.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
_RSA_BITS = range(2048, 8193)
_MAX_KEYS = 50
_MAX_BYTES = 512 * 1024
_FETCH_SECONDS = 5.0
#: However many tokens name unknown keys, the issuer is asked at most this often.
_ASK_AGAIN_SECONDS = 10.0
#: A key that the issuer withdraws is refused at most this long afterwards.
_KEYS_FRESH_SECONDS = 600.0
#: While the issuer is away its last keys are good for so long.
_KEYS_KEPT_SECONDS = 24 * 3600.0
_CLAIM_RULES = {
    "require": ["iss", "aud", "exp", "sub"],
    "verify_exp": False,  # `check_times` goes by our clock.
    "verify_iat": False,
    "verify_nbf": False,
}
#: What Keycloak calls tokens that are not for calling an API.
_OTHER_TYPES = frozenset({"ID", "Refresh", "Offline", "Logout"})

_INSIDE = "its `jwks_uri` is on another host, which is not a public one"


class Fetch(Protocol):
    """Returns the JSON at an address; raises `OSError`, `ValueError` or `aiohttp.ClientError`."""

    def __call__(self, address: str, *, only_public: bool = False) -> Awaitable[Any]:
        """With *only_public*, no address of our own network is called."""


class OidcTokens:
    """Reads tokens of one issuer for one audience."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        clock: Clock,
        fetch: Fetch,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._fetch = fetch
        self._monotonic = monotonic
        self._keys: dict[str, Any] = {}
        self._read_at: float | None = None
        self._asked_at: float | None = None
        self._is_away = False
        self._asking = asyncio.Lock()
        self._refreshing: asyncio.Task[str | None] | None = None

    async def read(self, token: str) -> Caller:
        """
        Return who the token speaks for.

        Raises `TokenError` saying what is wrong with it, `UnavailableError` if the issuer's keys
        are not known.
        """
        jwt = importlib.import_module("jwt")
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.InvalidTokenError, UnicodeError) as error:
            raise TokenError("Token is no JWT") from error
        algorithm, key_id = header.get("alg"), header.get("kid")
        if algorithm not in ALGORITHMS:
            raise TokenError(f"`alg` must be one of {', '.join(ALGORITHMS)}")
        if not isinstance(key_id, str):
            raise TokenError("Token names no key in `kid`")
        key = await self._key(key_id)
        if key.algorithm_name != algorithm:
            raise TokenError("`alg` is not that of the key")
        try:
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[algorithm],
                audience=self._audience,
                issuer=self._issuer,
                options=_CLAIM_RULES,
            )
        except (jwt.PyJWTError, UnicodeError) as error:
            raise TokenError(str(error)) from error
        check_times(claims, self._clock.now().timestamp())
        return caller_of(self._with_roles(claims))

    async def read_keys(self) -> str | None:
        """Read the issuer's keys; return why that is not possible, with a line in the log."""
        self._asked_at = self._monotonic()
        try:
            keys = await self._published()
        except (aiohttp.ClientError, OSError, ValueError) as error:
            self._is_away = True
            reason = str(error) or type(error).__name__
            logger.warning("oidc_keys_unavailable", issuer=self._issuer, reason=reason)
            return reason
        self._keys, self._read_at, self._is_away = keys, self._monotonic(), False
        logger.info("oidc_keys_read", issuer=self._issuer, keys=len(keys))
        return None

    async def _key(self, key_id: str) -> Any:
        if key_id in self._keys:
            self._refresh_stale_keys()
        else:
            async with self._asking:  # Those that come together ask once.
                if key_id not in self._keys and self._may_ask():
                    await self.read_keys()
        is_known = key_id in self._keys
        # While the issuer is away nobody knows whether it has a new key.
        if self._age() > _KEYS_KEPT_SECONDS or (self._is_away and not is_known):
            raise UnavailableError("The keys of OIDC_ISSUER cannot be read just now: try again.")
        if not is_known:
            raise TokenError("signed with a key that the issuer does not publish")
        return self._keys[key_id]

    def _refresh_stale_keys(self) -> None:
        """Read keys that are no longer fresh again; nobody waits for it while they are kept."""
        is_refreshing = self._refreshing is not None and not self._refreshing.done()
        if self._age() >= _KEYS_FRESH_SECONDS and self._may_ask() and not is_refreshing:
            self._refreshing = asyncio.create_task(self.read_keys(), name="read OIDC keys")

    def _age(self) -> float:
        return float("inf") if self._read_at is None else self._monotonic() - self._read_at

    def _may_ask(self) -> bool:
        return self._asked_at is None or self._monotonic() - self._asked_at >= _ASK_AGAIN_SECONDS

    async def _published(self) -> dict[str, Any]:
        """Return the usable keys by their ids; raise `ValueError` for what is no such document."""
        found = await self._fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if not isinstance(found, dict) or found.get("issuer") != self._issuer:
            raise ValueError("its discovery document names another issuer than OIDC_ISSUER")
        address = found.get("jwks_uri")
        if not isinstance(address, str) or not _is_as_safe(address, self._issuer):
            raise ValueError("its `jwks_uri` is no https address")
        # Whoever may call inner addresses anyway is not to be held back.
        elsewhere = not leads_inside(_host(self._issuer)) and _host(address) != _host(self._issuer)
        published = await self._fetch(address, only_public=elsewhere)
        keys = dict(_usable_keys(published))
        if not keys:
            raise ValueError("its JWKS has no key of a kind that is accepted")
        return keys

    def _with_roles(self, claims: Mapping[str, Any]) -> dict[str, Any]:
        """Return the claims with realm and client roles among the scopes; others are left out."""
        if str(claims.get("typ")) in _OTHER_TYPES:
            raise TokenError("it is no access token")
        scope = claims.get("scope", "")
        names = set(scope.split()) if isinstance(scope, str) else set()
        names |= _roles(claims.get("realm_access"))
        clients = claims.get("resource_access")
        if isinstance(clients, dict):
            names |= _roles(clients.get(self._audience))
        return {**claims, "scope": " ".join(sorted(names & SCOPES))}


def _roles(access: object) -> set[str]:
    listed = access.get("roles") if isinstance(access, dict) else None
    return {one for one in listed if isinstance(one, str)} if isinstance(listed, list) else set()


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _is_as_safe(address: str, issuer: str) -> bool:
    """Tell whether keys may be read there: over https, or like the issuer itself."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and parts.scheme in ("https", urlsplit(issuer).scheme)


def _usable_keys(published: object) -> Iterator[tuple[str, Any]]:
    """Yield the public signing keys that are of a kind we accept; the issuer may have others."""
    jwt = importlib.import_module("jwt")
    listed = published.get("keys") if isinstance(published, dict) else None
    for one in listed[:_MAX_KEYS] if isinstance(listed, list) else ():
        if not isinstance(one, dict) or not isinstance(one.get("kid"), str):
            continue
        if one.get("use", "sig") != "sig" or one.get("kty") not in ("RSA", "EC", "OKP"):
            continue
        # A private key that somebody published by mistake has no secret any more.
        if "d" in one or one.get("alg", ALGORITHMS[0]) not in ALGORITHMS:
            continue
        try:
            key = jwt.PyJWK(one)
        except (
            jwt.PyJWTError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            NotImplementedError,
        ):
            continue
        is_strong = one["kty"] != "RSA" or key.key.key_size in _RSA_BITS
        if is_strong and key.algorithm_name in ALGORITHMS:
            yield one["kid"], key


def fetch_json(session: aiohttp.ClientSession, proxy: str | None) -> Fetch:
    """Return what reads JSON over HTTP: no redirects, nothing large, nothing slow."""

    async def fetch(address: str, *, only_public: bool = False) -> Any:
        if not only_public:
            return await _fetch(session, proxy, address)
        if leads_inside(_host(address)):
            raise ValueError(_INSIDE)
        # With a proxy in between, it is the proxy that resolves names.
        connector = aiohttp.TCPConnector(resolver=None if proxy else PublicResolver())
        async with aiohttp.ClientSession(connector=connector, trust_env=False) as public:
            return await _fetch(public, proxy, address)

    return fetch


async def _fetch(session: aiohttp.ClientSession, proxy: str | None, address: str) -> Any:
    async with session.get(
        address,
        proxy=proxy,
        allow_redirects=False,
        timeout=aiohttp.ClientTimeout(total=_FETCH_SECONDS),
    ) as response:
        if response.status != 200:
            raise ValueError(f"it answers {response.status}")
        return await read_json(response, _MAX_BYTES)
