"""Pictures of charts for a modal: uploaded, shared with nobody, shown by their ids."""

import asyncio
from collections.abc import Sequence
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.charts.chart import finding
from bot.charts.pictures import draw_chart
from bot.reports.display.charts import chart_of_block

logger = structlog.get_logger(__name__)

_UPLOAD_SECONDS = 10.0
_ALT_TEXT_CHARACTERS = 1_000


async def upload_pictures(
    client: AsyncWebClient, charts: Sequence[tuple[int, dict[str, Any]]]
) -> dict[int, str]:
    """Return the file of each chart by the index of its block; without those that failed."""
    found: dict[int, str] = {}
    for at, block in charts:
        try:
            async with asyncio.timeout(_UPLOAD_SECONDS):
                file_id = await _upload_picture(client, block)
        except (SlackApiError, SlackRequestError, aiohttp.ClientError, TimeoutError) as error:
            logger.warning("preview_picture_failed", error=type(error).__name__)
            break
        if file_id is not None:
            found[at] = file_id
    return found


async def _upload_picture(client: AsyncWebClient, block: dict[str, Any]) -> str | None:
    chart = chart_of_block(block)
    content = await asyncio.to_thread(draw_chart, chart)
    answer = await client.files_upload_v2(
        filename="preview.png",
        title=chart.title,
        content=content,
        alt_txt=finding(chart)[:_ALT_TEXT_CHARACTERS],
    )
    files = answer.get("files") or []
    return str(files[0]["id"]) if files else None
