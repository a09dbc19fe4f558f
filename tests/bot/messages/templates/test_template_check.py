"""What may be stored as a template: not our own buttons, wherever they hide."""

from pathlib import Path

import pytest

from bot.errors import InvalidError
from bot.messages.rendering.own_buttons import OWN_ACTIONS
from bot.messages.rendering.renderer import Renderer
from bot.messages.templates.template_check import require_storable, try_out

RENDERER = Renderer(Path("stored templates need no folder"))
ACTIONS = """{"text": "t", "blocks": [{"type": "actions", "elements": [
  {"type": "button", "action_id": "ID", "text": {"type": "plain_text", "text": "Go"}}]}]}"""


def actions(action_id):
    """Return a template with one button."""
    return ACTIONS.replace("ID", action_id)


@pytest.mark.parametrize("action_id", sorted(OWN_ACTIONS))
def test_a_button_of_ours_is_refused_with_its_place(action_id):
    """People would act on tasks and messages with a click on somebody else's words."""
    with pytest.raises(InvalidError) as refused:
        require_storable(RENDERER, actions(action_id), None)

    (problem,) = refused.value.problems
    assert problem.field == "body"
    assert problem.message.startswith(f"line 2: action_id: `{action_id}`")


@pytest.mark.parametrize(
    "action_id", ["{{ 'task_' }}retry", "task_{{ 'ret' ~ 'ry' }}", "\\u0074ask_retry"]
)
def test_a_button_of_ours_is_refused_however_it_is_written(action_id):
    """What comes out counts, not what the source looks like."""
    with pytest.raises(InvalidError) as refused:
        require_storable(RENDERER, actions(action_id), None)

    (problem,) = refused.value.problems
    assert problem.message.startswith("/blocks/0/elements/0/action_id: `task_retry`")


def test_one_behind_an_if_is_refused_too():
    """It need not come out with a sample to be found."""
    body = '{"text": "t"{% if go %}, "blocks": [{"action_id" : "task_cancel"}]{% endif %}}'

    with pytest.raises(InvalidError, match="task_cancel"):
        require_storable(RENDERER, body, None)


def test_other_buttons_are_the_authors_own():
    """An id of one's own is nobody else's business."""
    require_storable(RENDERER, actions("task_of_mine"), None)


def test_a_button_from_before_is_taken_out_and_told_of():
    """A version that was stored when it still could be shows everything else."""
    rendered = RENDERER.render_source(actions("{{ id }}"), {"id": "task_retry"})

    assert rendered.blocks == []
    assert rendered.text == "t"
    assert rendered.warnings[0] == (
        "/blocks/0/elements/0 was left out: `task_retry` is a button of Opsbell's own; "
        "name yours otherwise."
    )


def test_a_payload_cannot_name_one_when_it_is_tried():
    """A preview says what would be left out."""
    with pytest.raises(InvalidError, match="delivery_replay"):
        try_out(RENDERER, actions("{{ id }}"), {"id": "delivery_replay"})
