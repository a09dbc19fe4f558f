"""What a tool is, and what it returns."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from bot.http.route_types import Call


@dataclass(frozen=True)
class ToolResult:
    """The data for programs, a sentence, and Block Kit for an assistant inside Slack."""

    data: dict[str, Any]
    summary: str
    blocks: list[dict[str, Any]]


@dataclass(frozen=True)
class Tool:
    """A tool; `scope` None: any token will do. `run` gets the call and an `arguments` model."""

    name: str
    title: str
    description: str
    arguments: type[BaseModel]
    run: Callable[[Call, Any], Awaitable[ToolResult]]
    scope: str | None = None
    is_read_only: bool = True

    def described(self) -> dict[str, Any]:
        """Return the tool as `tools/list` shows it."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.arguments.model_json_schema(by_alias=False),
            "annotations": {
                "readOnlyHint": self.is_read_only,
                "destructiveHint": not self.is_read_only,
                "idempotentHint": self.is_read_only,
                "openWorldHint": False,
            },
        }
