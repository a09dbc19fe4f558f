"""A request with its context."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.tasks.creation import Owner
from listeners.commands.parser import Request
from listeners.services import ListenerServices


@dataclass(frozen=True)
class Asked:
    """A request, who sent it and where, and the services to handle it."""

    request: Request
    user_id: str
    channel_id: str
    workspace_url: str
    owner: Owner
    services: ListenerServices
    client: AsyncWebClient
    trigger_id: str = ""


#: The acknowledgement: `text` and optionally `blocks`; only the asker sees it.
CommandReply = dict[str, Any]
Handler = Callable[[Asked], Awaitable[CommandReply]]
