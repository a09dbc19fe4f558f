"""Installing the app into workspaces by OAuth: an invitation, the way to Slack, the way back."""

from html import escape
from http.cookies import CookieError, SimpleCookie

from bot.errors import InvalidError, UnavailableError, UserError
from bot.http.route_types import Call, Response
from bot.http.schemas.installation import InvitationQuery, ShownInvitation, SlackAnswerQuery
from bot.workspaces.installation import STATE_VALID_FOR, Installations
from bot.workspaces.service import Connection

_COOKIE = "opsbell_install"
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Opsbell</title>"
    "<style>body{{font:16px/1.5 sans-serif;max-width:34em;margin:4em auto;padding:0 1em}}</style>"
    "<h1>{title}</h1><p>{text}</p>"
)


async def invite_workspace(call: Call) -> Response:
    """Make a link with which somebody connects one workspace to the token's tenant."""
    url, expires_at = await _installations(call).invite(call.caller.tenant, by=call.caller.subject)
    return Response(ShownInvitation(url=url, expires_at=expires_at), status=201)


async def begin_installation(call: Call) -> Response:
    """Send a browser with an invitation to Slack."""
    query: InvitationQuery = call.query
    try:
        departure = await _installations(call).begin(query.invitation)
    except UserError as error:
        return _not_installed(error, status=404)
    return Response(
        "",
        status=302,
        headers={
            **_PAGE_HEADERS,
            "Location": departure.url,
            "Set-Cookie": _set_cookie(call, departure.cookie, int(STATE_VALID_FOR.total_seconds())),
        },
        content_type="text/html",
    )


async def finish_installation(call: Call) -> Response:
    """Take what Slack sends a browser back with, and connect the workspace."""
    query: SlackAnswerQuery = call.query
    try:
        connection = await _finished(call, query)
    except UserError as error:
        return _not_installed(error, status=403)
    name = connection.workspace.name
    missing = ", ".join(connection.missing)
    text = f"Type /invite @Opsbell in the channels of {name} where it should write."
    if missing:
        text += f" It was not given {missing}, so something works less well: see docs/scopes.md."
    forget = {"Set-Cookie": _set_cookie(call, "", 0)}
    return _install_page(f"Opsbell is connected to {name}", text, headers=forget)


async def _finished(call: Call, query: SlackAnswerQuery) -> Connection:
    if query.error:
        raise InvalidError("Slack says that you did not allow it. Nothing was changed.")
    return await _installations(call).finish(query.code, query.state, _cookie_of(call))


def _installations(call: Call) -> Installations:
    if call.services.installations is None:
        raise UnavailableError("This Opsbell has no connection to Slack.")
    return call.services.installations


def _cookie_of(call: Call) -> str:
    """Return our cookie; "" if there is none that can be read."""
    try:
        found = SimpleCookie(call.headers.get("Cookie", "")).get(_COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _set_cookie(call: Call, value: str, seconds: int) -> str:
    """Return the header that keeps *value* in the browser, for the way back alone."""
    is_secure = call.services.settings.public_url.startswith("https://")
    parts = [f"{_COOKIE}={value}", "Path=/slack", f"Max-Age={seconds}", "HttpOnly", "SameSite=Lax"]
    return "; ".join([*parts, *(["Secure"] if is_secure else [])])


def _not_installed(error: UserError, *, status: int) -> Response:
    """Return the page that says why nothing was installed."""
    is_away = isinstance(error, UnavailableError)
    return _install_page("Not installed", str(error), status=503 if is_away else status)


def _install_page(
    title: str, text: str, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Return a page for a person; names in it come from Slack and are escaped."""
    return Response(
        _PAGE.format(title=escape(title), text=escape(text)),
        status=status,
        headers={**_PAGE_HEADERS, **(headers or {})},
        content_type="text/html",
    )
