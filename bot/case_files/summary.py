"""The first page of a case file: what happened, to whom, and what was done about it. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.case_files.evidence import Evidence, MessageEvidence
from bot.messages.error_fixes import fix_for

#: So that it stays one page; everything is in the files beside it.
_PAGE_LINES = 30
_MAX_WIDTH = 160
_CONTENTS = {
    "timeline.jsonl": "every event of every message",
    "slack/": "each state that Slack showed, as text and blocks",
    "tasks.json": "the tasks",
    "alerts.json": "the alerts",
    "messages.json": "the messages",
    "templates.json": "the templates of tenants, in the versions that were used",
    "logs/": "the last lines of each task's log",
    "settings.json": "the settings that differ from the defaults, without secrets",
    "versions.json": "the versions of Opsbell, of its own templates, the schema and Python",
}


def write_summary(evidence: Evidence, *, made_at: str, version: str) -> str:
    """Return Markdown for people who were not there."""
    parts = [
        f"# Case file: {evidence.kind} {evidence.key}",
        f"Made {made_at} by Opsbell {version}. Secrets are replaced by `[secret]`.",
    ]
    for title, lines in (
        ("Alerts", [_alert_line(one) for one in evidence.alerts]),
        ("Tasks", [_line_of_task(one) for one in evidence.tasks]),
        ("Messages", [_message_line(one) for one in evidence.messages]),
        ("Who did what", list(_acts(evidence))),
        ("What failed", list(_failures(evidence))),
        ("Timeline", list(_timeline(evidence))),
    ):
        if lines:
            parts.append("\n".join([f"## {title}", "", *_shortened(lines)]))
    return "\n\n".join(parts) + "\n"


def write_contents(names: Iterable[str]) -> str:
    """Return the part of the summary that says which files are beside it, and what is in them."""
    there = list(names)
    lines = [
        f"- `{name}`: {content}"
        for name, content in _CONTENTS.items()
        if any(one.startswith(name) for one in there)
    ]
    return "\n".join(["", "## Files", "", *lines, ""])


def _shortened(lines: list[str]) -> list[str]:
    """Return the first and the last lines, each of a width that can be read."""
    cut = [line if len(line) <= _MAX_WIDTH else f"{line[: _MAX_WIDTH - 1]}…" for line in lines]
    if len(cut) <= _PAGE_LINES:
        return cut
    half = _PAGE_LINES // 2
    return [*cut[:half], f"- … {len(cut) - 2 * half} more …", *cut[-half:]]


def _flat(value: object) -> str:
    return " ".join(str(value).split())


def _alert_line(alert: Mapping[str, Any]) -> str:
    told = f"- {alert['severity']} `{alert['id']}` {alert['type']} {_flat(alert['task'])}: "
    told += f"{alert['state']}, {alert['count']} times, since {alert['opened_at']}"
    for verb in ("acknowledged", "snoozed", "resolved"):
        if alert.get(f"{verb}_by"):
            told += f", {verb} by {alert[f'{verb}_by']}"
    return told


def _line_of_task(task: Mapping[str, Any]) -> str:
    subject = f" for {_flat(task['subject'])}" if task.get("subject") else ""
    error = f": {_flat(task['error'])}" if task.get("error") else ""
    return (
        f"- `{task['id']}` {_flat(task['task'])}{subject}: {task['status']}, "
        f"attempt {task['attempt']}{error}"
    )


def _message_line(one: MessageEvidence) -> str:
    row = one.row
    at = f"ts {row['ts']}" if row.get("ts") else "not in Slack"
    doubt = ", possibly delivered twice" if row.get("possibly_delivered") else ""
    return (
        f"- `{row['id']}` {row['template']} in {row['channel']}: {row['state']}, {at}, revision "
        f"{row['delivered_revision']} of {row['revision']}{doubt}"
    )


def _acts(evidence: Evidence) -> Iterator[str]:
    for task in evidence.tasks:
        if task.get("created_by"):
            yield f"- {task['created_at']} {task['created_by']} asked for `{task['id']}`"
        for act in task.get("acted") or ():
            reason = f": {_flat(act['reason'])}" if act.get("reason") else ""
            yield f"- {act.get('at')} {act.get('by')} {act.get('verb')} `{task['id']}`{reason}"
    for alert in evidence.alerts:
        for verb in ("acknowledged", "resolved"):
            if alert.get(f"{verb}_by"):
                yield f"- {alert[f'{verb}_at']} {alert[f'{verb}_by']} {verb} `{alert['id']}`"


def _failures(evidence: Evidence) -> Iterator[str]:
    for one in evidence.messages:
        error = one.row.get("error")
        if error:
            fix = _flat(fix_for(error))
            yield f"- `{one.row['id']}`: {_flat(error)}. {fix}"


def _timeline(evidence: Evidence) -> Iterator[str]:
    events = [
        (event["at"], one.row["id"], event) for one in evidence.messages for event in one.timeline
    ]
    for at, message_id, event in sorted(events, key=lambda found: (found[0], found[1])):
        name = event["event"].removeprefix("SlackMessage")
        error = event["detail"].get("error")
        why = f": {_flat(error)}" if error else ""
        yield f"- {at} `{message_id}` {name} revision {event['revision']}{why}"
