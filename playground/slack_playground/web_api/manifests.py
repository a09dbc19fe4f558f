"""apps.manifest.* and tooling.tokens.rotate: apps made and changed by their manifests."""

import secrets
from typing import Any

from slack_playground.app.installations import CONFIG_SECONDS, rotate, uninstall
from slack_playground.app.manifest_rules import validate_manifest
from slack_playground.errors import SlackError
from slack_playground.requests.arguments import invalid_arguments
from slack_playground.state import Record
from slack_playground.web_api.call import Call


def validate(call: Call) -> Record:
    _read(call)
    return {"errors": []}


def create(call: Call) -> Record:
    """Keep a manifest as an app of its own; only the playground's own app is ever heard."""
    manifest = _read(call)
    app_id = call.state.next_id("A")
    call.state.manifests[app_id] = manifest
    client_id = f"{call.state.last_number}.{secrets.randbelow(10**12)}"
    return {
        "app_id": app_id,
        "team_id": call.state.team_id,
        "team_domain": call.state.team_domain,
        "credentials": {
            "client_id": client_id,
            "client_secret": secrets.token_hex(16),
            "verification_token": secrets.token_hex(12),
            "signing_secret": secrets.token_hex(16),
        },
        "oauth_authorize_url": f"{call.workspace.address}/oauth/v2/authorize?client_id={client_id}",
    }


def update(call: Call) -> Record:
    """Change an app; the playground's own app lives by the new manifest from now on."""
    before, manifest = _standing(call), _read(call)
    app_id = call.arguments.required("app_id")
    if app_id == call.state.app_id:
        call.workspace.platform.use_manifest(manifest)
    else:
        call.state.manifests[app_id] = manifest
    return {"app_id": app_id, "permissions_updated": _scopes(before) != _scopes(manifest)}


def export(call: Call) -> Record:
    return {"manifest": _standing(call)}


def delete(call: Call) -> Record:
    """Delete an app; without its app the playground's workspaces stay behind."""
    _standing(call)
    app_id = call.arguments.required("app_id")
    if app_id != call.state.app_id:
        del call.state.manifests[app_id]
        return {}
    for workspace in call.workspace.platform.workspaces.values():
        if workspace.state.is_installed:
            uninstall(workspace)
    return {}


def rotate_token(call: Call) -> Record:
    """Exchange a refresh token for a new configuration token and a new refresh token."""
    token, refresh_token = rotate(call.workspace, call.arguments.required("refresh_token"))
    now = int(call.workspace.clock.now())
    owner = next((user.id for user in call.state.users.values() if user.is_owner), "")
    return {
        "token": token,
        "refresh_token": refresh_token,
        "team_id": call.state.team_id,
        "user_id": owner,
        "iat": now,
        "exp": now + int(CONFIG_SECONDS),
    }


def _standing(call: Call) -> Record:
    app_id = call.arguments.required("app_id")
    if app_id == call.state.app_id:
        return call.workspace.platform.manifest_source
    if app_id not in call.state.manifests:
        raise SlackError("invalid_app_id")
    return call.state.manifests[app_id]


def _read(call: Call) -> Record:
    if "manifest" not in call.arguments:
        raise invalid_arguments("missing required field: manifest")
    manifest: Any = call.arguments.structure("manifest", "invalid_manifest")
    problems = validate_manifest(manifest)
    if problems:
        errors = [{"message": one.message, "pointer": one.pointer or "/"} for one in problems]
        raise SlackError("invalid_manifest", errors=errors)
    read: Record = manifest
    return read


def _scopes(manifest: Record) -> Record:
    scopes: Record = manifest.get("oauth_config", {}).get("scopes", {})
    return scopes
