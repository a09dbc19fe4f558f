"""The only place that turns errors into replies to people."""

import asyncio
from typing import Any

import aiohttp
import structlog
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import InvalidError
from bot.messages.rendering.truncation import truncate
from listeners.interactions import note_failure
from listeners.views.home.home_builder import build_home_notice
from listeners.views.notice_builder import build_notice
from listeners.wording import words_for

logger = structlog.get_logger(__name__)

_FIELD_ERROR_CHARACTERS = 500
#: Bolt looks every 10 ms for what a listener has acknowledged.
_BOLT_LOOKS_SECONDS = 0.05


async def handle_error(
    error: Exception,
    body: dict[str, Any],
    response: BoltResponse | None,
    respond: AsyncRespond,
    client: AsyncWebClient,
) -> BoltResponse | None:
    """
    Answer the person and acknowledge, so that Slack shows no error of its own.

    *response* is None when the listener has acknowledged already; then Bolt must not get one.
    """
    note_failure(error)
    if response is None:
        # Bolt forgets the acknowledgement when an error follows before it has looked.
        await asyncio.sleep(_BOLT_LOOKS_SECONDS)
        await tell(_problem_words(error, body), body, respond, client)
        return None
    if "command" in body:
        return BoltResponse(
            status=200, body={"response_type": "ephemeral", "text": _problem_words(error, body)}
        )
    if body.get("type") == "view_submission":
        return BoltResponse(status=200, body=refusal(error, body))
    await tell(_problem_words(error, body), body, respond, client)
    return BoltResponse(status=200)


async def tell(
    words: str, body: dict[str, Any], respond: AsyncRespond, client: AsyncWebClient
) -> None:
    """
    Tell the person *words*: under the message, else in a modal, in their Home, or not at all.

    What cannot be told is in the log: an error here would undo the acknowledgement.
    """
    try:
        await _say(words, body, respond, client)
    except SlackApiError as error:  # Too late, or we have no token of that workspace.
        logger.warning("refusal_not_told", error=error.response.get("error"))
    except (aiohttp.ClientError, TimeoutError) as error:
        logger.warning("refusal_not_told", error=type(error).__name__)


async def _say(
    words: str, body: dict[str, Any], respond: AsyncRespond, client: AsyncWebClient
) -> None:
    event = body.get("event", {})
    if event.get("type") == "function_executed":
        await client.functions_completeError(
            function_execution_id=event["function_execution_id"], error=words
        )
    elif body.get("response_url"):
        await respond(words, response_type="ephemeral", replace_original=False)
    elif body.get("trigger_id"):
        await client.views_open(trigger_id=body["trigger_id"], view=build_notice(words))
    elif event.get("tab") == "home":  # Only App Home has tabs.
        await client.views_publish(user_id=event["user"], view=build_home_notice(words))


def refusal(error: Exception, body: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a submitted modal: under the fields it names, else instead of it."""
    errors = _field_errors(error, body["view"]["blocks"])
    if errors:
        return {"response_action": "errors", "errors": errors}
    return {"response_action": "update", "view": build_notice(_problem_words(error, body))}


def _field_errors(error: Exception, blocks: list[dict[str, Any]]) -> dict[str, str]:
    """
    Return what is wrong by input block; an input's block_id is the name of its field.

    A wrong value that no field is named for goes under the first, so that what was typed stays.
    """
    inputs = [block["block_id"] for block in blocks if block["type"] == "input"]
    if not isinstance(error, InvalidError) or not inputs:
        return {}
    named = {one.field: one.message for one in error.problems if one.field in inputs}
    found = named or {inputs[0]: str(error)}
    return {field: truncate(message, _FIELD_ERROR_CHARACTERS) for field, message in found.items()}


def _problem_words(error: Exception, body: dict[str, Any]) -> str:
    kind = body.get("command") or body.get("type")
    action = (body.get("actions") or [{}])[0].get("action_id")
    event = (body.get("event") or {}).get("type")
    return words_for(error, kind=kind, action=action, event_type=event, team=body.get("team_id"))
