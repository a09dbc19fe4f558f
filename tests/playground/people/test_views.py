from typing import Any

import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, RANDOM, Api, Caller, modal, plain, text_input, trigger


async def open_modal(playground: Playground, api: Api, app: Caller, view: Any = None) -> str:
    """Open a modal for Ada and return its id."""
    trigger_id = await trigger(playground, app)
    answer = await api("views.open", trigger_id=trigger_id, view=view or modal())
    assert answer["ok"], answer
    return str(answer["view"]["id"])


async def test_a_submission_has_slacks_fields(
    playground: Playground, api: Api, app: Caller
) -> None:
    """The view comes with its values and its private metadata."""
    view_id = await open_modal(playground, api, app, modal(private_metadata="m"))
    assert (await playground.submit("ada", view_id, {"name": "Schema"})).ok
    payload = app.payloads[-1]
    assert payload["type"] == "view_submission"
    view = payload["view"]
    assert (view["id"], view["callback_id"], view["private_metadata"]) == (view_id, "form", "m")
    assert view["state"]["values"] == {
        "name": {"typed": {"type": "plain_text_input", "value": "Schema"}}
    }
    assert payload["response_urls"] == []
    assert playground.views("ada") == []


async def test_a_menu_may_ask_for_a_response_url(
    playground: Playground, api: Api, app: Caller
) -> None:
    """The app gets an address into the conversation a person chose, without being in it."""
    menu = {
        "type": "conversations_select",
        "action_id": "where",
        "response_url_enabled": True,
    }
    asked = {"type": "input", "block_id": "place", "label": plain("Where"), "element": menu}
    unasked = {
        **asked,
        "block_id": "other",
        "element": {"type": "channels_select", "action_id": "a"},
    }
    view_id = await open_modal(playground, api, app, modal(asked, unasked))
    await playground.submit("ada", view_id, {"place": "random", "other": "ops"})
    (found,) = app.payloads[-1]["response_urls"]
    url = found.pop("response_url")
    assert found == {"block_id": "place", "action_id": "where", "channel_id": RANDOM}
    async with api.session.post(url, json={"text": "Hi", "response_type": "in_channel"}) as answer:
        assert await answer.text() == "ok"
    assert playground.messages("random")[-1]["text"] == "Hi"


async def test_a_required_input_is_checked_first(
    playground: Playground, api: Api, app: Caller
) -> None:
    """Slack's client asks for what is missing; the app hears nothing. Optional may be empty."""
    blocks = text_input(), text_input("note", optional=True)
    view_id = await open_modal(playground, api, app, modal(*blocks))
    heard = len(app.payloads)
    outcome = await playground.submit("ada", view_id, {"name": ""})
    assert (outcome.error, list(outcome.errors)) == ("validation", ["name"])
    assert len(app.payloads) == heard
    assert (await playground.submit("ada", view_id, {"name": "x"})).ok
    assert app.payloads[-1]["view"]["state"]["values"]["note"]["typed"]["value"] is None


async def test_errors_keep_the_modal_open(playground: Playground, api: Api, app: Caller) -> None:
    """`response_action: errors` shows them at their blocks."""
    view_id = await open_modal(playground, api, app)
    app.says = lambda payload: {"response_action": "errors", "errors": {"name": "Taken."}}
    outcome = await playground.submit("ada", view_id, {"name": "x"})
    assert outcome.as_json() == {
        "ok": False,
        "error": "validation",
        "errors": {"name": "Taken."},
    }
    assert [view["id"] for view in playground.views("ada")] == [view_id]


async def test_an_answer_can_update_push_and_clear(
    playground: Playground, api: Api, app: Caller
) -> None:
    """The three ways to go on after a submission."""
    view_id = await open_modal(playground, api, app)
    values = {"name": "x"}
    app.says = lambda _: {"response_action": "update", "view": modal(title=plain("Second"))}
    await playground.submit("ada", view_id, values)
    assert [view["title"]["text"] for view in playground.views("ada")] == ["Second"]
    app.says = lambda _: {"response_action": "push", "view": modal(title=plain("Third"))}
    await playground.submit("ada", view_id, values)
    first, second = playground.views("ada")
    assert (second["previous_view_id"], second["root_view_id"]) == (first["id"], first["id"])
    app.says = lambda _: {"response_action": "clear"}
    await playground.submit("ada", second["id"], values)
    assert playground.views("ada") == []


async def test_an_empty_answer_uncovers_the_view_below(
    playground: Playground, api: Api, app: Caller
) -> None:
    """Submitting the top modal closes it alone."""
    below = await open_modal(playground, api, app)
    app.says = lambda _: {"response_action": "push", "view": modal()}
    await playground.submit("ada", below, {"name": "x"})
    app.says = lambda _: None
    await playground.submit("ada", playground.views("ada")[-1]["id"], {"name": "x"})
    assert [view["id"] for view in playground.views("ada")] == [below]


async def test_a_view_slack_would_refuse_is_reported(
    playground: Playground, api: Api, app: Caller
) -> None:
    """A broken view in an answer leaves the modal open and tells the developer why."""
    view_id = await open_modal(playground, api, app)
    app.says = lambda _: {"response_action": "update", "view": {"type": "modal"}}
    with playground.workspace.feed.listen(ADA) as page:
        outcome = await playground.submit("ada", view_id, {"name": "x"})
        notice = page.queue.get_nowait()
    assert outcome.error == "invalid_arguments"
    assert "/view" in notice["text"]
    assert playground.views("ada")


@pytest.mark.usefixtures("impatient")
async def test_silence_keeps_the_modal_open(playground: Playground, api: Api, app: Caller) -> None:
    """Without an acknowledgement the person may try again, nothing lost."""
    view_id = await open_modal(playground, api, app)
    app.is_silent = True
    assert (await playground.submit("ada", view_id, {"name": "x"})).error == "operation_timeout"
    (view,) = playground.views("ada")
    assert view["state"]["values"]["name"]["typed"]["value"] == "x"


async def test_closing_is_told_on_request(playground: Playground, api: Api, app: Caller) -> None:
    """view_closed comes only for views with notify_on_close, without a trigger id."""
    await open_modal(playground, api, app, modal(notify_on_close=True))
    await playground.close_view("ada")
    payload = app.payloads[-1]
    assert (payload["type"], payload["is_cleared"]) == ("view_closed", False)
    assert "trigger_id" not in payload
    await open_modal(playground, api, app)
    heard = len(app.payloads)
    await playground.close_view("ada", all=True)
    assert len(app.payloads) == heard
    assert playground.views("ada") == []


async def test_clear_on_close_takes_the_whole_stack(
    playground: Playground, api: Api, app: Caller
) -> None:
    """Closing such a view closes those below it too."""
    below = await open_modal(playground, api, app, modal(notify_on_close=True))
    app.says = lambda _: {"response_action": "push", "view": modal(clear_on_close=True)}
    await playground.submit("ada", below, {"name": "x"})
    await playground.close_view("ada")
    assert app.payloads[-1]["view"]["id"] == below
    assert app.payloads[-1]["is_cleared"] is True
    assert playground.views("ada") == []
