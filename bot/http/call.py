"""One call of the API, after auth and validation: what a handler gets and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bot.http.services import Services
from bot.tasks.creation import Owner
from bot.tokens import Caller

if TYPE_CHECKING:
    from bot.http.routing import Route

JSON = "application/json"
NOBODY = Caller(subject="", tenant="", scopes=frozenset())


@dataclass(frozen=True)
class Call:
    """
    What a handler works with.

    `is_named` says that the caller has given the call its correlation id, which is made up else.
    `body` and `query` are instances of the models that the route names. `new_id` is the id that
    something made by this call must bear, if the caller repeats the call under one idempotency key;
    `is_again` says that a process that died may have made it already.
    """

    services: Services
    routes: tuple["Route", ...]
    correlation_id: str
    is_named: bool = False
    caller: Caller = NOBODY
    path: Mapping[str, str] = field(default_factory=dict)
    query: Any = None
    body: Any = None
    new_id: str | None = None
    is_again: bool = False

    async def owner(self) -> Owner:
        """Return the caller's tenant and the workspace it writes to; raise if it has none."""
        return await self.services.owner_of(self.caller.tenant)

    def making(self, new_id: str, *, is_again: bool) -> "Call":
        """Return the same call with the id that what it makes must bear."""
        return replace(self, new_id=new_id, is_again=is_again)


@dataclass(frozen=True)
class Answer:
    """What is sent back; a body of another type than JSON is text."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON
