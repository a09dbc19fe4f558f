"""
JSON-RPC as the Model Context Protocol speaks it over HTTP, without sessions and streams. Pure.

Both eras are served: that of the handshake (`initialize`, up to 2025-11-25), and that in which each
request names its version (2026-07-28). https://modelcontextprotocol.io/specification
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.errors import OpsbellError
from bot.http.schemas.mcp import RpcMessage
from bot.ids import is_slack_user_id
from bot.workspaces.gate import Visitor

HANDSHAKE_VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
STATELESS_VERSIONS = ("2026-07-28",)
_ALL_VERSIONS = (*HANDSHAKE_VERSIONS, *STATELESS_VERSIONS)
INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32600, -32601, -32602
_HEADER_MISMATCH, _UNSUPPORTED_VERSION = -32020, -32022
_META = "io.modelcontextprotocol/"
_VERSION_KEY, _CAPABILITIES_KEY = f"{_META}protocolVersion", f"{_META}clientCapabilities"
SERVER_INFO_KEY = f"{_META}serverInfo"
_VERSION_HEADER, _METHOD_HEADER, _NAME_HEADER = "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"
#: Methods of which a header repeats a parameter.
_NAMED_METHODS = {"tools/call": "name"}


class RpcError(OpsbellError):
    """A JSON-RPC error; the message says what is wrong."""

    def __init__(self, code: int, message: str, data: Any = None, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.data = data
        self.status = status


@dataclass(frozen=True)
class RpcRequest:
    """A request that is well formed; `id` is None for a notification, which gets no reply."""

    id: str | int | None
    method: str
    params: dict[str, Any] = field(default_factory=dict)
    is_stateless: bool = False


def read_request(message: RpcMessage, headers: Mapping[str, str]) -> RpcRequest:
    """Return the request in *message*; raise `RpcError` for one that is malformed."""
    if message.jsonrpc != "2.0":
        raise RpcError(INVALID_REQUEST, '`jsonrpc` must be "2.0".')
    if message.method is None and (message.result is not None or message.error is not None):
        return RpcRequest(None, "response")
    if not isinstance(message.method, str):
        raise RpcError(INVALID_REQUEST, "`method` must be a text.")
    if not is_rpc_id(message.id):
        raise RpcError(INVALID_REQUEST, "`id` must be a text or a whole number.")
    params = {} if message.params is None else message.params
    if not isinstance(params, dict):
        raise RpcError(INVALID_PARAMS, "`params` must be an object.")
    request = RpcRequest(message.id, message.method, params, _is_stateless(params, headers))
    if request.is_stateless:
        _check_envelope(request, headers)
    return request


def is_rpc_id(value: Any) -> bool:
    """Tell whether *value* may be an id; None is that of a notification."""
    return value is None or (isinstance(value, str | int) and not isinstance(value, bool))


def _is_stateless(params: dict[str, Any], headers: Mapping[str, str]) -> bool:
    """Tell in which era the caller speaks; raise `RpcError` for a version that there is not."""
    version = headers.get(_VERSION_HEADER)
    named = _meta_of(params).get(_VERSION_KEY)
    if named is not None or version in STATELESS_VERSIONS:
        return True
    if version is not None and version not in HANDSHAKE_VERSIONS:
        raise _unsupported(version)
    return False


def _check_envelope(request: RpcRequest, headers: Mapping[str, str]) -> None:
    """Raise `RpcError` unless headers and envelope of a stateless request agree."""
    meta = _meta_of(request.params)
    missing = [key for key in (_VERSION_KEY, _CAPABILITIES_KEY) if key not in meta]
    if missing:
        raise RpcError(INVALID_PARAMS, f"`params._meta` lacks {', '.join(missing)}.")
    expected = {_VERSION_HEADER: meta[_VERSION_KEY], _METHOD_HEADER: request.method}
    named = request.params.get(_NAMED_METHODS.get(request.method, ""))
    if named is not None:
        expected[_NAME_HEADER] = named
    for header, value in expected.items():
        if headers.get(header) != value:
            raise RpcError(_HEADER_MISMATCH, f"The header {header} differs from the body.")
    if meta[_VERSION_KEY] not in STATELESS_VERSIONS:
        raise _unsupported(meta[_VERSION_KEY])


def _meta_of(params: dict[str, Any]) -> dict[str, Any]:
    meta = params.get("_meta")
    return meta if isinstance(meta, dict) else {}


def _unsupported(version: str) -> RpcError:
    data = {"supported": [*_ALL_VERSIONS], "requested": version[:100]}
    return RpcError(_UNSUPPORTED_VERSION, "This protocol version is not spoken here.", data)


def slack_person(request: RpcRequest) -> Visitor | None:
    """Return for whom Slack asks, as a request that it signed says; None if it does not."""
    said = _meta_of(request.params).get("slack")
    named = said if isinstance(said, dict) else {}
    user, team = named.get("user_id"), named.get("team_id")
    if not (isinstance(user, str) and is_slack_user_id(user) and isinstance(team, str) and team):
        return None
    enterprise = named.get("enterprise_id")
    return Visitor(
        user, seen_in=team, enterprise_id=enterprise if isinstance(enterprise, str) else None
    )


def negotiated(requested: Any) -> str:
    """Return the version that answers `initialize`: the requested one, or the newest we speak."""
    return requested if requested in HANDSHAKE_VERSIONS else HANDSHAKE_VERSIONS[-1]


def supported_versions() -> list[str]:
    """Return every version that is spoken here."""
    return [*_ALL_VERSIONS]


def rpc_result(request: RpcRequest, result: dict[str, Any]) -> dict[str, Any]:
    """Return the response to *request*."""
    return {"jsonrpc": "2.0", "id": request.id, "result": result}


def rpc_error(message_id: Any, error: RpcError) -> tuple[dict[str, Any], int]:
    """Return the response that says what is wrong, and its HTTP status."""
    body: dict[str, Any] = {"code": error.code, "message": str(error)}
    if error.data is not None:
        body["data"] = error.data
    answered_id = message_id if is_rpc_id(message_id) else None
    return {"jsonrpc": "2.0", "id": answered_id, "error": body}, error.status


def unknown_method(request: RpcRequest) -> RpcError:
    """Return the error for a method that there is not."""
    return _rpc_error_of(request, METHOD_NOT_FOUND, "There is no such method.", status=404)


def invalid_params(request: RpcRequest, message: str) -> RpcError:
    """Return the error for parameters that cannot be used."""
    return _rpc_error_of(request, INVALID_PARAMS, message, status=400)


def _rpc_error_of(request: RpcRequest, code: int, message: str, *, status: int) -> RpcError:
    """Clients of the handshake take any other status than 200 for the end of the connection."""
    return RpcError(code, message, status=status if request.is_stateless else 200)
