"""Logs: one event per line, for people or machines; never a token, never a message's text."""

import logging
import sys
from typing import Any

import structlog

from bot.redaction import redact, redact_json

#: Libraries that say in their own words what we say in ours.
_QUIET = {
    "alembic": logging.WARNING,
    # That a tick is left out while the one before it still runs is as it should be.
    "apscheduler": logging.ERROR,
    "apscheduler.executors": logging.CRITICAL,  # It would say what `jobs.runs` says.
    "aiohttp.access": logging.WARNING,
    "aio_pika": logging.CRITICAL,
    "aiokafka": logging.CRITICAL,
    "aiormq": logging.CRITICAL,
    "amqp": logging.WARNING,
    "bullmq": logging.WARNING,
    "celery": logging.WARNING,
    "kombu": logging.WARNING,
    "opentelemetry": logging.CRITICAL,
    "requests": logging.ERROR,
    "slack_bolt": logging.ERROR,
    "slack_sdk": logging.ERROR,
    # It would name the paths of webhooks, which are secrets.
    "urllib3": logging.ERROR,
}


#: The renderer for people makes its text itself.
_KEPT_FIELDS = frozenset({"exc_info", "stack_info"})


def set_up_logs(level: str, log_format: str) -> None:
    """Configure structlog and the standard library's loggers alike; safe to repeat."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if log_format == "json":
        renderer: list[Any] = [
            structlog.processors.format_exc_info,
            _redact_fields,
            structlog.processors.JSONRenderer(),
        ]
    else:
        renderer = [
            _redact_fields,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                # The default one, with rich, shows every frame's local variables.
                exception_formatter=structlog.dev.plain_traceback,
            ),
        ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,  # or a line that is not wanted is made all the same
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *renderer,
                *([] if log_format == "json" else [_redact_line]),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name, lowest in _QUIET.items():
        logging.getLogger(name).setLevel(max(lowest, root.level))


def _redact_fields(_logger: Any, _method: str, event: Any) -> dict[str, Any]:
    """Mask the secrets in an event, wherever they stand; what is no JSON becomes text."""
    return {
        name: value if name in _KEPT_FIELDS else redact_json(plain(value), name)
        for name, value in event.items()
    }


def plain(value: Any) -> Any:
    """Return a value as JSON, objects as their `repr`."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return repr(value)


def _redact_line(_logger: Any, _method: str, line: Any) -> str:
    """Mask what a traceback brought into the finished line."""
    return redact(str(line))
