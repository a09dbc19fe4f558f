"""A tenant's workspaces: connect, test, disconnect. Tokens go in and are never returned."""

from bot.http.route_types import Call, Response
from bot.http.schemas.workspaces import ConnectWorkspace, DisconnectedWorkspace, ShownWorkspace


async def connect_workspace(call: Call) -> Response:
    """Connect a workspace by its bot token, or replace the token; Slack is asked first."""
    body: ConnectWorkspace = call.body
    made = await call.services.connections.connect(
        call.caller.tenant,
        body.team_id,
        body.bot_token.get_secret_value(),
        name=body.team_name,
        by=call.caller.subject,
    )
    return Response(ShownWorkspace.of(made), status=201 if made.is_new else 200)


async def check_workspace(call: Call) -> Response:
    """Ask Slack whether a workspace's token is valid and which scopes it has."""
    found = await call.services.connections.look(call.caller.tenant, call.path["team_id"])
    return Response(ShownWorkspace.of(found))


async def disconnect_workspace(call: Call) -> Response:
    """Delete a workspace's token; waiting messages are delivered once it is connected again."""
    team_id = call.path["team_id"]
    await call.services.connections.disconnect(call.caller.tenant, team_id)
    return Response(DisconnectedWorkspace(team_id=team_id, status="disconnected"))
