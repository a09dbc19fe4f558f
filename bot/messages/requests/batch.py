"""Where requests become rows: one transaction for the orders of many callers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from sqlalchemy import bindparam, select
from sqlmodel import Session, SQLModel

from bot.clock import Clock
from bot.errors import FieldProblem, InvalidError
from bot.messages.destinations import NO_OUTLETS, Outlets, is_outlet
from bot.messages.history.event_rows import EVENTS, MESSAGES
from bot.messages.requests.message_request import (
    DEFAULT_SENDER,
    Drawing,
    Order,
    Prepared,
    Terms,
    prepare,
    problems_of,
)
from bot.messages.requests.workspace_resolution import workspace_of
from bot.messages.templates.store import newest_drawing
from bot.messages.totals import add_to_totals
from bot.sql import fast_json
from bot.sql.statements import OneOf, Statement
from bot.workspaces.queries import connected_of

SENDERS = SQLModel.metadata.tables["sender"]
MESSAGE = SQLModel.metadata.tables["message"]
SENDER = Statement(
    select(*(SENDERS.c[one.name] for one in fields(Terms))).where(
        SENDERS.c.tenant == bindparam("of_tenant"), SENDERS.c.code == bindparam("called")
    )
)
THERE = Statement(select(MESSAGE.c.id, MESSAGE.c.correlation_id).where(OneOf(MESSAGE.c.id, "ids")))


@dataclass(frozen=True)
class Unit:
    """What one caller asked for: stored as a whole, or not at all."""

    orders: Sequence[Order]
    prefix: str = ""  # before the path of what is wrong; `{}` stands for the order's number
    verdicts: "Verdicts" = field(default_factory=dict)


#: What is wrong with a payload, by the order's number and the id of the template's version.
Verdicts = Mapping[tuple[int, str], Sequence[FieldProblem]]


@dataclass(frozen=True)
class Unvalidated:
    """
    Nothing was stored yet: these payloads have to be validated first, by the order's number.

    That takes the time that a tenant's schema takes, and no transaction waits for it.
    """

    drawings: Mapping[int, Drawing]


@dataclass
class Desk:
    """One transaction's work: senders and templates are looked up once for all its orders."""

    session: Session
    clock: Clock
    outlets: Outlets = NO_OUTLETS

    def __post_init__(self) -> None:
        self.now = self.clock.now()
        self._senders: dict[tuple[str, str], Terms | None] = {}
        self._drawings: dict[tuple[str, str], Drawing | None] = {}
        self._connected: dict[str, list[str]] = {}
        self._prepared: list[Prepared] = []

    def check(self, unit: Unit) -> list[str] | InvalidError | Unvalidated:
        """
        Return the ids of the messages, which `store` will make; or all that is wrong.

        A payload is stored only with the version of the template that it was validated for, which
        is the newest one: where there is no verdict on it yet, return for which there is none.
        """
        unvalidated = self._unvalidated(unit)
        if unvalidated:
            return Unvalidated(unvalidated)
        prepared: list[Prepared] = []
        problems: list[FieldProblem] = []
        before: Counter[tuple[str, str | None]] = Counter()
        for number, order in enumerate(unit.orders):
            sender, drawing = self._sender(order), self._drawing(order)
            place = self._place(order, sender) if sender else None
            verdict = unit.verdicts.get((number, drawing.id), ()) if drawing else ()
            wrong = problems_of(order, sender, drawing, self.outlets, place, verdict)
            prefix = unit.prefix.format(number)
            problems += [FieldProblem(prefix + one.field, one.message) for one in wrong]
            if not wrong and sender and drawing and isinstance(place, str):
                channel = (place, order.channel or sender.channel)
                ready = prepare(order, sender, drawing, place, self.now, before=before[channel])
                before[channel] += 1
                prepared.append(ready)
        if problems:
            return refusal(problems)
        self._prepared += prepared
        return [order.message_id for order in unit.orders]

    @property
    def places(self) -> set[str]:
        """The ids of the workspaces and outlets that what is stored goes to."""
        return {one.message["workspace_id"] for one in self._prepared}

    def store(self) -> dict[str, str]:
        """Insert what is not there yet; return the correlation id of each message."""
        all_rows = (row for one in self._prepared for row in (one, *one.attached))
        rows = {row.message["id"]: row for row in all_rows}
        new = MESSAGES.run(self.session, [row.message for row in rows.values()])
        EVENTS.run(self.session, [row.event for key, row in rows.items() if key in new])
        added = (row.message for key, row in rows.items() if key in new)
        add_to_totals(self.session, ((one["tenant"], one["queue"]) for one in added))
        made = {one.message["id"]: one.message["correlation_id"] for one in self._prepared}
        repeated = made.keys() - new
        if repeated:
            there = THERE.rows(self.session, ids=fast_json.text([*repeated]))
            made |= {row.id: row.correlation_id or row.id for row in there}
        return made

    def _unvalidated(self, unit: Unit) -> dict[int, Drawing]:
        drawings = [(number, self._drawing(order)) for number, order in enumerate(unit.orders)]
        return {
            number: drawing
            for number, drawing in drawings
            if drawing and drawing.schema and (number, drawing.id) not in unit.verdicts
        }

    def _sender(self, order: Order) -> Terms | None:
        key = (order.tenant, order.sender)
        if key not in self._senders:
            rows = SENDER.rows(self.session, of_tenant=order.tenant, called=order.sender)
            unstored = Terms() if order.sender == DEFAULT_SENDER else None
            self._senders[key] = Terms(*rows[0]) if rows else unstored
        return self._senders[key]

    def _place(self, order: Order, sender: Terms) -> str | FieldProblem:
        """Return the id of the workspace or outlet that an order goes to, or why there is none."""
        named = sender.workspace_id
        if named is None and order.workspace_id is not None:
            return order.workspace_id
        if named is not None and is_outlet(named):
            return named
        if order.tenant not in self._connected:
            self._connected[order.tenant] = connected_of(self.session, order.tenant)
        return workspace_of(named, self._connected[order.tenant])

    def _drawing(self, order: Order) -> Drawing | None:
        key = (order.tenant, order.template)
        if key not in self._drawings:
            self._drawings[key] = newest_drawing(self.session, *key)
        return self._drawings[key]


def refusal(problems: list[FieldProblem]) -> InvalidError:
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    first = problems[0]
    return InvalidError(f"Nothing was accepted: `{first.field}`: {first.message}{more}", problems)
