"""Workspaces of a tenant: connect, look, disconnect. A token goes in and never comes out."""

from bot.http.routing import Answer, Call
from bot.http.schemas.workspaces import ConnectWorkspace, DisconnectedWorkspace, ShownWorkspace


async def connect_workspace(call: Call) -> Answer:
    """Connect a workspace by its bot token, or replace the token; Slack is asked first."""
    body: ConnectWorkspace = call.body
    made = await call.services.connections.connect(
        call.caller.tenant,
        body.team_id,
        body.bot_token.get_secret_value(),
        name=body.team_name,
        by=call.caller.subject,
    )
    return Answer(ShownWorkspace.of(made), status=201 if made.is_new else 200)


async def check_workspace(call: Call) -> Answer:
    """Ask Slack whether a workspace's token still works, and what it may do."""
    found = await call.services.connections.look(call.caller.tenant, call.path["team_id"])
    return Answer(ShownWorkspace.of(found))


async def disconnect_workspace(call: Call) -> Answer:
    """Forget a workspace's token; what waits for it is delivered once it is connected again."""
    team_id = call.path["team_id"]
    await call.services.connections.disconnect(call.caller.tenant, team_id)
    return Answer(DisconnectedWorkspace(team_id=team_id, status="disconnected"))
