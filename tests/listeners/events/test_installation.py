"""The app was removed, or a token revoked: whose token is forgotten."""

from datetime import UTC, datetime
from typing import Any

import pytest

from listeners.events.installation import (
    handle_app_uninstalled_event,
    handle_tokens_revoked_event,
)

AT = 1_700_000_000


class Losses:
    """Remembers which workspaces were lost, and since when."""

    def __init__(self) -> None:
        self.lost: list[tuple[str, str, datetime]] = []

    async def lose(self, workspace_id: str, because: str, at: datetime) -> bool:
        self.lost.append((workspace_id, because, at))
        return True


def told_of(team_id: str | None) -> dict[str, Any]:
    """Return an event about a workspace of an organisation, another one of which is connected."""
    return {
        "team_id": team_id,
        "enterprise_id": "E0ACME0001",
        "event_time": AT,
        "authorizations": [{"team_id": "T0BRANCH01", "enterprise_id": "E0ACME0001"}],
    }


@pytest.mark.parametrize("tokens", [None, {"bot": ["U1"], "oauth": []}])
async def test_the_workspace_that_slack_names_is_lost_and_no_other(tokens: Any) -> None:
    """Not the one that serves the event, which on Enterprise Grid may be a sister."""
    losses, body = Losses(), told_of("T0SISTER01")

    if tokens is None:
        await handle_app_uninstalled_event(body, losses.lose)
    else:
        await handle_tokens_revoked_event(body, {"tokens": tokens}, losses.lose)

    why = "app_uninstalled" if tokens is None else "token_revoked"
    assert losses.lost == [("T0SISTER01", why, datetime.fromtimestamp(AT + 1, UTC))]


@pytest.mark.parametrize(
    ("team_id", "tokens"),
    [
        (None, {"bot": ["U1"]}),
        ("T0BRANCH01", {"oauth": ["U1"]}),
        ("T0BRANCH01", {"bot": []}),
        ("T0BRANCH01", ["U1"]),
        ("T0BRANCH01", None),
    ],
)
async def test_what_does_not_concern_a_bot_token_loses_nothing(
    team_id: str | None, tokens: Any
) -> None:
    """A whole organisation's, which we never had, and tokens of people."""
    losses = Losses()

    await handle_tokens_revoked_event(told_of(team_id), {"tokens": tokens}, losses.lose)

    assert losses.lost == []
