"""slackLists.*: Lists, their cells and who may see them."""

from typing import Any

import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, BEN, OPS, Api

CHOICES = {"choices": [{"value": "open", "label": "Open"}, {"value": "done", "label": "Done"}]}
SCHEMA: list[dict[str, Any]] = [
    {"key": "dish", "name": "Dish", "type": "text", "is_primary_column": True},
    {"key": "price", "name": "Price", "type": "number"},
    {"key": "state", "name": "State", "type": "select", "options": CHOICES},
    {"key": "day", "name": "Day", "type": "date"},
    {"key": "cook", "name": "Cook", "type": "user"},
    {"key": "hot", "name": "Hot", "type": "checkbox"},
    {"key": "mail", "name": "Mail", "type": "email"},
    {"key": "by", "name": "By", "type": "created_by"},
]


def words(text: str) -> list[dict[str, Any]]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "elements": [section]}]


async def made(api: Api) -> tuple[str, dict[str, str]]:
    """Make a List; return its id and those of its columns by key."""
    answer = await api("slackLists.create", name="Dishes", schema=SCHEMA)
    columns = {one["key"]: one["id"] for one in answer["list_metadata"]["schema"]}
    return answer["list_id"], columns


async def test_a_row_is_made_changed_and_found(api: Api) -> None:
    """With a field for each cell, under the name of its type."""
    list_id, columns = await made(api)
    fields = [{"column_id": columns["dish"], "rich_text": words("Soup")}]
    item = (await api("slackLists.items.create", list_id=list_id, initial_fields=fields))["item"]
    (field,) = item["fields"]
    assert (field["key"], field["text"], field["rich_text"]) == ("dish", "Soup", words("Soup"))
    cells = [
        {"row_id": item["id"], "column_id": columns["price"], "number": [3.5]},
        {"row_id": item["id"], "column_id": columns["hot"], "checkbox": True},
        {"row_id_to_create": True, "column_id": columns["cook"], "user": [ADA]},
    ]
    assert (await api("slackLists.items.update", list_id=list_id, cells=cells))["ok"] is True
    seen = (await api("slackLists.items.info", list_id=list_id, id=item["id"]))["record"]
    assert {one["key"]: one["value"] for one in seen["fields"][1:]} == {"price": 3.5, "hot": True}
    page = await api("slackLists.items.list", list_id=list_id, limit=1)
    rest = await api(
        "slackLists.items.list", list_id=list_id, cursor=page["response_metadata"]["next_cursor"]
    )
    assert [len(page["items"]), len(rest["items"])] == [1, 1]
    await api("slackLists.items.delete", list_id=list_id, id=item["id"])
    gone = await api("slackLists.items.info", list_id=list_id, id=item["id"])
    assert gone["error"] == "record_not_found"


@pytest.mark.parametrize(
    ("column", "cell", "error"),
    [
        ("dish", {"rich_text": "Soup"}, "invalid_blocks"),
        ("dish", {"number": [1]}, "invalid_input_type"),
        ("price", {"number": ["3"]}, "invalid_input_type"),
        ("state", {"select": ["lost"]}, "invalid_option_id"),
        ("state", {"select": ["done"]}, None),
        ("day", {"date": ["2026-02-30"]}, "invalid_date"),
        ("day", {"date": ["2026-02-28"]}, None),
        ("cook", {"user": ["U0NOBODY00"]}, "user_not_found"),
        ("cook", {"user": [{"id": ADA}]}, "user_not_found"),
        ("state", {"select": [["done"]]}, "invalid_option_id"),
        ("hot", {"checkbox": "yes"}, "invalid_input_type"),
        ("hot", {"checkbox": []}, "invalid_input_type"),
        ("hot", {"checkbox": [True, False]}, "invalid_input_type"),
        ("mail", {"email": ["ada"]}, "invalid_email"),
        ("mail", {"email": ["ada@example.com"]}, None),
        ("by", {"user": [ADA]}, "uneditable_column"),
        ("price", {"number": [1] * 101}, "over_cell_fields_limit"),
    ],
)
async def test_a_cell_takes_what_its_column_says(
    api: Api, column: str, cell: dict[str, Any], error: str | None
) -> None:
    """The same in a new row and in one that is changed; a refused change changes nothing."""
    list_id, columns = await made(api)
    sent = {"column_id": columns[column], **cell}
    created = await api("slackLists.items.create", list_id=list_id, initial_fields=[sent])
    assert created.get("error") == error
    row = (await api("slackLists.items.create", list_id=list_id))["item"]["id"]
    good = {"row_id": row, "column_id": columns["hot"], "checkbox": True}
    cells = [good, {"row_id": row, **sent}]
    changed = await api("slackLists.items.update", list_id=list_id, cells=cells)
    assert changed.get("error") == error
    seen = (await api("slackLists.items.info", list_id=list_id, id=row))["record"]
    assert bool(seen["fields"]) is (error is None)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"name": "x" * 256}, "over_title_length_maximum"),
        ({"name": "x", "schema": "{"}, "invalid_schema"),
        ({"name": "x", "schema": [{"key": "a"}]}, "invalid_schema"),
        ({"name": "x", "schema": [{**SCHEMA[0], "type": "soup"}]}, "invalid_column_type"),
        ({"name": "x", "schema": [SCHEMA[1]]}, "invalid_primary_column"),
        ({"name": "x", "schema": [SCHEMA[0], {**SCHEMA[2], "options": "x"}]}, "invalid_schema"),
        ({"name": "x", "schema": [SCHEMA[0], {**SCHEMA[0], "key": "b"}]}, "invalid_primary_column"),
        (
            {"name": "x", "schema": SCHEMA, "copy_from_list_id": "F1"},
            "invalid_copy_and_schema_args",
        ),
        ({"name": "x", "copy_from_list_id": "F1"}, "list_not_found"),
        ({"name": "x", "include_copied_list_records": True}, "missing_arg_copy_from_list_id"),
        ({}, "invalid_arguments"),
    ],
)
async def test_a_list_is_refused(
    playground: Playground, api: Api, arguments: dict[str, Any], error: str
) -> None:
    """Each fault of a schema has its word."""
    assert (await api("slackLists.create", **arguments))["error"] == error
    assert playground.state.lists == {}


async def test_a_list_is_copied(api: Api) -> None:
    """With its rows if that was said; a List of tasks has three columns more."""
    list_id, columns = await made(api)
    field = {"column_id": columns["price"], "number": [3]}
    await api("slackLists.items.create", list_id=list_id, initial_fields=[field])
    copied = {"copy_from_list_id": list_id, "include_copied_list_records": True}
    copy = await api("slackLists.create", name="Again", todo_mode=True, **copied)
    kinds = [one["type"] for one in copy["list_metadata"]["schema"]]
    assert kinds[-3:] == ["todo_completed", "todo_assignee", "todo_due_date"]
    (item,) = (await api("slackLists.items.list", list_id=copy["list_id"]))["items"]
    assert item["fields"][0]["value"] == 3
    named = {"list_id": copy["list_id"]}
    await api("slackLists.items.create", **named, parent_item_id=item["id"])
    copied["copy_from_list_id"] = copy["list_id"]
    third = await api("slackLists.create", name="Thrice", todo_mode=True, **copied)
    assert [one["type"] for one in third["list_metadata"]["schema"]] == kinds
    parent, child = (await api("slackLists.items.list", list_id=third["list_id"]))["items"]
    assert child["parent_record_id"] == parent["id"]


async def test_a_row_that_is_made_has_no_id_yet(api: Api) -> None:
    """One that is named beside is ignored."""
    list_id, columns = await made(api)
    cell = {"row_id_to_create": True, "row_id": "Rec1", "column_id": columns["price"]}
    answer = await api("slackLists.items.update", list_id=list_id, cells=[{**cell, "number": [1]}])
    assert answer["ok"] is True
    (item,) = (await api("slackLists.items.list", list_id=list_id))["items"]
    assert item["fields"][0]["value"] == 1


async def test_an_id_is_given_by_slack(api: Api) -> None:
    """Also to a column whose schema brings one."""
    schema = [{**SCHEMA[0], "id": "Col1"}]
    answer = await api("slackLists.create", name="x", schema=schema)
    assert answer["list_metadata"]["schema"][0]["id"] != "Col1"


async def test_access_is_given_and_taken(playground: Playground, api: Api) -> None:
    """To people or to channels, never both; without it there is no such List."""
    list_id, _ = await made(api)
    async with Api(playground, playground.user_token) as ada:
        assert (await ada("slackLists.items.list", list_id=list_id))["error"] == "list_not_found"
        given = {"list_id": list_id, "access_level": "read"}
        for named, error in (
            ({"user_ids": [BEN], "channel_ids": [OPS]}, "invalid_parameters"),
            ({}, "invalid_parameters"),
            ({"user_ids": ["U0NOBODY00"]}, "user_not_found"),
            ({"channel_ids": ["C0NOWHERE0"]}, "channel_not_found"),
            ({"channel_ids": [OPS]}, None),
        ):
            assert (await api("slackLists.access.set", **given, **named)).get("error") == error
        assert (await ada("slackLists.items.list", list_id=list_id))["ok"] is True
        refused = await ada("slackLists.items.create", list_id=list_id)
        assert refused["error"] == "permission_denied"
        await api("slackLists.access.set", list_id=list_id, access_level="write", user_ids=[ADA])
        taken = {"list_id": list_id, "access_level": "owner", "user_ids": [ADA]}
        assert (await ada("slackLists.access.set", **taken))["error"] == "permission_denied"
        await api("slackLists.access.delete", list_id=list_id, user_ids=[ADA])
        await api("slackLists.access.delete", list_id=list_id, channel_ids=[OPS])
        assert (await ada("slackLists.items.list", list_id=list_id))["error"] == "list_not_found"
