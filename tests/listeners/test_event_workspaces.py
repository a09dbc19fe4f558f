"""In which workspace something happened, by what Slack names."""

import pytest

from listeners.event_workspaces import enterprise_of, places_of

HOME, BRANCH, PARTNER = "T0HOME0001", "T0BRANCH01", "T9PARTNER1"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"team_id": HOME, "command": "/ops"}, [HOME]),
        ({"team": {"id": HOME}, "user": {"id": "U1", "team_id": HOME}}, [HOME]),
        # A message of ours in a shared channel, pressed by somebody of another workspace.
        ({"message": {"team": HOME}, "team": {"id": PARTNER}}, [HOME, PARTNER]),
        # A shortcut used on a message whose author is of another workspace, a tenant's perhaps.
        (
            {
                "type": "message_action",
                "message": {"team": PARTNER},
                "team": {"id": HOME},
                "user": {"id": "U1", "team_id": HOME},
            },
            [HOME, PARTNER],
        ),
        # An event of a shared channel names the sender's team; the installation is ours.
        ({"team_id": PARTNER, "authorizations": [{"team_id": HOME}]}, [HOME, PARTNER]),
        # A modal that was opened in one workspace and submitted from another.
        ({"view": {"app_installed_team_id": HOME}, "team": {"id": BRANCH}}, [HOME, BRANCH]),
        # Installed in a whole organisation: no team, but the person's.
        ({"team": None, "user": {"id": "W1", "team_id": BRANCH}}, [BRANCH]),
        ({"team": None, "user": "U1", "view": None, "message": "text", "authorizations": [7]}, []),
        ({"team": {"id": 7}, "team_id": None}, []),
    ],
)
def test_the_most_telling_workspace_comes_first(body, expected):
    """The place of the message or modal, then the installation, then the person's own."""
    assert places_of(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"enterprise": {"id": "E1"}}, "E1"),
        ({"enterprise_id": "E1"}, "E1"),
        ({"team": {"id": HOME, "enterprise_id": "E1"}, "enterprise": None}, "E1"),
        ({"authorizations": [{"team_id": HOME, "enterprise_id": "E1"}]}, "E1"),
        ({"team": {"id": HOME}, "enterprise": "E1"}, None),
    ],
)
def test_the_organisation_is_found_wherever_slack_names_it(body, expected):
    """On Enterprise Grid; a workspace of its own has none."""
    assert enterprise_of(body) == expected
