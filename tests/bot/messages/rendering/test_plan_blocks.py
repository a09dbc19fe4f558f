import pytest
from slack_playground.blocks import validate_message

from bot.messages.rendering.renderer import Renderer

PLAN = '[{"type": "plan", "title": "{{ title }}", "tasks": {{ steps|json }}}]'


@pytest.fixture
def renderer(tmp_path):
    return Renderer(tmp_path)


def test_steps_get_ids_of_their_own(renderer):
    """Equal and missing ids would be refused; a long one too. Nothing is routed by them."""
    steps = [{"task_id": name, "title": "x", "status": "complete"} for name in ["a", "a", "", "a"]]
    steps.append({"task_id": "b" * 300, "title": "x", "status": "pending"})

    message = renderer.render_source(PLAN, {"title": "All", "steps": steps})

    ids = [step["task_id"] for step in message.blocks[0]["tasks"]]
    assert ids[:4] == ["a", "a-2", "3", "a-4"]
    assert validate_message({"blocks": message.blocks}) == []


def test_an_unknown_status_is_pending(renderer):
    """Clients have words of their own for the state of a step."""
    steps = [{"task_id": "1", "title": "", "status": "done"}, {"title": "y"}]

    message = renderer.render_source(PLAN, {"title": "", "steps": steps})

    assert [step["status"] for step in message.blocks[0]["tasks"]] == ["pending", "pending"]
    assert "\N{EN DASH}" == message.blocks[0]["title"] == message.blocks[0]["tasks"][0]["title"]
    assert validate_message({"blocks": message.blocks}) == []


def test_the_fifty_first_step_overflows(renderer):
    """Slack shows fifty steps of a plan."""
    steps = [{"task_id": str(n), "title": f"s{n}", "status": "complete"} for n in range(52)]

    message = renderer.render_source(PLAN, {"title": "All", "steps": steps})

    assert len(message.blocks[0]["tasks"]) == 50
    assert message.overflow == "s50 s51"


def test_a_card_alone_cannot_be_pending(renderer):
    """Slack refuses `pending` outside of a plan."""
    card = '[{"type": "task_card", "task_id": "", "title": "Load", "status": "{{ s }}"}]'

    message = renderer.render_source(card, {"s": "pending"})

    assert message.blocks[0]["status"] == "in_progress"
    assert validate_message({"blocks": message.blocks}) == []
