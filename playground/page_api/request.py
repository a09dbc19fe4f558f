"""A page request's fields, looked up; what is missing becomes a PageError."""

from typing import Any

from aiohttp import web

from playground.errors import PageError
from playground.state import Channel, Record, User
from playground.workspace import Workspace


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
        channel = self.workspace.state.channel(self.text("channel"))
        if channel is None or not (channel.is_public or self.user().id in channel.members):
            raise PageError("channel_not_found", "There is no such channel.", status=404)
        return channel


async def read_fields(workspace: Workspace, request: web.Request) -> Fields:
    if request.method == "GET":
        return Fields(workspace, dict(request.query))
    if not request.can_read_body:
        return Fields(workspace, {})
    try:
        values = await request.json()
    except ValueError:
        raise PageError("invalid_json", "The body is not JSON.") from None
    if not isinstance(values, dict):
        raise PageError("wrong_type", "The body must be a JSON object.")
    return Fields(workspace, values)
