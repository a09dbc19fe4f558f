"""Rule: what an app answers to people is taken or refused as Slack's client does it."""

from typing import Any

import pytest
from slack_playground import Playground

from tests.playground.wire import Api, Caller, actions, modal, plain, text_input, trigger

MENU = actions({"type": "external_select", "action_id": "dish"})
HOME = {"type": "home", "blocks": []}
LONG = modal(title=plain("x" * 25))
SOUP = {"text": plain("Soup"), "value": "soup"}


async def opened(playground: Playground, api: Api, app: Caller) -> str:
    view = modal(text_input(), MENU)
    answer = await api("views.open", trigger_id=await trigger(playground, app), view=view)
    return str(answer["view"]["id"])


@pytest.mark.parametrize(
    ("answer", "error", "left"),
    [
        ({"response_action": "errors", "errors": {"name": "Too short"}}, "validation", 1),
        ({"response_action": "errors", "errors": {"acts": "No input"}}, "invalid_errors", 1),
        ({"response_action": "errors", "errors": {"gone": "x"}}, "invalid_errors", 1),
        ({"response_action": "errors", "errors": {"name": 5}}, "invalid_errors", 1),
        ({"response_action": "errors", "errors": {"name": ""}}, "invalid_errors", 1),
        ({"response_action": "errors", "errors": {}}, "invalid_errors", 1),
        ({"response_action": "errors", "errors": ["name"]}, "invalid_errors", 1),
        ({"response_action": "errors"}, "invalid_errors", 1),
        ({"response_action": "update", "view": modal()}, None, 1),
        ({"response_action": "update"}, "invalid_arguments", 1),
        ({"response_action": "update", "view": "{}"}, "invalid_arguments", 1),
        (
            {"response_action": "update", "view": HOME},
            "invalid_arguments",
            1,
        ),
        (
            {"response_action": "update", "view": LONG},
            "invalid_arguments",
            1,
        ),
        ({"response_action": "push", "view": modal()}, None, 2),
        ({"response_action": "push", "view": modal(blocks=[{}])}, "invalid_arguments", 1),
        ({"response_action": "clear"}, None, 0),
        ({"response_action": "close"}, "invalid_response_action", 1),
        ({"response_action": ["clear"]}, "invalid_response_action", 1),
        ({}, None, 0),
        (None, None, 0),
    ],
)
async def test_an_answer_to_a_submission(
    playground: Playground,
    api: Api,
    app: Caller,
    answer: dict[str, Any] | None,
    error: str | None,
    left: int,
) -> None:
    """A refused one leaves the modal as it was."""
    view_id = await opened(playground, api, app)
    app.says = lambda _: answer
    outcome = await playground.submit("ada", view_id, {"name": "x"})
    assert (outcome.error, len(playground.views("ada"))) == (error, left)


async def test_a_fourth_modal_is_too_many(playground: Playground, api: Api, app: Caller) -> None:
    """Also as an answer."""
    view_id = await opened(playground, api, app)
    app.says = lambda _: {"response_action": "push", "view": modal(text_input())}
    errors = []
    for _ in range(3):
        errors.append((await playground.submit("ada", view_id, {"name": "x"})).error)
        view_id = playground.views("ada")[-1]["id"]
    assert errors == [None, None, "push_limit_reached"]


@pytest.mark.parametrize(
    ("answer", "is_taken"),
    [
        ({"options": [SOUP]}, True),
        ({"options": [{**SOUP, "description": plain("hot")}] * 100}, True),
        ({"option_groups": [{"label": plain("Hot"), "options": [SOUP]}]}, True),
        ({"options": []}, True),
        (None, True),
        ({"options": [SOUP] * 101}, False),
        ({"options": [SOUP], "option_groups": []}, False),
        ({"options": "soup"}, False),
        ({"options": ["soup"]}, False),
        ({"options": [{"value": "soup"}]}, False),
        ({"options": [{**SOUP, "value": 5}]}, False),
        ({"options": [{**SOUP, "text": "Soup"}]}, False),
        ({"options": [{**SOUP, "text": plain("x" * 76)}]}, False),
        ({"options": [{**SOUP, "value": "x" * 151}]}, False),
        ({"options": [{**SOUP, "url": "https://a.test"}]}, False),
        ({"option_groups": [{"label": plain("x" * 76), "options": [SOUP]}]}, False),
        ({"option_groups": [{"options": [SOUP]}]}, False),
    ],
)
async def test_suggestions_for_a_menu(
    playground: Playground,
    api: Api,
    app: Caller,
    answer: dict[str, Any] | None,
    is_taken: bool,
) -> None:
    """Options or groups of them, a hundred at most, each with its texts."""
    view_id = await opened(playground, api, app)
    app.says = lambda _: answer
    container = {"type": "view", "view_id": view_id}
    outcome = await playground.options("ada", container, "dish", "so")
    assert (outcome.ok, outcome.error) == (is_taken, None if is_taken else "invalid_options")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"text": "hi"}, None),
        ({"text": "hi", "response_type": "in_channel"}, None),
        ({"blocks": [{"type": "divider"}]}, None),
        ({"blocks": [{"type": "hero"}]}, "invalid_blocks"),
        ({"blocks": "x"}, "invalid_blocks_format"),
        ({"text": "hi", "thread_ts": {"a": 1}}, None),
        ({"text": " "}, "no_text"),
        ({"text": ["hi"]}, "invalid_arguments"),
        ({"attachments": [{"text": "x"}]}, None),
        ({"attachments": "x"}, "invalid_attachments"),
        ({"text": "hi", "metadata": []}, "invalid_metadata_format"),
    ],
)
async def test_an_answer_to_a_command(
    playground: Playground, app: Caller, answer: dict[str, Any], error: str | None
) -> None:
    """It is a message, with all that a message must be."""
    app.says = lambda _: answer
    outcome = await playground.run_command("ada", "ops", "/ops")
    assert outcome.error == error
