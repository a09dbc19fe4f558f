"""What people do, told in plain words: for tests written in any language."""

import asyncio
import re
import time
from typing import Any

from slack_playground.drawn import draw_message, names_of
from slack_playground.errors import PageError
from slack_playground.page_api.reading import visible_messages
from slack_playground.page_api.request import Fields
from slack_playground.people import actions, views
from slack_playground.people.choices import choice, filled_in, named_element, pressed
from slack_playground.people.containers import Container, find_container, find_view
from slack_playground.state import Record, View
from slack_playground.views.inputs import Values

MOST_TIMEOUT_SECONDS = 120.0
_LOOK_EVERY_SECONDS = 0.01


async def click(fields: Fields) -> Record:
    """
    Act on the element called `what`: its label, action_id or block_id.

    In the message `channel`, `ts`, in the view `view_id`, or else in the
    person's top modal. `chosen` and `values` are plain, as in Python's `click`.
    """
    user = fields.user()
    container = _container(fields)
    what = fields.text("what")
    block, element = _element(container, what)
    sent = {
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        **_chosen(fields, element, pressed(element, what, fields.values.get("chosen"))),
    }
    filled = _filled(fields, container.blocks)
    return (await actions.act(fields.workspace, user, container, sent, filled)).as_json()


async def submit(fields: Fields) -> Record:
    """Fill in the top modal (or `view_id`) with `values` and submit it."""
    view = _view(fields)
    filled = _filled(fields, view.body["blocks"])
    return (await views.submit(fields.workspace, fields.user(), view, filled)).as_json()


async def wait(fields: Fields) -> Record:
    """
    Wait until `user` sees what is asked for in `channel`; answer the messages.

    `contains`, `matches` (a regular expression), `ts`, `thread_ts` and
    `edited` choose messages; `count` says how many (1), `is_gone` that there
    is none. What was last seen comes with the error after `timeout` seconds.
    """
    end = time.monotonic() + min(fields.number("timeout", 5.0), MOST_TIMEOUT_SECONDS)
    count = 0 if fields.flag("is_gone") else int(fields.number("count", 1))
    while True:
        seen = _seen(fields)
        found = [body for body in seen if _fits(fields, body)]
        is_there = not found if count == 0 else len(found) >= count
        if is_there or time.monotonic() > end:
            break
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    if not is_there:
        texts = [str(body.get("text", "")) for body in seen[-5:]]
        raise PageError("timeout", f"{len(found)} fit; the last texts are {texts}.", status=408)
    names = names_of(fields.workspace.state)
    return {"ok": True, "messages": [draw_message(body, names) for body in found]}


def _seen(fields: Fields) -> list[Record]:
    return visible_messages(fields.channel(), fields.user(), fields.optional("thread_ts"))


def _fits(fields: Fields, body: Record) -> bool:
    text = _words(body)
    contains, matches, ts = (fields.optional(name) for name in ("contains", "matches", "ts"))
    if contains is not None and contains not in text:
        return False
    try:
        if matches is not None and not re.search(matches, text):
            return False
    except re.error as error:
        raise PageError("invalid_pattern", f"matches: {error}") from None
    if ts is not None and body["ts"] != ts:
        return False
    return "edited" in body or not fields.flag("edited")


def _words(value: Any) -> str:
    """Return all that a message says: its text and every text in its blocks."""
    if isinstance(value, dict):
        inside = [one for name, one in value.items() if name in _SPEAKING or _holds(one)]
        return "\n".join(_words(one) for one in inside)
    if isinstance(value, list):
        return "\n".join(_words(one) for one in value)
    return value if isinstance(value, str) else ""


_SPEAKING = frozenset({"text", "title", "caption", "fallback", "label"})


def _holds(value: Any) -> bool:
    return isinstance(value, dict | list)


def _container(fields: Fields) -> Container:
    if fields.optional("ts") is None:
        sent = {"type": "view", "view_id": _view(fields).id}
    else:
        sent = {"type": "message", "channel": fields.channel().id, "ts": fields.text("ts")}
    return find_container(fields.workspace, fields.user(), sent)


def _view(fields: Fields) -> View:
    user, state = fields.user(), fields.workspace.state
    stack = state.modals.get(user.id, [])
    view_id = fields.optional("view_id") or (stack[-1] if stack else "")
    return find_view(fields.workspace, user, view_id)


def _element(container: Container, what: str) -> tuple[Record, Record]:
    try:
        return named_element(container.blocks, what)
    except LookupError as error:
        raise PageError("element_not_found", str(error), status=404) from None


def _filled(fields: Fields, blocks: list[Record]) -> Values:
    try:
        return filled_in(fields.workspace.state, blocks, fields.record("values"))
    except LookupError as error:
        raise PageError("element_not_found", str(error), status=404) from None


def _chosen(fields: Fields, element: Record, chosen: Any) -> Record:
    try:
        return choice(fields.workspace.state, element, chosen)
    except LookupError as error:
        raise PageError("option_not_found", str(error), status=404) from None
