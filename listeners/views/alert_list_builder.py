"""The answer to `/ops alert list`."""

from collections.abc import Sequence
from typing import Any

from bot.alerts.display import SEVERAL
from bot.alerts.incidents import STORM
from bot.alerts.service import AlertWithTasks
from listeners.views import literal

STATE_WORDS = {"failed": "failed", "stuck": "stuck", "missed": "not started", "lost": "lost"}


def build_alert_list(found: Sequence[AlertWithTasks], *, workspace_url: str) -> dict[str, Any]:
    """Return an ephemeral answer with two short lines for each alert: what it is, what to type."""
    if not found:
        return {"response_type": "ephemeral", "text": "No alerts: nothing is in trouble."}
    heading = "Alerts that are not resolved"
    lines = [line(one, workspace_url) for one in found]
    top = literal.section(literal.text_part(heading, bold=True))
    return {
        "response_type": "ephemeral",
        "text": f"{heading}: {len(found)}",
        "blocks": [literal.rich_text(top, *lines)],
    }


def line(one: AlertWithTasks, workspace_url: str) -> dict[str, Any]:
    """Return an alert's two lines."""
    alert, left = one.found.alert, len(one.found.held)
    kind = SEVERAL if alert.fingerprint == STORM else alert.task
    url = None
    if one.ts is not None and workspace_url:
        ts = one.ts.replace(".", "")
        url = f"{workspace_url.rstrip('/')}/archives/{alert.channel}/p{ts}"
    return literal.section(
        literal.text_part(f"{str(alert.state).capitalize()}: "),
        literal.text_part(f"{kind} {STATE_WORDS[alert.type]} ({left})", 120, bold=True),
        literal.text_part(" · "),
        literal.date_part(alert.opened_at, "{ago}"),
        *([literal.text_part(" · "), literal.link_part(url, "message")] if url else []),
        literal.text_part("\n"),
        literal.text_part(f"/ops alert acknowledge {alert.id}", 250, code=True),
    )
