"""Logs: one event a line, for people or for machines; never a token, never a message's text."""

import logging
import re
import sys
from typing import Any

import structlog

#: What Slack's tokens and our own JWTs look like.
SECRET = re.compile(r"x(?:ox[a-z]|app|oxe)-[A-Za-z0-9-]+|eyJ[\w-]+\.[\w-]+\.[\w-]+")
QUIET = ("apscheduler", "aiohttp.access", "slack_bolt", "slack_sdk", "alembic")


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
            redact,
            structlog.processors.JSONRenderer(),
        ]
    else:
        renderer = [redact, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def redact(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Blot out what looks like a token, wherever it stands."""
    return {
        key: SECRET.sub("[secret]", value) if isinstance(value, str) else value
        for key, value in event.items()
    }
