"""
slackLists.create, update and access.*: Lists and who may do what with them.

Errors and arguments: https://docs.slack.dev/reference/methods/slackLists.create
"""

from typing import Any

from slack_playground.blocks.fitting import fits
from slack_playground.blocks.kinds.rich_text import RICH_TEXT
from slack_playground.canvases.canvases import LEVELS
from slack_playground.errors import SlackError
from slack_playground.lists.columns import read_columns, todo_columns
from slack_playground.requests.arguments import wrong_argument
from slack_playground.state import Record, SlackList
from slack_playground.web_api.call import Call

MOST_TITLE = 255
_FORMAT = "application/vnd.slack-list"


def create(call: Call) -> Record:
    title = _title(call.arguments.required("name"))
    description = _description(call)
    copied = call.arguments.text("copy_from_list_id")
    if copied and "schema" in call.arguments:
        raise SlackError("invalid_copy_and_schema_args")
    if call.arguments.flag("include_copied_list_records") and not copied:
        raise SlackError("missing_arg_copy_from_list_id")
    source = find_list(call, copied, "read") if copied else None
    schema = call.arguments.structure("schema", "invalid_schema")
    made = SlackList(
        call.state.next_id("F"),
        title,
        call.actor,
        read_columns(call.state, schema) if source is None else list(source.columns),
        created=int(call.workspace.clock.now()),
        description=description,
        is_todo=source is not None and source.is_todo,
    )
    _track_tasks(call, made)
    if source is not None and call.arguments.flag("include_copied_list_records"):
        made.items = _copied_items(call, source, made.id)
    call.state.lists[made.id] = made
    # The published types have `list_id`, the Python SDK reads `list`.
    return {
        "list_id": made.id,
        "list_metadata": _metadata(made),
        "list": list_record(call, made),
    }


def update(call: Call) -> Record:
    standing = find_list(call, call.arguments.required("id"), "write")
    if not any(name in call.arguments for name in ("name", "description_blocks", "todo_mode")):
        raise SlackError("missing_arguments")
    title = _title(call.arguments.text("name") or standing.title)
    if "description_blocks" in call.arguments:
        standing.description = _description(call)
    standing.title = title
    _track_tasks(call, standing)
    return {}


def set_access(call: Call) -> Record:
    level = call.arguments.required("access_level")
    if level not in LEVELS:
        raise wrong_argument("access_level", "value is not one of the allowed options")
    named = _named(call)
    needed = "owner" if level == "owner" else "write"
    standing = find_list(call, call.arguments.required("list_id"), needed)
    if level == "owner":
        if len(named) != 1 or "user_ids" not in call.arguments:
            raise SlackError("invalid_parameters")
        standing.access[standing.owner] = "write"
        standing.owner = named[0]
    else:
        standing.access.update(dict.fromkeys(named, level))
    return {}


def delete_access(call: Call) -> Record:
    named = _named(call)
    standing = find_list(call, call.arguments.required("list_id"), "write")
    for one in named:
        standing.access.pop(one, None)
    return {}


def find_list(call: Call, list_id: str | None, needed: str) -> SlackList:
    """Return a List if the caller may at least that; what one may not see is not there."""
    standing = call.state.lists.get(list_id or "")
    level = None if standing is None else _level(call, standing)
    if standing is None or level is None:
        raise SlackError("list_not_found")
    if LEVELS.index(level) < LEVELS.index(needed):
        raise SlackError("permission_denied")
    return standing


def list_record(call: Call, standing: SlackList) -> Record:
    """Return a List as the file that it is to Slack."""
    address = f"{call.workspace.address}/lists/{call.state.team_id}/{standing.id}"
    return {
        "id": standing.id,
        "created": standing.created,
        "timestamp": standing.created,
        "name": "list",
        "title": standing.title,
        "mimetype": _FORMAT,
        "filetype": "list",
        "pretty_type": "List",
        "user": standing.owner,
        "mode": "list",
        "editable": True,
        "size": 0,
        "is_external": False,
        "permalink": address,
        "url_private": address,
        "list_metadata": {**_metadata(standing), "description_blocks": standing.description},
        "list_limits": {
            "row_count": len(standing.items),
            "column_count": len(standing.columns),
            "over_row_maximum": False,
            "over_column_maximum": False,
        },
    }


def _track_tasks(call: Call, standing: SlackList) -> None:
    """Add the columns of a List of tasks if that is asked for and it has none."""
    if call.arguments.flag("todo_mode") and not standing.is_todo:
        standing.columns = [*standing.columns, *todo_columns(call.state)]
        standing.is_todo = True


def _copied_items(call: Call, source: SlackList, list_id: str) -> dict[str, Record]:
    """Return the rows with ids of their own; a subtask stays one of its row's copy."""
    ids = {item_id: call.state.next_id("Rec") for item_id in source.items}
    copies = {}
    for item_id, item in source.items.items():
        copy = {**item, "id": ids[item_id], "list_id": list_id}
        if item.get("parent_record_id") in ids:
            copy["parent_record_id"] = ids[item["parent_record_id"]]
        copies[copy["id"]] = copy
    return copies


def _metadata(standing: SlackList) -> Record:
    return {
        "schema": standing.columns,
        "subtask_schema": [],
        "views": [],
        "integrations": [],
        "todo_mode": standing.is_todo,
    }


def _level(call: Call, standing: SlackList) -> str | None:
    if call.actor == standing.owner:
        return "owner"
    levels = [standing.access.get(call.actor)]
    for channel_id, level in standing.access.items():
        channel = call.state.channels.get(channel_id)
        if channel is not None and call.actor in channel.members:
            levels.append(level)
    return next((level for level in reversed(LEVELS) if level in levels), None)


def _title(title: str) -> str:
    if len(title) > MOST_TITLE:
        raise SlackError("over_title_length_maximum")
    return title


def _description(call: Call) -> list[Record]:
    blocks: Any = call.arguments.structure("description_blocks")
    if blocks in (None, ""):
        return []
    if not isinstance(blocks, list) or not all(fits(RICH_TEXT.shape, one) for one in blocks):
        raise wrong_argument("description_blocks", "must be an array of rich_text blocks")
    return blocks


def _named(call: Call) -> list[str]:
    """Return the people or the channels a call names, all of them known, and only one kind."""
    users, channels = call.arguments.words("user_ids"), call.arguments.words("channel_ids")
    if bool(users) == bool(channels):
        raise SlackError("invalid_parameters")
    if any(user not in call.state.users for user in users):
        raise SlackError("user_not_found")
    if any(channel not in call.state.channels for channel in channels):
        raise SlackError("channel_not_found")
    return users or channels
