"""People who registered somewhere else."""

from bot.errors import FieldProblem, InvalidError
from bot.http.channel_lookup import resolve_channel
from bot.http.route_types import Call, Response
from bot.http.schemas.users import RegisteredUser, ToldUser
from bot.messages.outbox import Place
from bot.signups.announcer import NewUser


async def register_user(call: Call) -> Response:
    """Tell of a new user in the users channel; the same user again is not told of again."""
    body: RegisteredUser = call.body
    owner = await call.owner()
    user = NewUser(
        user_id=body.user_id,
        email=body.email,
        display_name=body.display_name,
        total_users=body.total_users,
        environment=body.environment or call.environment,
    )
    channel = await users_channel(call, body, owner.workspace_id)
    message, is_new = await call.services.users.tell(
        Place(owner.workspace_id, owner.tenant, channel),
        user,
        by=call.caller.subject,
        correlation_id=call.correlation_id,
    )
    told = ToldUser(
        ok=True,
        user_id=user.user_id,
        message_id=message.id,
        channel=message.channel,
        ts=message.ts,
    )
    return Response(told, status=201 if is_new else 200)


async def users_channel(call: Call, body: RegisteredUser, workspace_id: str) -> str:
    """Return the channel's id: the caller's, else at home that for users, else the usual one."""
    channel = body.channel
    if channel is None and workspace_id == call.services.home:
        channel = call.services.settings.slack_users_channel
    channel = channel or call.services.usual_channel(workspace_id)
    if channel is None:
        fix = "give one, or set SLACK_USERS_CHANNEL or SLACK_DEFAULT_CHANNEL"
        raise InvalidError("There is no channel to post to.", [FieldProblem("channel", fix)])
    return await resolve_channel(call.services.channels, workspace_id, channel)
