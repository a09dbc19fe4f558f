"""
Payloads against the schemas of their templates, outside of any transaction.

What a schema says is remembered by the template's code, so that a request is usually validated
before its transaction looks for the newest version, and finds that it is the one.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from bot.errors import FieldProblem
from bot.messages.requests.message_request import Drawing, Order
from bot.messages.templates.isolation import Isolation
from bot.messages.templates.payload_schema import payload_problems

MAX_REMEMBERED = 500

Found = dict[tuple[int, str], Sequence[FieldProblem]]


class Validation:
    """Finds what is wrong with payloads."""

    def __init__(self, isolation: Isolation) -> None:
        self._isolation = isolation
        self._newest: OrderedDict[tuple[str, str], Drawing] = OrderedDict()

    async def expected(self, orders: Sequence[Order]) -> Found:
        """Return the verdicts of the versions that were the newest ones when last looked for."""
        known = {
            number: drawing
            for number, order in enumerate(orders)
            if (drawing := self._newest.get((order.tenant, order.template)))
        }
        return await self.verdicts(orders, known) if known else {}

    async def verdicts(self, orders: Sequence[Order], drawings: Mapping[int, Drawing]) -> Found:
        """Return what is wrong with these orders, by their numbers, for these versions."""
        alike: dict[tuple[str, Drawing], list[int]] = {}
        for number, drawing in drawings.items():
            alike.setdefault((orders[number].tenant, drawing), []).append(number)
        found: Found = {}
        for (tenant, drawing), numbers in alike.items():
            self._remember(tenant, drawing)
            payloads = [orders[number].payload for number in numbers]
            if drawing.is_ours:
                lists = [payload_problems(one, drawing.schema) for one in payloads]
            else:
                lists = await self._isolation.payload_problems(
                    tenant, drawing.schema or "{}", payloads
                )
            found |= {(one, drawing.id): each for one, each in zip(numbers, lists, strict=True)}
        return found

    def _remember(self, tenant: str, drawing: Drawing) -> None:
        self._newest[tenant, drawing.name] = drawing
        self._newest.move_to_end((tenant, drawing.name))
        if len(self._newest) > MAX_REMEMBERED:
            self._newest.popitem(last=False)
