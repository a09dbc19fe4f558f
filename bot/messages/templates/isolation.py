"""
Runs tenants' templates and schemas in worker processes, where they can do no harm.

The bot itself never compiles or parses them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.errors import FieldProblem, InvalidError, TemplateError, WorkerStoppedError
from bot.messages.rendering.renderer import Rendered
from bot.messages.workers.pool import Workers

_Problems = list[FieldProblem]


class Isolation:
    """
    The jobs that workers know.

    Each of them raises `UnavailableError` when there are too many, or when the bot stops.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    async def render(self, tenant: str, body: str, context: Mapping[str, Any]) -> Rendered:
        """Render a stored template; raise `TemplateError` or `WorkerStoppedError`."""
        return Rendered(**await self._done(tenant, kind="render", body=body, context=context))

    async def preview(self, tenant: str, body: str, payload: Mapping[str, Any]) -> Rendered:
        """Render a payload as Slack would show it; raise `InvalidError` if it would not."""
        try:
            job = self._done(tenant, kind="preview", body=body, payload=payload)
            return Rendered(**await job)
        except WorkerStoppedError as error:
            raise _stopped("body", "The template cannot be rendered", error) from error

    async def require_storable(
        self, tenant: str, body: str, schema: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """
        Return a sample payload that the template renders.

        Raises `InvalidError` unless there is one, and the schema can be followed.
        """
        try:
            sample: dict[str, Any] = await self._done(
                tenant, kind="check", body=body, schema=schema
            )
        except WorkerStoppedError as error:
            raise _stopped("body", "The template or its schema cannot be tried", error) from error
        return sample

    async def payload_problems(
        self, tenant: str, schema: str, payloads: Sequence[Mapping[str, Any]]
    ) -> list[_Problems]:
        """Return for each payload its violations of this schema, which is JSON."""
        try:
            found = await self._done(tenant, kind="validate", schema=schema, payloads=payloads)
        except WorkerStoppedError as error:
            reason = (
                f"cannot be checked, for with the template's schema that {error}: "
                "send less, or simplify the schema"
            )
            return [[FieldProblem("payload", reason)] for _ in payloads]
        return [[FieldProblem(*pair) for pair in pairs] for pairs in found]

    async def _done(self, tenant: str, **job: Any) -> Any:
        answer = await self._workers.run(tenant, job)
        if "template_error" in answer:
            raise TemplateError(answer["template_error"])
        if "invalid" in answer:
            problems = [FieldProblem(*pair) for pair in answer["problems"]]
            raise InvalidError(answer["invalid"], problems)
        return answer["done"]


def _stopped(field: str, what: str, error: WorkerStoppedError) -> InvalidError:
    return InvalidError(f"{what}: it {error}.", [FieldProblem(field, f"it {error}")])
