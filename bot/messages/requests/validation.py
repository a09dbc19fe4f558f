"""
Validates payloads against the schemas of their templates, outside any transaction.

The newest known version of each template is cached, so a request is usually validated before its
transaction looks up the newest version and finds that it is the same.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from bot.errors import FieldProblem
from bot.messages.requests.message_request import MessageRequest
from bot.messages.templates.isolation import Isolation
from bot.messages.templates.payload_schema import payload_problems
from bot.messages.templates.store import TemplateVersion

_MAX_REMEMBERED = 500

_Validated = dict[tuple[int, str], Sequence[FieldProblem]]


class Validation:
    """Finds what is wrong with payloads."""

    def __init__(self, isolation: Isolation) -> None:
        self._isolation = isolation
        self._newest: OrderedDict[tuple[str, str], TemplateVersion] = OrderedDict()

    async def expected(self, message_requests: Sequence[MessageRequest]) -> _Validated:
        """Return the verdicts of the versions that were the newest ones when last looked for."""
        known = {
            number: version
            for number, request in enumerate(message_requests)
            if (version := self._newest.get((request.tenant, request.template)))
        }
        return await self.verdicts(message_requests, known) if known else {}

    async def verdicts(
        self, message_requests: Sequence[MessageRequest], drawings: Mapping[int, TemplateVersion]
    ) -> _Validated:
        """Return the problems of these requests, by number, for these versions."""
        alike: dict[tuple[str, TemplateVersion], list[int]] = {}
        for number, version in drawings.items():
            alike.setdefault((message_requests[number].tenant, version), []).append(number)
        found: _Validated = {}
        for (tenant, version), numbers in alike.items():
            self._remember(tenant, version)
            payloads = [message_requests[number].payload for number in numbers]
            if version.is_ours:
                lists = [payload_problems(one, version.schema) for one in payloads]
            else:
                lists = await self._isolation.payload_problems(
                    tenant, version.schema or "{}", payloads
                )
            found |= {(one, version.id): each for one, each in zip(numbers, lists, strict=True)}
        return found

    def _remember(self, tenant: str, version: TemplateVersion) -> None:
        self._newest[tenant, version.name] = version
        self._newest.move_to_end((tenant, version.name))
        if len(self._newest) > _MAX_REMEMBERED:
            self._newest.popitem(last=False)
