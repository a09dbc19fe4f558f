"""What people and Slack begin has a name and an id."""

import pytest

from listeners.interactions import interaction_name


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"command": "/ops", "text": "task list"}, "command /ops"),
        ({"type": "block_actions", "actions": [{"action_id": "task_retry"}]}, "button task_retry"),
        ({"type": "block_actions", "actions": [{"action_id": "Ada Lovelace"}]}, "button (other)"),
        ({"type": "block_actions", "actions": []}, "button (other)"),
        ({"type": "view_submission", "view": {"callback_id": "run_task"}}, "form run_task"),
        ({"type": "message_action", "callback_id": "why"}, "shortcut why"),
        ({"type": "event_callback", "event": {"type": "app_home_opened"}}, "event app_home_opened"),
        ({"type": "block_suggestion"}, "block_suggestion"),
        ({"type": "x" * 99}, "(other)"),
        ({}, "(other)"),
    ],
)
def test_an_interaction_is_called_by_what_the_program_calls_it(body, name):
    """Never by what a person or a tenant's template says."""
    assert interaction_name(body) == name
