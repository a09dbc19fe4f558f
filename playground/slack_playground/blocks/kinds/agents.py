"""
Blocks made for agents at work: plans, task cards, feedback on an answer.

Source: https://docs.slack.dev/reference/block-kit/blocks/plan-block and its siblings.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from slack_playground.blocks import problem
from slack_playground.blocks.kinds.composition import link_url, plain, web_url
from slack_playground.blocks.kinds.elements import CONTEXT_ACTIONS, IMAGE
from slack_playground.blocks.kinds.menus import OVERFLOW
from slack_playground.blocks.kinds.rich_text import RICH_TEXT
from slack_playground.blocks.problem import Problem
from slack_playground.blocks.schema import (
    Choice,
    Flag,
    ListOf,
    Object,
    OneOf,
    Shape,
    Text,
    block,
    index,
    kind,
    one_of,
)

_SOURCE = kind("url", {"url": link_url(), "text": Text()}, {})
_TASK: dict[str, Shape] = {"task_id": Text(255), "title": Text()}
_TASK_MORE: dict[str, Shape] = {
    "details": one_of(RICH_TEXT),
    "output": one_of(RICH_TEXT),
    "sources": ListOf(one_of(_SOURCE), least=1),
    "hide_title": Flag(),
    "icon": one_of(IMAGE),
}

# A card that waits makes sense only beside others: Slack refuses `pending` outside a plan.
TASK_CARD = block(
    "task_card",
    "M",
    _TASK,
    {"status": Choice(("in_progress", "complete", "error")), **_TASK_MORE},
)
# The documentation omits `type` and `block_id` inside a plan, the official types have both.
TASK = Object(
    required=_TASK,
    optional={
        "status": Choice(("pending", "in_progress", "complete", "error")),
        **_TASK_MORE,
        "type": Choice(("task_card",)),
        "block_id": Text(255),
    },
)


def _task_ids_differ(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    tasks = value.get("tasks")
    seen: set[str] = set()
    for position, task in enumerate(tasks if isinstance(tasks, list) else []):
        task_id = task.get("task_id") if isinstance(task, dict) else None
        if not isinstance(task_id, str):
            continue
        if task_id in seen:
            yield problem.failed(
                f"{at}/tasks/{position}/task_id",
                f"`task_id` {task_id} already exists",
                "unique_items",
                got=task_id,
            )
        seen.add(task_id)


PLAN = block(
    "plan",
    "M",
    {"title": Text()},
    {"tasks": ListOf(TASK, most=50)},
    _task_ids_differ,
)
CONTEXT_ACTIONS_BLOCK = block(
    "context_actions",
    "M",
    {"elements": ListOf(OneOf(CONTEXT_ACTIONS), least=1, most=5)},
    {},
)
# Limits as in the official Python SDK 3.47, the only place that states them.
AUTH_PROVIDER = block(
    "auth_provider",
    "M",
    {"value": Text(150), "name": plain(75), "is_connected": Flag()},
    {
        "description": plain(150),
        "icon_url": web_url(3000),
        "auth_url": web_url(3000),
        "disconnect_url": web_url(3000),
        "connected_identity": plain(75),
        "connected_context": plain(75),
        "accessory": one_of(OVERFLOW),
    },
)

AGENTS = index((PLAN, TASK_CARD, CONTEXT_ACTIONS_BLOCK, AUTH_PROVIDER))
