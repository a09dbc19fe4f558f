"""Rule: what Slack takes is taken here."""

from typing import Any

import pytest
from slack_playground import Playground
from slack_playground.blocks import validate_blocks, validate_message

from tests.playground.wire import ADA, OPS, Api, Caller, actions, button, plain

MENTIONS = ({"type": "user", "user_id": ADA}, {"type": "channel", "channel_id": OPS})


def rich(*elements: dict[str, Any], kind: str = "rich_text_section", **more: Any) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": [*elements], **more}]}


@pytest.mark.parametrize(
    "block",
    [
        rich({"type": "text", "text": "x"}, kind="rich_text_preformatted", language="python"),
        rich({"type": "emoji", "name": "ada", "url": "https://example.com/ada.png"}),
        *(rich({**one, "style": {"underline": True, "code": True}}) for one in MENTIONS),
        actions({"type": "rich_text_input", "action_id": "why"}),
        {"type": "task_card", "task_id": "1", "title": "Cook"},
        {"type": "plan", "title": "Lunch"},
        {"type": "plan", "title": "Lunch", "tasks": [{"task_id": "1", "title": "Cook"}]},
        {
            "type": "input",
            "label": plain("Why"),
            "element": {
                "type": "rich_text_input",
                "initial_value": rich({"type": "text", "text": "x"}),
                "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
                "focus_on_load": True,
            },
        },
    ],
)
def test_a_block_is_taken(block: dict[str, Any]) -> None:
    """Fields that Slack knows, and those that may be missing."""
    assert validate_blocks([block], "message") == []


@pytest.mark.parametrize(
    "attachment",
    [
        {"text": "x", "ts": "1795000000"},
        {"text": "x", "ts": 1795000000.5},
        {"fields": [{"title": "Open", "value": 12, "short": True, "unknown": 1}]},
        {"text": "x", "unknown": {"of": "any kind"}},
        {"text": "x", "title_link": None},
    ],
)
def test_an_attachment_is_taken(attachment: dict[str, Any]) -> None:
    """Attachments are old, and Slack takes much in them."""
    assert validate_message({"text": "x", "attachments": [attachment]}) == []


async def test_work_objects_come_as_entities(playground: Playground, api: Api) -> None:
    """Metadata may hold entities, with or without an event."""
    entities = [{"app_unfurl_url": "https://example.com/1", "entity_type": "slack#/entities/task"}]
    event = {"event_type": "made", "event_payload": {"id": 1}}
    for metadata in ({"entities": entities}, {"entities": entities, **event}):
        answer = await api("chat.postMessage", channel=OPS, text="x", metadata=metadata)
        assert answer["ok"] is True
        assert playground.message("ops", answer["ts"])["metadata"] == metadata


async def test_a_message_takes_inputs(playground: Playground, api: Api, app: Caller) -> None:
    """What stands in them comes with a click, in `state`; typed text may come by itself."""
    reason = {
        "type": "input",
        "block_id": "why",
        "label": plain("Why"),
        "dispatch_action": True,
        "element": {"type": "plain_text_input", "action_id": "reason", "initial_value": "none"},
    }
    blocks = [reason, actions(button("Send", "send"))]
    ts = (await api("chat.postMessage", channel=OPS, text="x", blocks=blocks))["ts"]
    assert (await playground.click("ada", "ops", ts, "Send", values={"why": "hunger"})).ok
    assert app.payloads[-1]["state"]["values"]["why"]["reason"]["value"] == "hunger"
    assert (await playground.click("ben", "ops", ts, "reason", "thirst")).ok
    assert app.payloads[-1]["actions"][0]["value"] == "thirst"
    assert app.payloads[-1]["state"]["values"]["why"]["reason"]["value"] == "thirst"
