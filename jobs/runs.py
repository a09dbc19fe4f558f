"""Gives each run of a job an id of its own for logs and traces, and logs how it fails."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeVar

from structlog.contextvars import bound_contextvars

from bot.ids import new_id
from bot.process.failure_log import FailureLogger
from bot.tracing.spans import root_span

_Service = TypeVar("_Service")


def followed(job: Callable[[_Service], Awaitable[None]]) -> Callable[[_Service], Awaitable[None]]:
    """Return the same job, with a correlation id and, if there is something to tell, a span."""

    failure_logger = FailureLogger("job_failed", job=job.__name__)

    @wraps(job)
    async def run(service: _Service) -> None:
        key = new_id("j")
        with (
            bound_contextvars(correlation_id=key),
            root_span(f"job {job.__name__}", key, is_quiet=True),
        ):
            try:
                await job(service)
            except Exception:
                failure_logger.exception()
                raise

    return run
