"""The ids of our own buttons are those that the bot listens for."""

from slack_bolt.async_app import AsyncApp

from bot.messages.rendering.own_buttons import OWN_ACTIONS, own_buttons
from listeners import actions


def test_every_button_that_is_listened_for_is_ours():
    """A new button of ours that stored templates could carry fails here."""
    heard = []

    class Recorder(AsyncApp):
        def action(self, constraints, *rest, **more):
            heard.append(constraints)
            return super().action(constraints, *rest, **more)

    actions.register(Recorder(token="xoxb-none", signing_secret="none"))

    assert {one for one in heard if isinstance(one, str)} == OWN_ACTIONS


def test_buttons_are_found_wherever_they_stand():
    """The place is a pointer into what was rendered, however deep it is."""
    deep: dict[str, object] = {"action_id": "\ufdd0task_retry\ufdd1"}
    for _ in range(2_000):
        deep = {"elements": [deep]}

    (found,) = own_buttons({"blocks": [deep]})

    assert found.startswith("/blocks/0/elements/0/elements/0")
    assert "/action_id: `task_retry`" in found
