"""
Finds the workspace that serves a request, and checks the person before any listener runs.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.errors import ForbiddenError
from bot.workspaces.gate import House, Visitor
from listeners.event_workspaces import places_of
from listeners.workspace_routing import Houses, Served

logger = structlog.get_logger(__name__)

_NextMiddleware = Callable[[], Awaitable[None]]

#: Slack opens these addresses itself; a refusal would only be noise.
LINK_ACTIONS = ("task_logs", "task_grafana")
#: Somebody writes to the bot: a mention, or a direct message.
_WRITTEN_EVENTS = ("app_mention", "message")


def make_admission(
    houses: Houses,
) -> Callable[[dict[str, Any], AsyncBoltContext, _NextMiddleware], Awaitable[BoltResponse | None]]:
    """
    Return a middleware that refuses everybody but members (see `bot.workspaces.gate`) and,
    if any are named, viewers.

    After it the context has `served`: what serves the request. Its `client` is the workspace's.
    """

    async def admit(
        body: dict[str, Any], context: AsyncBoltContext, next: _NextMiddleware
    ) -> BoltResponse | None:
        visitor, is_harmless = _visitor_of(body), _is_harmless(body)
        try:
            served = await houses.serving(body)
        except ForbiddenError:
            if visitor is not None and not is_harmless:
                raise
            # There is nobody to tell, and nothing to do.
            logger.info("workspace_not_connected", places=places_of(body)[:3])
            return BoltResponse(status=200)
        _serve_with(served, context)
        if visitor is not None and not is_harmless:
            await served.services.gate.require_insider(visitor)
            await served.services.rights.require_viewer(visitor.user_id)
            _require_home(body, visitor, served.services.gate.house)
        await next()
        return None

    return admit


def _serve_with(served: Served, context: AsyncBoltContext) -> None:
    context["served"] = served
    if served.services.slack is not None:
        context["client"] = served.services.slack
        context["token"] = served.services.slack.token
        context["bot_user_id"] = served.services.bot_user_id


def _visitor_of(body: Mapping[str, Any]) -> Visitor | None:
    """Return who sent a command, an interaction or a message to us; None for what nobody sent."""
    event = body.get("event") or {}
    if event.get("type") in _WRITTEN_EVENTS and event.get("user"):
        return Visitor(
            event["user"],
            team_id=event.get("user_team") or event.get("team") or None,
            seen_in=body.get("team_id") or None,
        )
    if event.get("type") == "app_home_opened":
        return Visitor(event["user"], seen_in=body.get("team_id") or None)
    if "command" in body:
        return Visitor(
            body["user_id"],
            seen_in=body.get("team_id") or None,
            enterprise_id=body.get("enterprise_id") or None,
        )
    user = body.get("user")
    if not isinstance(user, Mapping) or not user.get("id"):
        return None
    team, enterprise = body.get("team") or {}, body.get("enterprise") or {}
    return Visitor(
        user["id"],
        team_id=user.get("team_id") or None,
        seen_in=team.get("id") or None,
        enterprise_id=enterprise.get("id") or team.get("enterprise_id") or None,
    )


def _is_harmless(body: Mapping[str, Any]) -> bool:
    """Tell whether the interaction neither acts nor reads: a link was opened, a modal closed."""
    actions = body.get("actions") or []
    is_link = bool(actions) and all(one.get("action_id") in LINK_ACTIONS for one in actions)
    return is_link or body.get("type") == "view_closed"


def _require_home(body: Mapping[str, Any], visitor: Visitor, house: House) -> None:
    """Raise `ForbiddenError` for a place that is another workspace's of the same organisation."""
    message, view = body.get("message") or {}, body.get("view") or {}
    place = message.get("team") or view.get("app_installed_team_id") or visitor.seen_in
    if house.workspace_id in (visitor.team_id, place) or place is None:
        return
    raise ForbiddenError(
        "You are signed in to another workspace of your organisation: "
        f"open this channel in *{house.name}*."
    )
