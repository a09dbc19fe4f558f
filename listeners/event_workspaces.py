"""In which workspaces an event, a command or an interaction may belong. Pure."""

from collections.abc import Mapping
from typing import Any


def places_of(body: Mapping[str, Any]) -> list[str]:
    """
    Return the workspaces that Slack names in a payload, the most telling first.

    A message or modal of ours says in which workspace it is; an event says for which installation
    it is sent. The person's own workspace comes late: on Enterprise Grid and in Slack Connect it
    may be another one. https://docs.slack.dev/enterprise/developing-for-enterprise-orgs
    A shortcut can be used on anybody's message, whose author may be in another tenant's workspace:
    where it was written counts least then.
    """
    message, view, team, user = (
        _object(body.get(name)) for name in ("message", "view", "team", "user")
    )
    written_in = message.get("team")
    is_ours = body.get("type") != "message_action"
    named = (
        written_in if is_ours else None,
        view.get("app_installed_team_id"),
        *(_object(one).get("team_id") for one in body.get("authorizations") or ()),
        team.get("id"),
        body.get("team_id"),
        view.get("team_id"),
        user.get("team_id"),
        written_in,
    )
    return [*dict.fromkeys(one for one in named if isinstance(one, str) and one)]


def enterprise_of(body: Mapping[str, Any]) -> str | None:
    """Return the organisation (Enterprise Grid) that a payload names; None if it names none."""
    named = (
        _object(body.get("enterprise")).get("id"),
        body.get("enterprise_id"),
        *(_object(one).get("enterprise_id") for one in body.get("authorizations") or ()),
        _object(body.get("team")).get("enterprise_id"),
    )
    return next((one for one in named if isinstance(one, str) and one), None)


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
