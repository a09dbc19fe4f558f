"""Opening a modal before the trigger of a click expires, which takes three seconds."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from listeners.views.notice_builder import build_loading, build_notice
from listeners.wording import words_for

_LOADING_AFTER_SECONDS = 1.0

View = dict[str, Any]


async def open_when_ready(
    client: AsyncWebClient, trigger_id: str, title: str, prepare: Coroutine[Any, Any, View]
) -> None:
    """
    Open the modal that *prepare* returns; when that takes long, one that says so comes first.

    What *prepare* raises before anything is open is raised; later it is said in the modal.
    """
    preparing = asyncio.ensure_future(prepare)
    done, _ = await asyncio.wait({preparing}, timeout=_LOADING_AFTER_SECONDS)
    if done:
        await client.views_open(trigger_id=trigger_id, view=preparing.result())
        return
    opened = await client.views_open(trigger_id=trigger_id, view=build_loading(title))
    (found,) = await asyncio.gather(preparing, return_exceptions=True)
    view = build_notice(words_for(found), title) if isinstance(found, BaseException) else found
    await client.views_update(view_id=opened["view"]["id"], view=view)
