"""Authenticates the caller and checks the scopes."""

from collections.abc import Mapping

from bot.errors import ForbiddenError, UnavailableError
from bot.http.errors import unauthorized
from bot.http.route_types import Access, Route
from bot.http.security.callback_signatures import HEADERS, Signatures
from bot.http.security.oidc import OidcTokens
from bot.http.security.slack_signature import SIGNATURE_HEADER, SlackSignature
from bot.tokens import Caller, TokenError, Tokens, is_of_ours

_NO_SECRET = (
    "The API cannot check tokens: set JWT_SECRET (32 bytes or more), or OIDC_ISSUER and "  # noqa: S105
    "OIDC_AUDIENCE, and restart."
)


class Authority:
    """Reads tokens and signatures and compares them with what a route wants."""

    def __init__(
        self,
        tokens: Tokens | None,
        signatures: Signatures | None,
        oidc: OidcTokens | None = None,
        slack: SlackSignature | None = None,
    ) -> None:
        self._tokens = tokens
        self._oidc = oidc
        self._signatures = signatures
        self._slack = slack

    def takes_signature(self, route: Route, headers: Mapping[str, str]) -> bool:
        """Tell whether this request is authenticated by its signature, which covers the body."""
        expected = {Access.SIGNED: HEADERS, Access.SLACK: (SIGNATURE_HEADER,)}
        return (
            self._signatures_of(route) is not None
            and "Authorization" not in headers
            and any(name in headers for name in expected[route.access])
        )

    def read_signature(self, route: Route, headers: Mapping[str, str], raw: bytes) -> Caller:
        """Return the signer; call it only after `takes_signature`."""
        signatures = self._signatures_of(route)
        if signatures is None:
            raise UnavailableError("Signatures cannot be checked: set their secret and restart.")
        return signatures.read(headers, raw)

    def _signatures_of(self, route: Route) -> Signatures | SlackSignature | None:
        if route.access is Access.SIGNED:
            return self._signatures
        return self._slack if route.access is Access.SLACK else None

    async def read_token(self, route: Route, headers: Mapping[str, str]) -> Caller:
        """Return whose token this is; raise 401, or 503 if tokens cannot be checked at all."""
        if self._tokens is None and self._oidc is None:
            signed = route.access is Access.SIGNED and self._signatures is not None
            if signed and "Authorization" not in headers:
                raise unauthorized("Sign the request with CALLBACK_SECRET (Standard Webhooks).")
            raise UnavailableError(_NO_SECRET)
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise unauthorized("Send a token: `Authorization: Bearer …` (python -m bot token).")
        try:
            return await self._read(token)
        except TokenError as error:
            raise unauthorized(f"The token is not accepted: {error}.") from error

    async def _read(self, token: str) -> Caller:
        """Read a token of ours, or else of the issuer: only ours are signed with a secret."""
        if self._tokens is not None and (self._oidc is None or is_of_ours(token)):
            return self._tokens.read(token)
        if self._oidc is None:
            raise TokenError("nobody can check it")
        return await self._oidc.read(token)


def require(caller: Caller, route: Route) -> None:
    """Return if *caller* may use *route*; else raise, naming the scope it lacks."""
    if caller.task_id is not None and route.access not in (Access.CALLBACK, Access.SIGNED):
        raise ForbiddenError("This token is good for the callbacks of its own task only.")
    if route.scope and not caller.may(route.scope):
        raise ForbiddenError(f"The token lacks the scope `{route.scope}`.")
