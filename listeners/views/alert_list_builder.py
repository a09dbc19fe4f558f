"""The answer to `/ops alert list`."""

from collections.abc import Sequence
from typing import Any

from bot.alerts.display import SEVERAL
from bot.alerts.incident_lifecycle import STORM
from bot.alerts.models import Silence, SilenceReason
from bot.alerts.service import AlertWithTasks
from listeners.views import rich_text_parts
from listeners.wording import UNTIL_UNMUTED, typed_word

_MAX_LISTED_SILENCES = 15
#: As the alerts' own messages say it.
STATE_WORDS = {
    "failed": "failed",
    "stuck": "stuck",
    "missed": "did not start",
    "lost": "stopped reporting",
}


def build_alert_list(
    found: Sequence[AlertWithTasks], silences: Sequence[Silence], *, workspace_url: str
) -> dict[str, Any]:
    """
    Return an ephemeral answer with two short lines for each alert: what it is, what to type.

    What is muted or in maintenance follows, with what ends it.
    """
    heading = "Alerts that are not resolved" if found else "No open alerts."
    lines = [line(one, workspace_url) for one in found]
    if silences:
        lines.append(
            rich_text_parts.section(rich_text_parts.text_part("\nNo alerts for", bold=True))
        )
        lines += [_silence_line(one) for one in silences[:_MAX_LISTED_SILENCES]]
        left = len(silences) - _MAX_LISTED_SILENCES
        if left > 0:
            lines.append(rich_text_parts.section(rich_text_parts.text_part(f"and {left} more")))
    top = rich_text_parts.section(rich_text_parts.text_part(heading, bold=bool(found)))
    return {
        "response_type": "ephemeral",
        "text": f"{heading}: {len(found)}" if found else heading,
        **({"blocks": [rich_text_parts.rich_text(top, *lines)]} if lines else {}),
    }


def _silence_line(one: Silence) -> dict[str, Any]:
    """Return what is silenced until when, and what ends it."""
    kind = typed_word(one.task)
    is_muted = one.reason == SilenceReason.MUTED
    ending = f"/ops alert unmute {kind}" if is_muted else f"/ops maintenance off {kind}".strip()
    return rich_text_parts.section(
        *silence_parts(one),
        rich_text_parts.text_part("\n"),
        rich_text_parts.text_part(ending, 250, code=True),
    )


def silence_parts(one: Silence) -> list[dict[str, Any]]:
    """Return e.g. `nightly-* · muted by Ada until today at 14:05`."""
    how = "muted" if one.reason == SilenceReason.MUTED else "maintenance"
    until = (
        [rich_text_parts.text_part(" until "), rich_text_parts.date_part(one.until)]
        if one.until
        else [rich_text_parts.text_part(f" {UNTIL_UNMUTED}")]
    )
    return [
        rich_text_parts.text_part(one.task or "all kinds of tasks", 120, bold=True),
        rich_text_parts.text_part(f" · {how} by "),
        rich_text_parts.user_part(one.by),
        *until,
    ]


def line(one: AlertWithTasks, workspace_url: str) -> dict[str, Any]:
    """Return an alert's two lines."""
    alert, left = one.found.alert, len(one.found.held)
    kind = f"Storm: {SEVERAL}" if alert.fingerprint == STORM else alert.task
    url = None
    if one.ts is not None and workspace_url:
        ts = one.ts.replace(".", "")
        url = f"{workspace_url.rstrip('/')}/archives/{alert.channel}/p{ts}"
    return rich_text_parts.section(
        rich_text_parts.text_part(f"{str(alert.state).capitalize()}: "),
        rich_text_parts.text_part(f"{kind} {STATE_WORDS[alert.type]} ({left})", 120, bold=True),
        rich_text_parts.text_part(" · "),
        rich_text_parts.date_part(alert.opened_at, "{ago}"),
        *(
            [rich_text_parts.text_part(" · "), rich_text_parts.link_part(url, "message")]
            if url
            else []
        ),
        rich_text_parts.text_part("\n"),
        rich_text_parts.text_part(f"/ops alert acknowledge {alert.id}", 250, code=True),
    )
