"""Authorization of people: every command and interaction is checked before any listener."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.errors import ForbiddenError
from bot.workspaces.access import Rights
from bot.workspaces.gate import Gate, House, Visitor

_NextMiddleware = Callable[[], Awaitable[None]]

#: Slack opens these addresses itself; a refusal would only be noise.
LINK_ACTIONS = ("task_logs", "task_grafana")


def make_admission(
    gate: Gate, rights: Rights
) -> Callable[[dict[str, Any], _NextMiddleware], Awaitable[None]]:
    """Return a middleware that refuses everybody but members and, if any are named, viewers."""

    async def admit(body: dict[str, Any], next: _NextMiddleware) -> None:
        visitor = _visitor_of(body)
        if visitor is not None and not _is_harmless(body):
            await gate.require_insider(visitor)
            await rights.require_viewer(visitor.user_id)
            _require_home(body, visitor, gate.house)
        await next()

    return admit


def _visitor_of(body: Mapping[str, Any]) -> Visitor | None:
    """Return who sent a command or an interaction; None for an event, which nobody sent."""
    event = body.get("event") or {}
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
    message = body.get("message") or {}
    place = message.get("team") or visitor.seen_in
    if house.workspace_id in (visitor.team_id, place) or place is None:
        return
    raise ForbiddenError(
        "You are signed in to another workspace of your organisation: "
        f"open this channel in *{house.name}*."
    )
