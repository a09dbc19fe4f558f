"""The history of a message, and the list of dead letters. Pure."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from bot.messages.fixes import fix_for
from bot.messages.models import EventName, Message
from bot.messages.rendering.escaping import escape_mrkdwn
from bot.messages.requests.status import Standing, Status
from listeners.views import literal

TITLE = "Why this message?"
EVENTS = 25
ASIDE = "on hold: its channel is suspended"
ON_AGAIN = "resumed: its channel is no longer suspended"
FOUND_AGAIN = "Slack's answer was lost; the message was found in the channel's history"
DETAIL_CHARACTERS = 300
#: Of one event; the API tells them all.
ALTERATIONS = 5
FACES = {
    Standing.SCHEDULED: "🕒 Scheduled",
    Standing.PENDING: "⏳ Waiting",
    Standing.RETRYING: "🔁 Retrying",
    Standing.SENT: "✅ Sent",
    Standing.FAILED: "❌ Failed",
    Standing.WITHDRAWN: "⏹️ Withdrawn",
}
#: Which fields of an event's detail are shown, and their labels.
TOLD = {
    "error": "error",
    "fix": "fix",
    "template": "template",
    "sender": "sender",
    "queue": "queue",
    "template_error": "template error",
    "reason": "because",
    "retry_after": "Slack asked us to wait (s)",
    "verdict": "classified as",
}


def build_story(status: Status) -> dict[str, Any]:
    """Return an ephemeral answer with the history of a message."""
    return {
        "response_type": "ephemeral",
        "text": f"{FACES[status.standing]}: message {status.message.id}",
        "blocks": [story(status)],
    }


def build_story_modal(status: Status) -> dict[str, Any]:
    """Return the same as a modal."""
    return {
        "type": "modal",
        "callback_id": "notice",
        "title": {"type": "plain_text", "text": TITLE},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [story(status)],
    }


def story(status: Status) -> dict[str, Any]:
    message = status.message
    top = literal.section(
        literal.text(FACES[status.standing], bold=True),
        literal.text("  "),
        literal.text(message.id, code=True),
        *(part for fact in facts(status) for part in (literal.text("\n"), *fact)),
    )
    shown = status.events[-EVENTS:]
    left_out = len(status.events) - len(shown)
    lines = [literal.section(literal.text(f"{left_out} earlier events")) if left_out else None]
    lines += [one for event in shown for one in (line(event), *altered(event))]
    return literal.rich_text(top, *(one for one in lines if one))


def facts(status: Status) -> Iterator[list[literal.Part]]:
    """Yield one line for each known thing."""
    message = status.message
    where = [literal.text("To: "), literal.place(message.channel)]
    if status.permalink:
        where += [literal.text(", "), literal.link(status.permalink, "here")]
    yield where
    told = {
        "Correlation": message.correlation_id,
        "Template": message.template,
        "Sender": message.sender,
        "Queue": f"{message.queue}, priority {message.priority}",
        "Attempts": status.attempts,
        "Last error": message.error,
        "Fix": status.fix,
        "Channel suspended because of": status.switched_off,
    }
    for label, value in told.items():
        if value is not None:
            yield [literal.text(f"{label}: "), literal.text(value, DETAIL_CHARACTERS)]
    if message.requested_by:
        yield [literal.text("Requested by: "), literal.user(message.requested_by)]
    if message.possibly_delivered:
        yield [literal.text("Possibly delivered twice: Slack did not confirm the first copy.")]


def line(event: dict[str, Any]) -> dict[str, Any]:
    """Return one line: when, what, and what is worth knowing of it."""
    name = str(event["event"]).removeprefix("SlackMessage")
    at = literal.date(datetime.fromisoformat(event["at"]), "{date_short_pretty} {time_secs}")
    attempt = f" (attempt {event['attempt']})" if event["event"] == EventName.FAILED else ""
    said = "; ".join(
        f"{label}: {shown(event['detail'][key])}"
        for key, label in TOLD.items()
        if event["detail"].get(key) is not None
    )
    parts = [at, literal.text(f"  {name}", bold=True), literal.text(f"{attempt} ")]
    if "parked" in event["detail"]:
        said = ASIDE if event["detail"]["parked"] else ON_AGAIN
    if event["detail"].get("recovered"):
        said = FOUND_AGAIN
    if event["detail"].get("by"):
        parts += [literal.text("by "), literal.user(str(event["detail"]["by"]))]
        parts += [literal.text("; ")] if said else []
    return literal.section(*parts, literal.text(said or " ", DETAIL_CHARACTERS))


def altered(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a line for each thing that the message does not show as its template has it."""
    said = event["detail"].get("altered") or []
    for sentence in said[:ALTERATIONS]:
        yield literal.section(literal.text("    ✂️ "), literal.text(sentence, DETAIL_CHARACTERS))
    if len(said) > ALTERATIONS:
        yield literal.section(literal.text(f"    … and {len(said) - ALTERATIONS} more"))


def shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def build_dead_list(found: Sequence[Message], *, most: int) -> dict[str, Any]:
    """Return an ephemeral answer with a paragraph for each dead letter."""
    if not found:
        return {"response_type": "ephemeral", "text": "No dead letters."}
    lines = [dead_line(message) for message in found]
    if len(found) == most:
        lines.append(literal.section(literal.text(f"Showing the newest {most}.")))
    return {
        "response_type": "ephemeral",
        "text": f"Dead letters: {len(found)}",
        "blocks": [
            literal.rich_text(literal.section(literal.text("Dead letters", bold=True)), *lines)
        ],
    }


def build_replayed(key: str, *, by: str) -> dict[str, Any]:
    """Return the answer that all in the channel see; *key* may be of anybody's making."""
    line = [literal.user(by), literal.text(" replayed the message "), literal.text(key, code=True)]
    return {
        "response_type": "in_channel",
        "text": f"<@{by}> replayed the message {escape_mrkdwn(key)}",
        "blocks": [literal.rich_text(literal.section(*line))],
    }


def dead_line(message: Message) -> dict[str, Any]:
    return literal.section(
        literal.text(message.error or "unknown", bold=True),
        literal.text(f"  {message.template} to "),
        literal.place(message.channel),
        literal.text(" · "),
        literal.date(message.dead_at or message.created_at, "{ago}"),
        literal.text("\n"),
        literal.text(fix_for(message.error or ""), DETAIL_CHARACTERS),
        literal.text("\n"),
        literal.text(f"/ops delivery replay {message.id}", code=True),
    )
