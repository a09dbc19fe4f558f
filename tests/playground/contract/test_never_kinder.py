"""Rule: what Slack refuses is refused here, also when a person could not have done it."""

from typing import Any

import pytest
from slack_playground import Playground
from slack_playground.blocks import validate_blocks

from tests.playground.wire import (
    ADA,
    BOARD,
    OPS,
    RANDOM,
    Api,
    Caller,
    actions,
    modal,
    plain,
    section,
    trigger,
)

VIDEO = {
    "type": "video",
    "title": plain("Ada"),
    "alt_text": "Ada explains",
    "video_url": "https://example.com/v",
    "thumbnail_url": "https://example.com/t.png",
}


def field(kind: str, *, is_optional: bool = False, **element: Any) -> dict[str, Any]:
    """An input block `b` around one element `a`."""
    return {
        "type": "input",
        "block_id": "b",
        "label": plain("Value"),
        "optional": is_optional,
        "element": {"type": kind, "action_id": "a", **element},
    }


@pytest.mark.parametrize(
    ("block", "pointer"),
    [
        ({**field("file_input"), "dispatch_action": True}, "/0/dispatch_action"),
        ({**VIDEO, "video_url": "http://example.com/v"}, "/0/video_url"),
        ({**VIDEO, "title_url": "http://example.com"}, "/0/title_url"),
    ],
)
def test_a_block_is_refused(block: dict[str, Any], pointer: str) -> None:
    """A dispatched file input, and a video that is not encrypted."""
    assert [one.pointer for one in validate_blocks([block], "modal")] == [pointer]


WORKFLOW_BUTTON = {
    "type": "workflow_button",
    "text": plain("x"),
    "workflow": {"trigger": {"url": "https://slack.com/shortcuts/Ft0123ABC/xyz"}},
}


@pytest.mark.parametrize(
    ("block", "surfaces", "pointer"),
    [
        (actions({"type": "datetimepicker", "action_id": "a"}), "message modal", "/elements/0"),
        (field("datetimepicker"), "message modal", "/element"),
        (field("file_input"), "modal", "/element"),
        (
            {**section(), "accessory": WORKFLOW_BUTTON},
            "message",
            "/accessory",
        ),
    ],
)
def test_an_element_is_refused_where_its_page_does_not_have_it(
    block: dict[str, Any], surfaces: str, pointer: str
) -> None:
    """Also inside of a container."""
    held = {"type": "container", "title": plain("x"), "child_blocks": [block]}
    for surface in ("message", "modal", "home"):
        expected = [] if surface in surfaces.split() else [f"/0{pointer}/type"]
        assert [one.pointer for one in validate_blocks([block], surface)] == expected
        if surface != "modal":
            nested = [f"/0/child_blocks{one}" for one in expected]
            assert [one.pointer for one in validate_blocks([held], surface)] == nested


@pytest.mark.parametrize(
    ("posted", "fields"),
    [
        ({"text": "x"}, {"text": ""}),
        ({"text": "x"}, {"text": "", "blocks": []}),
        ({"attachments": [{"text": "x"}]}, {"attachments": []}),
    ],
)
async def test_an_edit_says_something(
    playground: Playground, api: Api, posted: dict[str, Any], fields: dict[str, Any]
) -> None:
    """What would leave an empty message is refused, and the message stays."""
    ts = (await api("chat.postMessage", channel=OPS, **posted))["ts"]
    before = playground.message("ops", ts)
    assert (await api("chat.update", channel=OPS, ts=ts, **fields))["error"] == "no_text"
    assert playground.message("ops", ts) == before


async def test_a_reaction_has_one_name(playground: Playground, api: Api) -> None:
    """`thumbsup` is `+1`; a name that stands for nothing is refused, the workspace's own is not."""
    ts = playground.write("ada", "ops", "x").answer["message"]["ts"]
    target = {"channel": OPS, "timestamp": ts}
    for name in ("thumbsup", "thumbsup::skin-tone-3"):
        assert (await api("reactions.add", name=name, **target))["ok"] is True
    assert (await api("reactions.add", name="+1", **target))["error"] == "already_reacted"
    playground.state.emoji["ada"] = "https://example.com/ada.png"
    assert playground.react("ben", "ops", ts, "ada").ok
    for name in ("no_such_emoji", "rocket::skin-tone-3", "wave::skin-tone-9"):
        assert playground.react("ben", "ops", ts, name).error == "invalid_name"
    given = [one["name"] for one in playground.message("ops", ts)["reactions"]]
    assert given == ["+1", "+1::skin-tone-3", "ada"]


OPTIONS = [{"text": plain(name), "value": name} for name in ("soup", "bread")]
BOARD_IS_PRIVATE = {"filter": {"include": ["public"]}}


@pytest.mark.parametrize(
    ("kind", "element", "said", "is_taken"),
    [
        ("users_select", {}, {"selected_user": ADA}, True),
        ("users_select", {}, {"selected_user": "U0NOBODY00"}, False),
        ("multi_users_select", {}, {"selected_users": ADA}, False),
        (
            "multi_users_select",
            {"max_selected_items": 1},
            {"selected_users": [ADA, "U0BEN00002"]},
            False,
        ),
        ("channels_select", {}, {"selected_channel": RANDOM}, True),
        ("channels_select", {}, {"selected_channel": BOARD}, False),
        ("conversations_select", {}, {"selected_conversation": BOARD}, True),
        ("conversations_select", BOARD_IS_PRIVATE, {"selected_conversation": BOARD}, False),
        ("static_select", {"options": OPTIONS}, {"selected_option": OPTIONS[0]}, True),
        ("static_select", {"options": OPTIONS[:1]}, {"selected_option": OPTIONS[1]}, False),
        ("checkboxes", {"options": OPTIONS[:1]}, {"selected_options": OPTIONS}, False),
        ("external_select", {}, {"selected_option": "soup"}, False),
        ("email_text_input", {}, {"value": "ada@example.com"}, True),
        ("email_text_input", {}, {"value": "ada"}, False),
        ("url_text_input", {}, {"value": "https://example.com/a?b=c"}, True),
        ("url_text_input", {}, {"value": "example.com"}, False),
        ("number_input", {"is_decimal_allowed": False}, {"value": "12"}, True),
        ("number_input", {"is_decimal_allowed": True}, {"value": "1e3"}, False),
        ("number_input", {"is_decimal_allowed": True}, {"value": 12}, False),
        ("plain_text_input", {}, {"value": 12}, False),
        ("datepicker", {}, {"selected_date": "2026-02-28"}, True),
        ("datepicker", {}, {"selected_date": "2026-02-30"}, False),
        ("timepicker", {}, {"selected_time": "24:00"}, False),
        ("datetimepicker", {}, {"selected_date_time": 1_800_000_000}, True),
        ("datetimepicker", {}, {"selected_date_time": "1800000000"}, False),
        ("rich_text_input", {}, {"rich_text_value": "words"}, False),
    ],
)
async def test_a_person_submits_what_a_person_can(
    playground: Playground,
    api: Api,
    app: Caller,
    kind: str,
    element: dict[str, Any],
    said: dict[str, Any],
    is_taken: bool,
) -> None:
    """What Slack's client lets nobody enter never reaches the app."""
    view = modal(field(kind, is_optional=True, **element))
    trigger_id = await trigger(playground, app)
    opened = await api("views.open", trigger_id=trigger_id, view=view)
    heard = len(app.payloads)
    values = {"b": {"a": {"type": kind, **said}}}
    outcome = await playground.submit("ada", opened["view"]["id"], values)
    assert (outcome.ok, list(outcome.errors)) == (is_taken, [] if is_taken else ["b"])
    assert len(app.payloads) - heard == int(is_taken)


async def test_people_and_places_go_by_name(playground: Playground, api: Api, app: Caller) -> None:
    """The app gets ids; a name that is nobody's is an error of the test, and typed text is rich."""
    blocks = [field("users_select"), {**field("multi_conversations_select"), "block_id": "c"}]
    view = modal(*blocks, {**field("rich_text_input"), "block_id": "r"})
    opened = await api("views.open", trigger_id=await trigger(playground, app), view=view)
    view_id = opened["view"]["id"]
    with pytest.raises(LookupError, match="nobody called 'dora'"):
        await playground.submit("ada", view_id, {"b": "dora"})
    assert (await playground.submit("ada", view_id, {"b": "ben", "c": ["ops"], "r": "so"})).ok
    values = app.payloads[-1]["view"]["state"]["values"]
    assert values["b"]["a"]["selected_user"] == "U0BEN00002"
    assert values["c"]["a"]["selected_conversations"] == [OPS]
    words = values["r"]["a"]["rich_text_value"]["elements"][0]["elements"]
    assert words == [{"type": "text", "text": "so"}]


async def test_a_click_chooses_what_is_offered(
    playground: Playground, api: Api, app: Caller
) -> None:
    """An unknown person, a foreign option and no choice at all are refused before the app."""
    menus = (
        {"type": "users_select", "action_id": "who"},
        {"type": "static_select", "action_id": "what", "options": OPTIONS},
    )
    blocks = [section(), actions(*menus)]
    ts = (await api("chat.postMessage", channel=OPS, text="x", blocks=blocks))["ts"]
    sent: dict[str, Any] = {
        "user": "ada",
        "container": {"type": "message", "channel": OPS, "ts": ts},
    }
    foreign = {"text": plain("Cake"), "value": "cake"}
    for action, error in (
        ({"action_id": "who", "selected_user": "U0NOBODY00"}, "invalid_choice"),
        ({"action_id": "what", "selected_option": foreign}, "invalid_choice"),
        ({"action_id": "what"}, "nothing_chosen"),
    ):
        answer = await api.page("actions", action={"block_id": "acts", **action}, **sent)
        assert answer["error"] == error
    assert [one for one in app.payloads if one["type"] == "block_actions"] == []
    assert (await playground.click("ada", "ops", ts, "who", "ben")).ok
