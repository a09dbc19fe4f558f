"""From a request to a method: tokens, scopes, limits."""

from aiohttp import web

from playground.arguments import Arguments
from playground.bodies import Sent, read_request
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
    sent = await read_request(request)
    holder = None if sent.token is None else platform.holder(sent.token)
    workspace = platform.first if holder is None else holder[0]
    exchange = Exchange(workspace, method, sent.arguments, request)
    return await exchange.serve(lambda: _answer(workspace, method, sent))


def _answer(workspace: Workspace, method: str, sent: Sent) -> Answer:
    if sent.error is not None:
        answer = Answer({"ok": False, "error": sent.error.error})
    else:
        answer = answer_call(workspace, method, sent.arguments, sent.token)
    if sent.warning is not None:
        _add_warning(answer.body, sent.warning)
    return answer


def answer_call(workspace: Workspace, name: str, arguments: Record, token: str | None) -> Answer:
    """Do what a call asks for; every refusal becomes the answer Slack gives."""
    method = METHODS.get(name)
    if method is None:
        workspace.state.unsupported[name] += 1
        workspace.tell_state()
        return Answer({"ok": False, "error": "unknown_method", "req_method": name})
    headers = _scope_headers(workspace, method, token)
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


def _add_warning(body: Record, warning: str) -> None:
    """Say a warning at both of its places, after those that are there."""
    metadata = body.get("response_metadata", {})
    warnings = [*metadata.get("warnings", []), warning]
    body["warning"] = ",".join(warnings)
    body["response_metadata"] = {**metadata, "warnings": warnings}


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
        raise missing_scope(workspace.state, *method.scopes)


def _scope_headers(workspace: Workspace, method: Method, token: str | None) -> dict[str, str]:
    """Tell what the token may do, to who holds one, and what the method wants."""
    headers = {}
    kind = workspace.state.tokens.get(token or "")
    if kind is not None:
        granted = _APP_SCOPES if kind == "app" else workspace.state.scopes
        headers["x-oauth-scopes"] = ",".join(sorted(granted))
    if method.scopes:
        headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
    return headers
