"""Where requests become rows: one transaction for the orders of many callers."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, col, select

from bot.clock import Clock
from bot.errors import FieldProblem, InvalidError
from bot.messages.models import Message, Sender
from bot.messages.orders import (
    DEFAULT_SENDER,
    OWN_TEMPLATES,
    Drawing,
    Order,
    Prepared,
    prepare,
    problems_of,
)
from bot.messages.stored_templates import newest, schema_text


@dataclass(frozen=True)
class Unit:
    """What one caller asked for: stored as a whole, or not at all."""

    orders: Sequence[Order]
    is_list: bool = False  # what is wrong is then told with the order's number


@dataclass
class Desk:
    """One transaction's work: senders and templates are looked up once for all its orders."""

    session: Session
    clock: Clock

    def __post_init__(self) -> None:
        self.now = self.clock.now()
        self._senders: dict[tuple[str, str], Sender | None] = {}
        self._drawings: dict[tuple[str, str], Drawing | None] = {}
        self._prepared: list[Prepared] = []

    def check(self, unit: Unit) -> list[str] | InvalidError:
        """Return the correlation ids, everything kept for `store`; or all that is wrong."""
        prepared: list[Prepared] = []
        problems: list[FieldProblem] = []
        for number, order in enumerate(unit.orders):
            sender, drawing = self._sender(order), self._drawing(order)
            wrong = problems_of(order, sender, drawing)
            prefix = f"[{number}]." if unit.is_list else ""
            problems += [FieldProblem(prefix + one.field, one.message) for one in wrong]
            if not wrong and sender and drawing:
                prepared.append(prepare(order, sender, drawing, self.now))
        if problems:
            return refusal(problems)
        self._prepared += prepared
        return [order.correlation_id for order in unit.orders]

    def store(self) -> None:
        """Insert what is not there yet."""
        rows = {one.message["id"]: one for one in self._prepared}
        if not rows:
            return
        there = self.session.exec(select(Message.id).where(col(Message.id).in_(rows))).all()
        new = [one for key, one in rows.items() if key not in set(there)]
        if not new:
            return
        connection = self.session.connection()
        tables = SQLModel.metadata.tables
        connection.execute(insert(tables["message"]), [one.message for one in new])
        connection.execute(insert(tables["event"]), [one.event for one in new])

    def _sender(self, order: Order) -> Sender | None:
        key = (order.tenant, order.sender)
        if key not in self._senders:
            found = self.session.get(Sender, key)
            if found is None and order.sender == DEFAULT_SENDER:
                found = Sender(
                    tenant=order.tenant, code=order.sender, created_by="", updated_at=self.now
                )
            self._senders[key] = found
        return self._senders[key]

    def _drawing(self, order: Order) -> Drawing | None:
        key = (order.tenant, order.template)
        if key not in self._drawings:
            stored = newest(self.session, *key)
            if stored is not None:
                self._drawings[key] = Drawing(stored.code, stored.id, schema_text(stored))
            else:
                own = OWN_TEMPLATES.get(order.template)
                self._drawings[key] = Drawing(own) if own else None
        return self._drawings[key]


def refusal(problems: list[FieldProblem]) -> InvalidError:
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    first = problems[0]
    return InvalidError(f"Nothing was accepted: `{first.field}`: {first.message}{more}", problems)
