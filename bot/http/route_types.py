"""The types of the route table: a route, and a handler's call and response."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from bot.http.services import HttpServices
from bot.tasks.creation import Owner
from bot.tokens import Caller
from bot.workspaces.gate import Visitor
from bot.workspaces.models import DEFAULT_TENANT

JSON_TYPE = "application/json"
ZIP_TYPE = "application/zip"
NOBODY = Caller(subject="", tenant="", scopes=frozenset())


class Access(StrEnum):
    """Who may call."""

    PUBLIC = "public"  #: anybody
    BEARER = "bearer"  #: a token that is not bound to one task
    CALLBACK = "callback"  #: also the token that a runner was given for its own task
    SIGNED = "signed"  #: also somebody who signs with CALLBACK_SECRET
    SLACK = "slack"  #: also Slack, which signs with SLACK_SIGNING_SECRET and says who asks
    WEBHOOK = "webhook"  #: also a system that knows the secret of its `[webhooks.<name>]`


@dataclass(frozen=True)
class Response:
    """A response: a model or plain JSON; a body with another content type is text or bytes."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON_TYPE

    def __post_init__(self) -> None:
        if isinstance(self.body, BaseModel):
            plain = self.body.model_dump(mode="json", by_alias=True)
            object.__setattr__(self, "body", plain)


@dataclass(frozen=True)
class Call:
    """
    The input of a handler.

    `is_named` says that the caller provided the correlation id; otherwise it is generated. `body`
    and `query` are instances of the models that the route names. `new_id` is the id for an object
    that this call creates, if it is repeated under one idempotency key, or what all deliveries of a
    signed callback have in common; `is_again` says that a process that died may have created it
    already. `headers` are found in any case. `person` is for whom Slack asks; None for a token.
    """

    services: HttpServices
    routes: tuple["Route", ...]
    correlation_id: str
    is_named: bool = False
    caller: Caller = NOBODY
    path: Mapping[str, str] = field(default_factory=dict)
    query: Any = None
    body: Any = None
    new_id: str | None = None
    is_again: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    person: Visitor | None = None

    @property
    def environment(self) -> str | None:
        """ENVIRONMENT, for the tenant that the settings belong to."""
        return self.services.settings.environment if self.caller.tenant == DEFAULT_TENANT else None

    async def owner(self) -> Owner:
        """Return the caller's tenant and the workspace it writes to; raise if it has none."""
        return await self.services.owner_of(self.caller.tenant)

    def making(self, new_id: str, *, is_again: bool) -> "Call":
        """Return the same call with the id that what it makes must bear."""
        return replace(self, new_id=new_id, is_again=is_again)


@dataclass(frozen=True, eq=False)
class Route:
    """An endpoint. The table of routes is served, and OpenAPI is generated from it."""

    method: str
    path: str
    handler: Callable[[Call], Awaitable[Response]]
    summary: str
    tag: str
    access: Access = Access.BEARER
    scope: str | None = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answers: Mapping[int, type[BaseModel] | str] | None = None
    path_kinds: Mapping[str, Any] = field(default_factory=dict)  # of names that are given there
    creates: bool = False  # honours Idempotency-Key
    max_items: int = 0  # above 0, the body is a list of at most this many `body`
    takes_csv: bool = False  # the body may be `text/csv`; the handler gets its text
    is_busy: bool = False  # called by programs thousands of times a second
    is_urgent: Callable[[Any], bool] | None = None  # of such bodies some go before others
    alias: str = ""  # tells the operation from the same one at another address

    @property
    def operation_id(self) -> str:
        """The name of the operation, as client generators want it."""
        return self.handler.__name__ + self.alias
