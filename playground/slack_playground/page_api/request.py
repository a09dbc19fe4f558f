"""A page request's fields, looked up; what is missing becomes a PageError."""

import math
from typing import Any

from aiohttp import web

from slack_playground.conversations.direct_messages import named_conversation
from slack_playground.errors import PageError
from slack_playground.platform import Platform
from slack_playground.state import Channel, Record, User
from slack_playground.workspace import Workspace


class Fields:
    """Typed access to a request's JSON or query. Names of people and channels do as ids."""

    def __init__(self, workspace: Workspace, values: Record) -> None:
        self.workspace = workspace
        self.values = values

    def text(self, name: str) -> str:
        value = self.optional(name)
        if value is None:
            raise PageError("missing_field", f"{name} is missing.")
        return value

    def optional(self, name: str) -> str | None:
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        raise PageError("wrong_type", f"{name} must be text.")

    def number(self, name: str, default: float) -> float:
        value = self.values.get(name, default)
        try:
            number = float(value)
        except (OverflowError, TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            raise PageError("wrong_type", f"{name} must be a number.")
        return number

    def flag(self, name: str) -> bool:
        return self.values.get(name) in (True, 1, "1", "true")

    def record(self, name: str) -> Record:
        value: Any = self.values.get(name) or {}
        if not isinstance(value, dict):
            raise PageError("wrong_type", f"{name} must be an object.")
        return value

    def user(self) -> User:
        user = self.workspace.state.user(self.text("user"))
        if user is None:
            raise PageError("user_not_found", "There is no such person.", status=404)
        return user

    def channel(self) -> Channel:
        """Return the channel if the person may see it."""
        reference = self.text("channel")
        channel = self.workspace.state.channel(reference)
        if channel is None and "user" in self.values:
            channel = named_conversation(self.workspace, self.user(), reference)
        if channel is None or not (channel.is_public or self.user().id in channel.members):
            raise PageError("channel_not_found", "There is no such channel.", status=404)
        return channel


async def read_fields(platform: Platform, request: web.Request) -> Fields:
    """Read a request and find its workspace: by `team`, else by its person or channel."""
    values: Record = {**request.query, **request.match_info}
    if request.method != "GET" and request.can_read_body:
        values.update(await _read_body(request))
    return Fields(find_workspace(platform, values), values)


def find_workspace(platform: Platform, values: Record) -> Workspace:
    team = values.get("team")
    if isinstance(team, str) and team:
        found = platform.find(team)
        if found is None:
            raise PageError("team_not_found", "There is no such workspace.", status=404)
        return found
    for name in ("user", "channel"):
        value = values.get(name)
        found = platform.home_of(value) if isinstance(value, str) else None
        if found is not None:
            return found
    return platform.first


async def _read_body(request: web.Request) -> Record:
    if request.content_type == "application/jsonl":
        return {"lines": await request.text()}
    try:
        values = await request.json()
    except ValueError:
        raise PageError("invalid_json", "The body is not JSON.") from None
    if not isinstance(values, dict):
        raise PageError("wrong_type", "The body must be a JSON object.")
    return values
