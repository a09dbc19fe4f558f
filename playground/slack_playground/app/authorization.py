"""
The page on which a person lets the app into a workspace.

The flow is that of https://docs.slack.dev/authentication/installing-with-oauth;
the page itself is as plain as it can be.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from aiohttp import web

from slack_playground.platform import Platform
from slack_playground.seed import CLIENT_ID
from slack_playground.state import User
from slack_playground.workspace import Workspace

PATH = "/oauth/v2/authorize"
SIGN_IN_PATH = "/openid/connect/authorize"


class RefusedError(Exception):
    """The request for installation is wrong; the message is Slack's word for it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the app asks for, as it stands in the address."""

    scopes: frozenset[str]
    user_scopes: frozenset[str]
    redirect_uri: str
    state: str
    team: str
    # Of a person who signs in: what comes back inside their id_token.
    nonce: str = ""


def add_authorization(app: web.Application, platform: Platform) -> None:
    async def show(request: web.Request) -> web.Response:
        try:
            asked = _read(platform, _as_installation(request.path, request.query))
        except RefusedError as error:
            return _page(f"<p role=alert>Slack refuses: <code>{escape(str(error))}</code></p>", 400)
        return _page(_form(platform, asked, request.query, request.path))

    async def decide(request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            asked = _read(platform, _as_installation(request.path, form))
            raise web.HTTPFound(_destination(platform, asked, form))
        except RefusedError as error:
            return _page(f"<p role=alert>Slack refuses: <code>{escape(str(error))}</code></p>", 400)

    for path in (PATH, SIGN_IN_PATH):
        app.router.add_get(path, show)
        app.router.add_post(path, decide)


def _as_installation(path: str, values: Mapping[str, str]) -> Mapping[str, str]:
    """Return a request to sign in with Slack as one for the scopes of a person alone."""
    if path != SIGN_IN_PATH:
        return values
    if values.get("response_type") != "code":
        raise RefusedError("invalid_response_type")
    scopes = values.get("scope", "")
    if "openid" not in scopes.replace(",", " ").split():
        raise RefusedError("invalid_scope")
    return {**values, "scope": "", "user_scope": scopes}


def _read(platform: Platform, values: Mapping[str, str]) -> Request:
    if values.get("client_id") != CLIENT_ID:
        raise RefusedError("invalid_client_id")
    manifest = platform.manifest
    scopes = _scopes(values.get("scope", ""), manifest.scopes, "invalid_scope")
    user_scopes = _scopes(values.get("user_scope", ""), manifest.user_scopes, "invalid_user_scope")
    if not scopes and not user_scopes:
        raise RefusedError("invalid_scope")
    return Request(
        scopes,
        user_scopes,
        _redirect_uri(platform, values),
        values.get("state", ""),
        values.get("team", ""),
        values.get("nonce", ""),
    )


def _scopes(said: str, declared: frozenset[str] | None, refusal: str) -> frozenset[str]:
    asked = frozenset(said.replace(",", " ").split())
    if declared is not None and not asked <= declared:
        raise RefusedError(f"{refusal}: {', '.join(sorted(asked - declared))}")
    return asked


def _redirect_uri(platform: Platform, values: Mapping[str, str]) -> str:
    """Return where the answer goes: it must begin like one of the manifest's addresses."""
    declared = platform.manifest.redirect_urls
    uri = values.get("redirect_uri") or next(iter(declared), "")
    if not uri.startswith(("http://", "https://")):
        raise RefusedError("bad_redirect_uri")
    if platform.manifest.is_known and not any(uri.startswith(one) for one in declared):
        raise RefusedError("bad_redirect_uri")
    return uri


def _destination(platform: Platform, asked: Request, form: Mapping[str, str]) -> str:
    if form.get("decision") != "allow":
        answer = {"error": "access_denied", "state": asked.state}
    else:
        workspace = platform.find(form.get("workspace", ""))
        if workspace is None:
            raise RefusedError("team_not_found")
        user = _installer(workspace, form.get("user", ""))
        channel = ""
        if "incoming-webhook" in asked.scopes:
            channel = next(iter(workspace.state.channels), "")
        code = platform.installations.allow(
            workspace.state.team_id,
            user.id,
            asked.scopes,
            asked.redirect_uri,
            channel=channel,
            user_scopes=asked.user_scopes,
            nonce=asked.nonce,
        )
        answer = {"code": code, "state": asked.state}
    return f"{asked.redirect_uri}{'&' if '?' in asked.redirect_uri else '?'}{urlencode(answer)}"


def _installer(workspace: Workspace, reference: str) -> User:
    """Return who installs: the one named, else the workspace's owner."""
    people = [user for user in workspace.state.users.values() if not user.is_bot]
    named = [user for user in people if reference in (user.id, user.name)]
    owners = [user for user in people if user.is_owner]
    return next(iter([*named, *owners, *people]))


def _form(platform: Platform, asked: Request, query: Mapping[str, str], path: str) -> str:
    hidden = "".join(
        f'<input type=hidden name="{escape(name)}" value="{escape(value)}">'
        for name, value in query.items()
        if name not in ("team", "workspace", "decision")
    )
    choices = "".join(
        f'<option value="{escape(one.state.team_id)}"'
        f"{' selected' if one.state.team_id == asked.team else ''}>"
        f"{escape(one.state.team_name)}</option>"
        for one in platform.workspaces.values()
    )
    scopes = "".join(f"<li><code>{escape(scope)}</code></li>" for scope in sorted(asked.scopes))
    scopes += "".join(
        f"<li><code>{escape(scope)}</code>, on your behalf</li>"
        for scope in sorted(asked.user_scopes)
    )
    name = escape(platform.manifest.name)
    return (
        f"<h1>{name} is requesting permission to access a workspace</h1>"
        f'<form method=post action="{path}">{hidden}'
        f"<p><label>Workspace <select name=workspace>{choices}</select></label></p>"
        f"<p>{name} will be able to:</p><ul>{scopes}</ul>"
        "<p><button name=decision value=cancel>Cancel</button> "
        "<button name=decision value=allow>Allow</button></p></form>"
    )


def _page(body: str, status: int = 200) -> web.Response:
    text = (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Install an app</title>"
        "<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui;max-width:36rem;"
        f"margin:3rem auto;padding:0 1rem}}h1{{font-size:1.4rem}}</style>{body}</html>"
    )
    # Slack's own page cannot be framed either: a click on Allow must be meant.
    headers = {"Content-Security-Policy": "frame-ancestors 'none'"}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)
