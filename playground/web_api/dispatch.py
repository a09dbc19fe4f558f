"""From a request to a method: tokens, scopes, limits."""

import base64
import binascii

from aiohttp import web

from playground.arguments import Arguments, read_arguments
from playground.errors import LimitedError, SlackError
from playground.platform import Platform
from playground.serving import Answer, Exchange
from playground.state import Record
from playground.web_api import METHODS
from playground.web_api.call import Call, Method, Takes, missing_scope
from playground.workspace import Workspace

_APP_SCOPES = frozenset({"connections:write"})


async def serve_call(platform: Platform, method: str, request: web.Request) -> web.Response:
    """Answer one Web API request, in the workspace its token belongs to."""
    try:
        arguments = await read_arguments(request)
    except SlackError as error:
        return web.json_response({"ok": False, "error": error.error})
    token = _take_token(arguments, request.headers.get("Authorization"))
    holder = None if token is None else platform.holder(token)
    workspace = platform.first if holder is None else holder[0]
    exchange = Exchange(workspace, method, arguments, request)
    return await exchange.serve(lambda: answer_call(workspace, method, arguments, token))


def answer_call(workspace: Workspace, name: str, arguments: Record, token: str | None) -> Answer:
    """Do what a call asks for; every refusal becomes the answer Slack gives."""
    method = METHODS.get(name)
    if method is None:
        workspace.state.unsupported[name] += 1
        workspace.tell_state()
        return Answer({"ok": False, "error": "unknown_method", "req_method": name})
    headers = _scope_headers(workspace, method)
    try:
        _check_token(workspace, method, token)
        workspace.limits.admit(name, method.per_minute)
        result = method.answer(Call(workspace, Arguments(arguments), token or ""))
    except LimitedError as error:
        headers["Retry-After"] = str(error.retry_after)
        return Answer({"ok": False, "error": error.error}, 429, headers)
    except SlackError as error:
        if error.error == "missing_scope":
            workspace.note_missing_scope(name, error.details["needed"])
        return Answer({"ok": False, "error": error.error, **error.details}, 200, headers)
    return Answer({"ok": True, **result}, 200, headers)


def _take_token(arguments: Record, authorization: str | None) -> str | None:
    """
    Return the bearer token, else the one among the arguments, which loses it.

    HTTP Basic is how an app names itself by its client id and secret; they
    become arguments, which is the other way to send them.
    """
    argument: str | None = arguments.pop("token", None)
    kind, _, value = (authorization or "").partition(" ")
    if kind == "Bearer":
        return value.strip()
    if kind == "Basic":
        try:
            client_id, _, secret = base64.b64decode(value).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return argument
        arguments.update(client_id=client_id, client_secret=secret)
    return argument


def _check_token(workspace: Workspace, method: Method, token: str | None) -> None:
    if method.takes is Takes.NOTHING:
        return
    if not token:
        raise SlackError("not_authed")
    kind = workspace.state.tokens.get(token)
    if kind is None:
        raise SlackError("invalid_auth")
    if kind == "revoked":
        raise SlackError("token_revoked")
    if kind != method.takes:
        raise SlackError("not_allowed_token_type")
    granted = _APP_SCOPES if kind == "app" else workspace.state.scopes
    if method.scopes and granted.isdisjoint(method.scopes):
        raise missing_scope(workspace.state, method.scopes[0])


def _scope_headers(workspace: Workspace, method: Method) -> dict[str, str]:
    granted = _APP_SCOPES if method.takes is Takes.APP else workspace.state.scopes
    headers = {"x-oauth-scopes": ",".join(sorted(granted))}
    if method.scopes:
        headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
    return headers
