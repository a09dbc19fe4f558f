"""
slackLists.items.*: the rows of a List.

Errors and arguments: https://docs.slack.dev/reference/methods/slackLists.items.create
"""

from typing import Any

from slack_playground.errors import SlackError
from slack_playground.lists.cells import read_cell
from slack_playground.requests.arguments import invalid_arguments, wrong_argument
from slack_playground.state import Record, SlackList
from slack_playground.web_api.call import Call
from slack_playground.web_api.lists.lists import find_list, list_record
from slack_playground.web_api.pages import next_cursor, take_page


def create(call: Call) -> Record:
    standing = _list(call, "write")
    copied = call.arguments.text("duplicated_item_id")
    if copied and copied not in standing.items:
        raise SlackError("duplicated_item_not_found")
    fields = list(standing.items[copied]["fields"]) if copied else []
    for cell in _cells(call, "initial_fields"):
        fields = _with(fields, _field(call, standing, cell))
    parent = call.arguments.text("parent_item_id")
    if parent and parent not in standing.items:
        raise SlackError("invalid_args")
    item = _make_row(call, standing, fields)
    if parent:
        item["parent_record_id"] = parent
    return {"item": item}


def info(call: Call) -> Record:
    standing = _list(call, "read")
    item = _item(call, standing)
    subtasks = [one for one in standing.items.values() if one.get("parent_record_id") == item["id"]]
    record = dict(item)
    if call.arguments.flag("include_is_subscribed"):
        record["is_subscribed"] = False
    return {"list": list_record(call, standing), "record": record, "subtasks": subtasks}


def list_items(call: Call) -> Record:
    standing = _list(call, "read")
    # Nothing is ever archived here.
    items = [] if call.arguments.flag("archived") else list(standing.items.values())
    page, cursor = take_page(call, items, default=100, most=1000)
    answer: Record = {"items": page, **next_cursor(cursor)}
    if call.arguments.flag("include_list"):
        answer["list"] = list_record(call, standing)
    return answer


def update(call: Call) -> Record:
    """Change cells, all of them or none; `row_id_to_create` makes a row of its own."""
    standing = _list(call, "write")
    cells = _cells(call, "cells")
    if not cells:
        raise invalid_arguments("missing required field: cells")
    changed: dict[str, list[Record]] = {}
    made: list[Record] = []
    for cell in cells:
        field = _field(call, standing, cell)
        if cell.get("row_id_to_create"):
            made.append(field)
            continue
        row_id = cell.get("row_id")
        if not row_id:
            raise SlackError("row_id_not_provided")
        if not isinstance(row_id, str) or row_id not in standing.items:
            raise SlackError("row_not_found")
        before = changed.get(row_id) or standing.items[row_id]["fields"]
        changed[row_id] = _with(before, field)
    for row_id, fields in changed.items():
        item = {**standing.items[row_id], **_edited(call), "fields": fields}
        standing.items[row_id] = item
    if made:
        _make_row(call, standing, made)
    return {}


def delete(call: Call) -> Record:
    standing = _list(call, "write")
    del standing.items[_item(call, standing)["id"]]
    return {}


def delete_multiple(call: Call) -> Record:
    standing = _list(call, "write")
    ids = call.arguments.words("ids")
    if not ids:
        raise invalid_arguments("missing required field: ids")
    for one in ids:
        standing.items.pop(one, None)
    return {}


def _list(call: Call, needed: str) -> SlackList:
    return find_list(call, call.arguments.required("list_id"), needed)


def _item(call: Call, standing: SlackList) -> Record:
    item = standing.items.get(call.arguments.required("id"))
    if item is None:
        raise SlackError("record_not_found")
    return item


def _make_row(call: Call, standing: SlackList, fields: list[Record]) -> Record:
    item: Record = {
        "id": call.state.next_id("Rec"),
        "list_id": standing.id,
        "date_created": int(call.workspace.clock.now()),
        "created_by": call.actor,
        **_edited(call),
        "fields": fields,
    }
    standing.items[item["id"]] = item
    return item


def _cells(call: Call, name: str) -> list[Record]:
    cells: Any = call.arguments.structure(name) or []
    if not isinstance(cells, list) or not all(isinstance(one, dict) for one in cells):
        raise wrong_argument(name, "must provide an array")
    return cells


def _field(call: Call, standing: SlackList, cell: Record) -> Record:
    column_id = cell.get("column_id")
    if not column_id:
        raise SlackError("column_id_not_provided")
    column = next((one for one in standing.columns if one["id"] == column_id), None)
    if column is None:
        raise SlackError("invalid_column_id")
    return read_cell(call.state, column, cell)


def _with(fields: list[Record], field: Record) -> list[Record]:
    kept = [one for one in fields if one["column_id"] != field["column_id"]]
    return [*kept, field]


def _edited(call: Call) -> Record:
    return {"updated_by": call.actor, "updated_timestamp": str(int(call.workspace.clock.now()))}
