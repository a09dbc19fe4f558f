"""
The tables of the built-in source `opsbell`: views of the bot's own, limited to one tenant.

Each is a SELECT that stands in place of the table's name in a query. They have neither tokens nor
payloads nor what messages say, and of reports, which are their owners' own, only figures.
"""

from bot.sources.base import SourceColumn, SourceTable
from bot.sources.result import ColumnKind

_TEXT, _NUMBER, _TIME = ColumnKind.TEXT, ColumnKind.NUMBER, ColumnKind.TIMESTAMP
#: Our column -> the table's own column or expression, and its kind. Times are UTC, without a zone.
_OWN_TABLES: dict[str, tuple[str, dict[str, tuple[str, ColumnKind]]]] = {
    "tasks": (
        "task",
        {
            "id": ("id", _TEXT),
            "task": ("task", _TEXT),
            "subject": ("subject", _TEXT),
            "status": ("status", _TEXT),
            "attempt": ("attempt", _NUMBER),
            "progress": ("progress", _NUMBER),
            "error": ("error", _TEXT),
            "environment": ("environment", _TEXT),
            "runner": ("runner", _TEXT),
            "channel": ("channel", _TEXT),
            "created_at": ("created_at", _TIME),
            "updated_at": ("updated_at", _TIME),
            "started_at": ("started_at", _TIME),
            "ended_at": ("ended_at", _TIME),
            "duration_seconds": ("started_at > ended_at", _NUMBER),
        },
    ),
    "deliveries": (
        "message",
        {
            "id": ("id", _TEXT),
            "channel": ("channel", _TEXT),
            "template": ("template", _TEXT),
            "sender": ("sender", _TEXT),
            "queue": ("queue", _TEXT),
            "priority": ("priority", _NUMBER),
            "state": ("state", _TEXT),
            "attempts": ("tries", _NUMBER),
            "revision": ("revision", _NUMBER),
            "error": ("error", _TEXT),
            "created_at": ("created_at", _TIME),
            "sent_at": ("sent_at", _TIME),
            "dead_at": ("dead_at", _TIME),
            "seconds_to_send": ("created_at > sent_at", _NUMBER),
        },
    ),
    "alerts": (
        "alert",
        {
            "id": ("id", _TEXT),
            "type": ("type", _TEXT),
            "task": ("task", _TEXT),
            "severity": ("severity", _TEXT),
            "state": ("state", _TEXT),
            "troubles": ("count", _NUMBER),
            "opened_at": ("opened_at", _TIME),
            "acknowledged_by": ("acknowledged_by", _TEXT),
            "acknowledged_at": ("acknowledged_at", _TIME),
            "resolved_at": ("resolved_at", _TIME),
            "seconds_to_acknowledge": ("opened_at > acknowledged_at", _NUMBER),
            "seconds_to_resolve": ("opened_at > resolved_at", _NUMBER),
        },
    ),
    "report_runs": (
        "report_run",
        {
            "id": ("id", _TEXT),
            "report_id": ("report_id", _TEXT),
            "trigger": ("trigger", _TEXT),
            "status": ("status", _TEXT),
            "due_at": ("due_at", _TIME),
            "started_at": ("started_at", _TIME),
            "completed_at": ("completed_at", _TIME),
            "duration_seconds": ("started_at > completed_at", _NUMBER),
            "error_code": ("error_code", _TEXT),
            "figures_total": ("figures_total", _NUMBER),
            "figures_traced": ("figures_traced", _NUMBER),
            "model": ("model", _TEXT),
            "input_tokens": ("input_tokens", _NUMBER),
            "output_tokens": ("output_tokens", _NUMBER),
        },
    ),
}

#: The bot's tables that are read for them.
BACKING_TABLES = tuple(table for table, _ in _OWN_TABLES.values())


def own_tables() -> list[SourceTable]:
    """Return the tables and columns of the built-in source."""
    return [
        SourceTable(
            name, tuple(SourceColumn(column, kind) for column, (_, kind) in columns.items())
        )
        for name, (_, columns) in _OWN_TABLES.items()
    ]


def own_views(tenant: str, dialect: str) -> dict[str, str]:
    """Return for each table the SELECT that it stands for, in a dialect, of one tenant's rows."""
    literal = "'" + tenant.replace("'", "''") + "'"
    return {
        name: f"SELECT {', '.join(_selected(one, *columns[one], dialect) for one in columns)}"  # noqa: S608
        f" FROM {table} WHERE tenant = {literal}"
        for name, (table, columns) in _OWN_TABLES.items()
    }


def _selected(name: str, source: str, kind: ColumnKind, dialect: str) -> str:
    begin, _, end = source.partition(" > ")
    if end:
        return f"{_seconds_between(begin, end, dialect)} AS {name}"
    if kind is ColumnKind.TIMESTAMP and dialect == "postgres":
        return f"{source} AT TIME ZONE 'UTC' AS {name}"
    return f'"{source}" AS {name}'


def _seconds_between(begin: str, end: str, dialect: str) -> str:
    if dialect == "postgres":
        return f"ROUND(EXTRACT(EPOCH FROM {end} - {begin}), 3)"
    return f"ROUND((JULIANDAY({end}) - JULIANDAY({begin})) * 86400, 3)"
