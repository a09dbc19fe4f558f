"""
What Slack sends, for tests that need no socket.

The shapes are those of https://docs.slack.dev/reference/interaction-payloads; triggers and
response URLs are the playground's own, so that they can be used.
"""

from typing import Any

from slack_playground import Playground

from tests.listeners.room import ADA, OPS

Body = dict[str, Any]


def interaction(kind: str, playground: Playground, user: str = ADA) -> Body:
    """Return the parts that all interactions share, with a fresh trigger."""
    workspace = playground.workspace
    return {
        "type": kind,
        "token": "v",
        "team": {"id": playground.state.team_id, "domain": "playground"},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {"id": user, "username": "x", "name": "x", "team_id": playground.state.team_id},
        "api_app_id": playground.state.app_id,
        "trigger_id": workspace.triggers.issue(workspace.state, user),
    }


def click(
    action_id: str, value: str, *, playground: Playground, user: str = ADA, ts: str = "1.1"
) -> Body:
    """Return a click on a button of a message in #ops."""
    workspace = playground.workspace
    secret = workspace.response_urls.issue(OPS, user, ts=ts)
    return {
        **interaction("block_actions", playground, user),
        "container": {"type": "message", "message_ts": ts, "channel_id": OPS},
        "channel": {"id": OPS, "name": "ops"},
        "message": {"type": "message", "ts": ts, "text": "…", "blocks": []},
        "state": {"values": {}},
        "response_url": f"{workspace.address}/actions/{playground.state.team_id}/{secret}",
        "actions": [
            {
                "type": "button",
                "action_id": action_id,
                "block_id": "b1",
                "text": {"type": "plain_text", "text": "…", "emoji": True},
                "value": value,
                "action_ts": "1.9",
            }
        ],
    }


def submission(view: Body, *, playground: Playground, user: str = ADA) -> Body:
    """Return the submission of a modal as it stands open."""
    return {
        **interaction("view_submission", playground, user),
        "view": view,
        "response_urls": [],
    }


def event(kind: str, event_id: str, playground: Playground) -> Body:
    """Return an event of the Events API."""
    return {
        "token": "v",
        "type": "event_callback",
        "team_id": playground.state.team_id,
        "api_app_id": playground.state.app_id,
        "event": {"type": kind, "user": ADA, "channel": OPS, "event_ts": "1.1"},
        "event_id": event_id,
        "event_time": 1,
        "authorizations": [{"team_id": playground.state.team_id, "is_bot": True}],
    }
