from typing import Any

import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, OPS, Api, Caller, actions, button, modal, plain, section


async def post(api: Api, *blocks: dict[str, Any]) -> str:
    """Post blocks and return the message's timestamp."""
    answer = await api("chat.postMessage", channel=OPS, text="x", blocks=list(blocks))
    return str(answer["ts"])


def menu(kind: str = "static_select", **fields: Any) -> dict[str, Any]:
    options = [{"text": plain(label), "value": label.lower()} for label in ("One", "Two")]
    return {"type": kind, "action_id": "pick", "options": options, **fields}


async def test_a_click_has_slacks_fields(playground: Playground, api: Api, app: Caller) -> None:
    """The payload holds the message, its container, the state and the button's value."""
    ts = await post(api, section(), actions(button("Retry", value="42"), menu()))
    assert (await playground.click("ada", "ops", ts, "Retry")).ok
    (payload,) = [one for one in app.payloads if one["type"] == "block_actions"]
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": OPS,
        "is_ephemeral": False,
    }
    assert payload["channel"] == {"id": OPS, "name": "ops"}
    assert payload["user"]["id"] == ADA
    assert payload["message"]["ts"] == ts
    (action,) = payload["actions"]
    assert (action["type"], action["action_id"], action["value"]) == ("button", "retry", "42")
    assert (action["block_id"], action["text"]["text"]) == ("acts", "Retry")
    assert action["action_ts"]
    assert payload["state"]["values"] == {
        "acts": {"pick": {"type": "static_select", "selected_option": None}}
    }


async def test_a_menu_sends_what_was_picked(playground: Playground, api: Api, app: Caller) -> None:
    """The choice stands in the action and in the state."""
    ts = await post(api, actions(menu()))
    await playground.click("ada", "ops", ts, "pick", "two")
    payload = app.payloads[-1]
    assert payload["actions"][0]["selected_option"]["value"] == "two"
    state = payload["state"]["values"]["acts"]["pick"]
    assert state["selected_option"]["value"] == "two"


async def test_feedback_goes_by_the_label_of_a_thumb(
    playground: Playground, api: Api, app: Caller
) -> None:
    """As a person presses it; what stands there is named when nothing is called so."""
    thumbs = {
        name: {"text": plain(label), "value": label.lower()}
        for name, label in (("positive_button", "Good"), ("negative_button", "Bad"))
    }
    element = {"type": "feedback_buttons", "action_id": "rate", **thumbs}
    ts = await post(api, {"type": "context_actions", "elements": [element]})
    await playground.click("ada", "ops", ts, "Bad")
    await api.page("click", user="ada", channel="ops", ts=ts, what="Good")
    pressed = [one["actions"][0]["value"] for one in app.payloads if "actions" in one]
    assert pressed == ["bad", "good"]
    with pytest.raises(LookupError, match="only Bad, Good, rate"):
        await playground.click("ada", "ops", ts, "Worse")


@pytest.mark.parametrize(
    ("element", "chosen", "field", "expected"),
    [
        ({"type": "users_select", "action_id": "p"}, ADA, "selected_user", ADA),
        ({"type": "channels_select", "action_id": "p"}, OPS, "selected_channel", OPS),
        ({"type": "datepicker", "action_id": "p"}, "2026-11-22", "selected_date", "2026-11-22"),
        ({"type": "timepicker", "action_id": "p"}, "09:00", "selected_time", "09:00"),
        (
            {"type": "multi_users_select", "action_id": "p"},
            [ADA],
            "selected_users",
            [ADA],
        ),
    ],
)
async def test_every_picker_has_its_field(
    playground: Playground,
    api: Api,
    app: Caller,
    element: dict[str, Any],
    chosen: Any,
    field: str,
    expected: Any,
) -> None:
    """People, channels, dates and times arrive under the name Slack gives them."""
    ts = await post(api, actions(element))
    await playground.click("ada", "ops", ts, "p", chosen)
    assert app.payloads[-1]["actions"][0][field] == expected


async def test_overflow_and_checkboxes_send_options(
    playground: Playground, api: Api, app: Caller
) -> None:
    """An overflow menu sends one option, checkboxes a list."""
    ts = await post(api, actions(menu("overflow"), menu("checkboxes", action_id="ticks")))
    await playground.click("ada", "ops", ts, "pick", "One")
    assert app.payloads[-1]["actions"][0]["selected_option"]["value"] == "one"
    await playground.click("ada", "ops", ts, "ticks", ["one", "two"])
    chosen = app.payloads[-1]["actions"][0]["selected_options"]
    assert [option["value"] for option in chosen] == ["one", "two"]


async def test_a_click_on_an_ephemeral_message_has_no_message(
    playground: Playground, api: Api, app: Caller
) -> None:
    """Slack keeps no copy of an ephemeral message to send back."""
    shown = await api(
        "chat.postEphemeral", channel=OPS, user=ADA, text="x", blocks=[actions(button())]
    )
    await playground.click("ada", "ops", shown["message_ts"], "Retry")
    payload = app.payloads[-1]
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    with pytest.raises(Exception, match="no message"):
        await playground.click("ben", "ops", shown["message_ts"], "Retry")


async def test_a_click_in_a_home_carries_the_view(
    playground: Playground, api: Api, app: Caller
) -> None:
    """A view's payload has no channel, no message and no response URL."""
    view = {"type": "home", "blocks": [actions(button())]}
    await api("views.publish", user_id=ADA, view=view)
    home = playground.home("ada")
    assert home is not None
    assert (await playground.click_in_view("ada", home["id"], "Retry")).ok
    payload = app.payloads[-1]
    assert payload["container"] == {"type": "view", "view_id": home["id"]}
    assert payload["view"]["type"] == "home"
    assert payload.keys().isdisjoint({"channel", "message", "response_url"})


@pytest.mark.usefixtures("impatient")
async def test_an_unanswered_click_fails(playground: Playground, api: Api, app: Caller) -> None:
    """An app that does not acknowledge leaves the button with a warning."""
    ts = await post(api, actions(button()))
    app.is_silent = True
    assert (await playground.click("ada", "ops", ts, "Retry")).error == "operation_timeout"


async def test_an_unknown_element_is_named(playground: Playground, api: Api) -> None:
    """A test that clicks what is not there learns what is."""
    ts = await post(api, actions(button("Retry")))
    with pytest.raises(LookupError, match="only Retry, retry"):
        await playground.click("ada", "ops", ts, "Cancel")
    answer = await api.page(
        "actions",
        user=ADA,
        container={"type": "message", "channel": OPS, "ts": ts},
        action={"block_id": "acts", "action_id": "nope"},
    )
    assert answer["error"] == "element_not_found"


async def test_an_external_menu_asks_the_app(playground: Playground, api: Api, app: Caller) -> None:
    """block_suggestion carries what was typed; the app's options come back."""
    options = [{"text": plain("One"), "value": "1"}]
    app.says = lambda payload: {"options": options} if "value" in payload else None
    element = {"type": "external_select", "action_id": "find", "min_query_length": 1}
    ts = await post(api, actions(element))
    container = {"type": "message", "channel": OPS, "ts": ts}
    outcome = await playground.options("ada", container, "find", "on")
    assert outcome.answer == {"options": options}
    payload = app.payloads[-1]
    assert (payload["type"], payload["action_id"], payload["value"]) == (
        "block_suggestion",
        "find",
        "on",
    )


async def test_a_choice_in_a_modal_stays(playground: Playground, api: Api, app: Caller) -> None:
    """What was picked in a modal is still there when it is submitted."""
    await playground.run_command("ada", "ops", "/ops")
    trigger_id = app.payloads[-1]["trigger_id"]
    opened = await api("views.open", trigger_id=trigger_id, view=modal(actions(menu())))
    view_id = opened["view"]["id"]
    await playground.click_in_view("ada", view_id, "pick", "two")
    await playground.submit("ada", view_id)
    values = app.payloads[-1]["view"]["state"]["values"]
    assert values["acts"]["pick"]["selected_option"]["value"] == "two"


async def test_buttons_that_look_alike_are_told_apart(
    playground: Playground, api: Api, app: Caller
) -> None:
    """One of many equal buttons is named by its block and its action."""
    rows = [actions(button(value=str(number)), block_id=f"row{number}") for number in (1, 2)]
    ts = await post(api, *rows)
    await playground.click("ada", "ops", ts, "row2/retry")
    assert app.payloads[-1]["actions"][0]["value"] == "2"
