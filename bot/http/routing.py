"""One line of the route table: what is served, to whom, and what OpenAPI says about it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from bot.http.call import Answer, Call


class Access(StrEnum):
    """Who may call."""

    PUBLIC = "public"  #: anybody
    BEARER = "bearer"  #: a token that is not bound to one task
    CALLBACK = "callback"  #: also the token that a runner was given for its own task
    SIGNED = "signed"  #: also somebody who signs with CALLBACK_SECRET


@dataclass(frozen=True, eq=False)
class Route:
    """An endpoint. The table of these is what the server serves and what OpenAPI is made of."""

    method: str
    path: str
    handler: Callable[[Call], Awaitable[Answer]]
    summary: str
    tag: str
    access: Access = Access.BEARER
    scope: str | None = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answers: Mapping[int, type[BaseModel] | str] | None = None
    creates: bool = False  # honours Idempotency-Key
    most_items: int = 0  # above 0 the body is a list of so many of `body` at most
    takes_csv: bool = False  # the body may be `text/csv`; the handler gets its text
    is_busy: bool = False  # called by programs thousands of times a second
    alias: str = ""  # tells the operation from the same one at another address

    @property
    def operation_id(self) -> str:
        """The name of the operation, as client generators want it."""
        return self.handler.__name__ + self.alias
