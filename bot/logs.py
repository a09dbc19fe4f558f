"""Logs: one event a line, for people or for machines; never a token, never a message's text."""

import logging
import re
import sys
from typing import Any

import structlog

#: What Slack's tokens and webhooks, our own JWTs and a password in an address look like.
SECRET = re.compile(
    r"x(?:ox[a-z]|app)-[A-Za-z0-9-]+"
    r"|eyJ[\w-]+\.[\w-]+\.[\w-]+"
    r"|(?<=hooks\.slack\.com/)[\w/-]+"
    r"|(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"
)
#: Libraries that say in their own words what we say in ours.
QUIET = {
    "alembic": logging.WARNING,
    # That a tick is left out while the one before it still runs is as it should be.
    "apscheduler": logging.ERROR,
    "aiohttp.access": logging.WARNING,
    "requests": logging.ERROR,
    "slack_bolt": logging.ERROR,
    "slack_sdk": logging.ERROR,
    # It would name the paths of webhooks, which are secrets.
    "urllib3": logging.ERROR,
}


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
            structlog.processors.JSONRenderer(),
        ]
    else:
        renderer = [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                # The default one, with rich, shows every frame's local variables.
                exception_formatter=structlog.dev.plain_traceback,
            )
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
                redact,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name, lowest in QUIET.items():
        logging.getLogger(name).setLevel(max(lowest, root.level))


def redact(_logger: Any, _method: str, line: Any) -> str:
    """Blot out what looks like a secret, wherever it stands in the finished line."""
    return SECRET.sub("[secret]", str(line))
