"""canvases.* and conversations.canvases.create as Slack's pages describe them."""

from typing import Any

import pytest
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.wire import ADA, ARCHIVE, BEN, BOARD, GENERAL, OPS, RANDOM, Api

MENU = "# Menu\n\n- soup\n- stew"


def document(markdown: str) -> dict[str, str]:
    return {"type": "markdown", "markdown": markdown}


async def make(api: Api, markdown: str = MENU, **more: Any) -> str:
    answer = await api("canvases.create", document_content=document(markdown), **more)
    assert answer["ok"], answer
    return str(answer["canvas_id"])


async def change(api: Api, canvas: str, operation: str, **more: Any) -> Any:
    changes = [{"operation": operation, **more}]
    return await api("canvases.edit", canvas_id=canvas, changes=changes)


async def content(api: Api, canvas: str) -> str:
    return str((await api("canvases.getContent", canvas_id=canvas))["content"])


async def test_slack_sdk_makes_finds_changes_and_deletes(
    playground: Playground, without_proxies: None
) -> None:
    """Every method, spoken by Slack's own client."""
    client = AsyncWebClient(token=playground.bot_token, base_url=playground.api_url)
    made = await client.canvases_create(title="Menu", document_content=document(MENU))
    canvas = str(made["canvas_id"])
    criteria = {"contains_text": "stew"}
    found = await client.canvases_sections_lookup(canvas_id=canvas, criteria=criteria)
    (section,) = found["sections"]
    place = {"operation": "insert_before", "section_id": section["id"]}
    change = {**place, "document_content": document("- salad")}
    await client.canvases_edit(canvas_id=canvas, changes=[change])
    said = await client.canvases_getContent(canvas_id=canvas)
    assert said["content"] == "# Menu\n\n- soup\n- salad\n- stew"
    await client.canvases_access_set(canvas_id=canvas, access_level="read", user_ids=[BEN])
    await client.canvases_access_delete(canvas_id=canvas, user_ids=[BEN])
    await client.canvases_delete(canvas_id=canvas)
    own = await client.conversations_canvases_create(channel_id=OPS, document_content=document("x"))
    info = await client.conversations_info(channel=OPS)
    assert info["channel"]["properties"]["canvas"]["file_id"] == own["canvas_id"]


@pytest.mark.parametrize("mark", ["\x0b", "\x85", "\u2028"])
async def test_only_line_ends_of_markdown_end_a_line(api: Api, mark: str) -> None:
    """Other marks that Python takes for line ends move no section's text into another."""
    canvas = await make(api, f"one{mark}still one\r\n\r\ntwo")

    assert await content(api, canvas) == f"one{mark}still one\n\ntwo"


async def test_a_channel_has_one_canvas_of_its_own(playground: Playground, api: Api) -> None:
    """Another is refused until the first is deleted; tabs there may be more of."""
    first = await api("conversations.canvases.create", channel_id=OPS)
    info = (await api("conversations.info", channel=OPS))["channel"]
    assert info["properties"]["canvas"] == {"file_id": first["canvas_id"], "is_empty": True}
    again = await api("conversations.canvases.create", channel_id=OPS)
    assert again["error"] == "channel_canvas_already_exists"
    await make(api, channel_id=OPS)
    await api("canvases.delete", canvas_id=first["canvas_id"])
    assert "properties" not in (await api("conversations.info", channel=OPS))["channel"]
    assert (await api("conversations.canvases.create", channel_id=OPS))["ok"] is True


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        (BOARD, "channel_not_found"),
        (ARCHIVE, "restricted_action"),
        ("C0NOWHERE", "channel_not_found"),
    ],
)
async def test_a_canvas_stands_where_the_app_may_write(api: Api, channel: str, error: str) -> None:
    """Not in a private channel of others, nor in an archived one."""
    for method in ("canvases.create", "conversations.canvases.create"):
        assert (await api(method, channel_id=channel))["error"] == error


@pytest.mark.parametrize(
    ("operation", "more", "expected"),
    [
        ("insert_at_start", {"document_content": document("Hi")}, "Hi\n\n# Menu\n\n- soup\n- stew"),
        ("insert_at_end", {"document_content": document("Bye")}, "# Menu\n\n- soup\n- stew\n\nBye"),
        ("replace", {"document_content": document("New")}, "New"),
        ("rename", {"title_content": document("Lunch")}, MENU),
    ],
)
async def test_a_canvas_is_changed(api: Api, operation: str, more: Any, expected: str) -> None:
    """With a document, or a title where it is renamed."""
    canvas = await make(api, title="Menu")
    assert (await change(api, canvas, operation, **more))["ok"] is True
    assert await content(api, canvas) == expected
    title = (await api("files.info", file=canvas))["file"]["title"]
    assert title == ("Lunch" if operation == "rename" else "Menu")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ([], "invalid_arguments"),
        ("no list", "invalid_arguments"),
        ([{"operation": "delete", "section_id": "x"}] * 2, "invalid_arguments"),
        ([{"operation": "append", "document_content": document("x")}], "invalid_arguments"),
        ([{"operation": "insert_after", "document_content": document("x")}], "invalid_arguments"),
        ([{"operation": "delete"}], "invalid_arguments"),
        ([{"operation": "rename", "document_content": document("x")}], "invalid_arguments"),
        ([{"operation": "replace", "document_content": "x"}], "invalid_arguments"),
        (
            [{"operation": "replace", "document_content": {"type": "html", "markdown": "x"}}],
            "invalid_arguments",
        ),
        ([{"operation": "delete", "section_id": "temp:C:none"}], "canvas_editing_failed"),
        (
            [{"operation": "replace", "document_content": document("> > x")}],
            "canvas_editing_failed",
        ),
    ],
)
async def test_changes_that_slack_refuses(api: Api, changes: Any, error: str) -> None:
    """One operation a call, of those there are, with what it needs; the canvas stays as it is."""
    canvas = await make(api)
    answer = await api("canvases.edit", canvas_id=canvas, changes=changes)
    assert (answer["error"], await content(api, canvas)) == (error, MENU)


async def test_markdown_that_does_not_fit(api: Api) -> None:
    """A canvas says in `detail` what it does not take, and grows to a mebibyte."""
    refused = await api("canvases.create", document_content=document("> - x"))
    assert refused == {
        "ok": False,
        "error": "canvas_creation_failed",
        "detail": "Unsupported block type (BulletList) within block quote (line 1)",
    }
    canvas = await make(api, "x" * 1_000_000)
    late = await change(api, canvas, "insert_at_end", document_content=document("y" * 50_000))
    assert late["error"] == "canvas_too_large"
    assert len(await content(api, canvas)) == 1_000_000


@pytest.mark.parametrize(
    "criteria",
    [None, {}, {"section_types": ["h4"]}, {"section_types": "h1"}, {"contains_text": 4}],
)
async def test_criteria_that_find_nothing(api: Api, criteria: Any) -> None:
    """Sections go by kind, of which there are four words, or by text."""
    canvas = await make(api)
    answer = await api("canvases.sections.lookup", canvas_id=canvas, criteria=criteria)
    assert answer["error"] == "invalid_arguments"


async def test_who_sees_a_canvas(playground: Playground, api: Api) -> None:
    """Its owner; then whom access is given, and the members of a channel that has it."""
    canvas = await make(api)
    ada = Api(playground, playground.user_token)
    async with ada:
        read, write = {"canvas_id": canvas}, {"document_content": document("x")}
        assert (await ada("canvases.getContent", **read))["error"] == "canvas_not_found"
        await api("canvases.access.set", **read, access_level="read", user_ids=[ADA])
        assert (await ada("canvases.getContent", **read))["content"] == MENU
        assert (await change(ada, canvas, "replace", **write))["error"] == "restricted_action"
        await api("canvases.access.set", **read, access_level="write", channel_ids=[OPS])
        assert (await change(ada, canvas, "replace", **write))["ok"] is True
        assert (await ada("canvases.delete", **read))["error"] == "restricted_action"
        await api("canvases.access.set", **read, access_level="owner", user_ids=[ADA])
        assert (await api("canvases.delete", **read))["error"] == "restricted_action"
        assert (await ada("canvases.delete", **read))["ok"] is True
        assert (await ada("canvases.getContent", **read))["error"] == "canvas_not_found"
        looked = await ada("canvases.sections.lookup", **read, criteria={"contains_text": "x"})
        assert looked["error"] == "canvas_deleted"


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({}, "invalid_parameters"),
        ({"user_ids": [ADA], "channel_ids": [OPS]}, "invalid_parameters"),
        ({"user_ids": ["U0NOBODY00"]}, "user_not_found"),
        ({"channel_ids": [BOARD]}, "channel_not_found"),
        ({"channel_ids": [OPS], "access_level": "owner"}, "invalid_parameters"),
        ({"user_ids": [ADA] * 21}, "invalid_arguments"),
        ({"user_ids": [ADA], "access_level": "admin"}, "invalid_arguments"),
    ],
)
async def test_access_that_slack_refuses(api: Api, more: Any, error: str) -> None:
    """To people or to channels, known ones, at most twenty; an owner is a person."""
    canvas = await make(api)
    answer = await api("canvases.access.set", canvas_id=canvas, **{"access_level": "read", **more})
    assert answer["error"] == error


async def test_a_direct_message_gets_no_access(playground: Playground, api: Api) -> None:
    """Its people do."""
    canvas, place = await make(api), playground.im("ada").id
    named = {"canvas_id": canvas, "access_level": "read"}
    assert (await api("canvases.access.set", **named, channel_ids=[place]))["error"] == (
        "channel_not_found"
    )


async def test_access_is_taken_back(playground: Playground, api: Api) -> None:
    """A public channel lets everybody read what it has."""
    canvas = await make(api)
    named = {"canvas_id": canvas, "channel_ids": [RANDOM, GENERAL]}
    await api("canvases.access.set", access_level="read", **named)
    assert (await api.read("canvas", canvas=canvas, user="cleo"))["level"] == "read"
    await api("canvases.access.delete", **named)
    assert (await api.read("canvas", canvas=canvas, user="cleo"))["error"] == "canvas_not_found"
    assert (await api("canvases.access.delete", canvas_id=canvas))["error"] == "invalid_parameters"


async def test_scopes_are_asked_for(without_proxies: None) -> None:
    """`canvases:read` to read, `canvases:write` to write."""
    async with Playground(seed={"scopes": ["chat:write"]}) as playground, Api(playground) as api:
        assert (await api("canvases.create"))["needed"] == "canvases:write"
        assert (await api("canvases.getContent", canvas_id="F1"))["needed"] == "canvases:read"
