"""From a request to a method: tokens, scopes, limits."""

from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import web

from slack_playground.errors import LimitedError, SlackError
from slack_playground.platform import Platform
from slack_playground.requests.arguments import Arguments
from slack_playground.requests.bodies import Sent, read_request
from slack_playground.requests.images import refused_files, refused_images
from slack_playground.requests.serving import Answer, Exchange
from slack_playground.state import Record, Token
from slack_playground.web_api import METHODS
from slack_playground.web_api.call import Call, Method, Takes, granted_to, missing_scope
from slack_playground.web_api.retired import RETIRED, retired
from slack_playground.workspace import Workspace


async def serve_call(platform: Platform, method: str, request: web.Request) -> web.Response:
    """Answer one Web API request, in the workspace its token belongs to."""
    sent = await read_request(request)
    holder = None if sent.token is None else platform.holder(sent.token)
    workspace = holder or platform.first
    exchange = Exchange(workspace, method, sent.arguments, request)
    sent.refusal = refused_files(workspace, sent.arguments)
    if sent.refusal is None and platform.config.images == "fetched":
        sent.refusal = await refused_images(sent.arguments)
    return await exchange.serve(lambda: _answer(workspace, method, sent))


def _answer(workspace: Workspace, method: str, sent: Sent) -> Answer:
    known = METHODS.get(method)
    if known is not None and known.is_post and not sent.is_post:
        answer = Answer({"ok": False, "error": "insecure_request"})
    elif sent.error is not None:
        answer = Answer({"ok": False, "error": sent.error.error})
    else:
        answer = answer_call(
            workspace, method, sent.arguments, sent.token, sent.refusal, files=sent.files
        )
    if sent.warning is not None:
        _add_warning(answer.body, sent.warning)
    return answer


def answer_call(
    workspace: Workspace,
    name: str,
    arguments: Record,
    token: str | None,
    refusal: SlackError | None = None,
    *,
    files: Mapping[str, bytes] = MappingProxyType({}),
) -> Answer:
    """
    Do what a call asks for; every refusal becomes the answer Slack gives.

    `refusal` is one that is known before, and given to who may call the method at all.
    """
    method = METHODS.get(name)
    if method is None:
        if name in RETIRED:
            refused = retired(name)
            return Answer({"ok": False, "error": refused.error, **refused.details})
        workspace.state.unsupported[name] += 1
        workspace.tell_state()
        return Answer({"ok": False, "error": "unknown_method", "req_method": name})
    headers = _scope_headers(workspace, method, token)
    try:
        held = _check_token(workspace, method, token)
        workspace.limits.admit(name, method.per_minute)
        if refusal is not None:
            raise refusal
        result = method.answer(Call(workspace, Arguments(arguments), token or "", held, files))
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


def _check_token(workspace: Workspace, method: Method, token: str | None) -> Token:
    """Return what the caller holds; raise the SlackError that says why it does not do."""
    if method.takes is Takes.NOTHING:
        return Token("nothing")
    if not token:
        raise SlackError("not_authed")
    held = workspace.state.tokens.get(token)
    if held is None:
        raise SlackError("invalid_auth")
    if held.kind == "revoked":
        raise SlackError("token_revoked")
    if held.expires_at is not None and workspace.clock.now() >= held.expires_at:
        raise SlackError("token_expired")
    if not method.suits(held):
        raise SlackError("not_allowed_token_type")
    granted, scopes = granted_to(workspace.state, held), method.scopes_for(held)
    if scopes and granted.isdisjoint(scopes):
        raise missing_scope(granted, *scopes)
    return held


def _scope_headers(workspace: Workspace, method: Method, token: str | None) -> dict[str, str]:
    """Tell what the token may do, to who holds one, and what the method wants."""
    headers = {}
    held = workspace.state.tokens.get(token or "")
    if held is not None:
        headers["x-oauth-scopes"] = ",".join(sorted(granted_to(workspace.state, held)))
    if method.scopes:
        headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
    return headers
