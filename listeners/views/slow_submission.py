"""Submissions of modals whose work may take longer than Slack waits, which is three seconds."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import InvalidError
from listeners.views.notice_builder import build_loading, build_notice
from listeners.wording import words_for

_ANSWER_WITHIN_SECONDS = 2.0

_SubmittedView = dict[str, Any]


async def submit_when_ready(
    ack: AsyncAck,
    client: AsyncWebClient,
    view: _SubmittedView,
    work: Coroutine[Any, Any, _SubmittedView],
    again: Callable[[InvalidError], _SubmittedView] | None = None,
) -> None:
    """
    Show the modal that *work* returns; when that takes long, one that says so comes first.

    What *work* raises in time is raised, and said under the fields. Later, wrong fields open the
    form *again*, and other errors are said instead of it.
    """
    working = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({working}, timeout=_ANSWER_WITHIN_SECONDS)
    if done:
        shown = working.result()
        await ack(response_action="update", view=shown)
        return
    title = view["title"]["text"]
    await ack(response_action="update", view=build_loading(title))
    (found,) = await asyncio.gather(working, return_exceptions=True)
    if isinstance(found, InvalidError) and again is not None:
        found = again(found)
    elif isinstance(found, BaseException):
        found = build_notice(words_for(found), title)
    await client.views_update(view_id=view["id"], view=found)
