"""Leaderboards: samples in, rankings out. They belong to the tenant `default`."""

from bot.errors import NotFoundError
from bot.http.route_types import Call, Response
from bot.http.schemas.leaderboards import (
    PostedLeaderboard,
    ShownLeaderboard,
    TakenSamples,
    WeekFilter,
    fields_of_samples,
)
from bot.leaderboards.service import Leaderboards
from bot.workspaces.models import DEFAULT_TENANT


async def add_samples(call: Call) -> Response:
    """Take samples, as a JSON list or as CSV: all of them, or none with every problem named."""
    boards, name = _boards_for(call), call.path["name"]
    if isinstance(call.body, str):
        accepted = await boards.add_csv(name, call.body)
    else:
        accepted = await boards.add(name, fields_of_samples(call.body))
    return Response(TakenSamples(accepted=accepted).model_dump())


async def show_leaderboard(call: Call) -> Response:
    """Show the ranking of a week; of the current one if none is named."""
    query: WeekFilter = call.query
    ranking = await _boards_for(call).ranking(call.path["name"], query.week)
    return Response(ShownLeaderboard.model_validate(ranking.as_json()).model_dump())


async def post_leaderboard(call: Call) -> Response:
    """Post the week so far, once a week; called again, it brings that post up to date."""
    posted = await _boards_for(call).post(call.path["name"])
    shown = PostedLeaderboard(
        week=str(posted.week), channel=posted.channel, message_id=posted.message_id
    )
    return Response(shown.model_dump(), status=202)


def _boards_for(call: Call) -> Leaderboards:
    """Return the boards of the caller's tenant; another than `default` has none."""
    if call.caller.tenant != DEFAULT_TENANT:
        raise NotFoundError(f"There is no leaderboard `{call.path['name'][:40]}`.")
    return call.services.leaderboards
