"""The history of a message, and the list of dead letters. Pure."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from bot.messages.error_fixes import fix_for
from bot.messages.models import EventName, Message
from bot.messages.rendering.escaping import escape_mrkdwn
from bot.messages.requests.status import MessageStatus, PublicState
from listeners.views import rich_text_parts
from listeners.views.case_file_button import case_file_button

STORY_TITLE = "Why this message?"
_EVENT_WORDS = 25
_ASIDE_WORDS = "on hold: its channel is suspended"
_ON_AGAIN = "resumed: its channel is no longer suspended"
_FOUND_AGAIN = "Slack's answer was lost; the message was found in the channel's history"
_DETAIL_CHARACTERS = 300
#: Of one event; the API tells them all.
_ALTERATIONS = 5
_EVENT_FACES = {
    PublicState.SCHEDULED: "🕒 Scheduled",
    PublicState.PENDING: "⏳ Waiting",
    PublicState.RETRYING: "🔁 Retrying",
    PublicState.SENT: "✅ Sent",
    PublicState.FAILED: "❌ Failed",
    PublicState.WITHDRAWN: "⏹️ Withdrawn",
}
#: Which fields of an event's detail are shown, and their labels.
_TOLD = {
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


def build_story(status: MessageStatus) -> dict[str, Any]:
    """Return an ephemeral answer with the history of a message."""
    return {
        "response_type": "ephemeral",
        "text": f"{_EVENT_FACES[status.standing]}: message {status.message.id}",
        "blocks": [story(status)],
    }


def build_story_modal(status: MessageStatus) -> dict[str, Any]:
    """Return the same as a modal."""
    return {
        "type": "modal",
        "callback_id": "notice",
        "title": {"type": "plain_text", "text": STORY_TITLE},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [story(status), case_file_button(status.message.id)],
    }


def story(status: MessageStatus) -> dict[str, Any]:
    message = status.message
    top = rich_text_parts.section(
        rich_text_parts.text_part(_EVENT_FACES[status.standing], bold=True),
        rich_text_parts.text_part("  "),
        rich_text_parts.text_part(message.id, code=True),
        *(part for fact in _facts(status) for part in (rich_text_parts.text_part("\n"), *fact)),
    )
    shown = status.events[-_EVENT_WORDS:]
    left_out = len(status.events) - len(shown)
    lines = [
        rich_text_parts.section(rich_text_parts.text_part(f"{left_out} earlier events"))
        if left_out
        else None
    ]
    lines += [one for event in shown for one in (event_line(event), *_altered(event))]
    return rich_text_parts.rich_text(top, *(one for one in lines if one))


def _facts(status: MessageStatus) -> Iterator[list[rich_text_parts.RichTextPart]]:
    """Yield one line per known fact."""
    message = status.message
    where = [rich_text_parts.text_part("To: "), rich_text_parts.place_part(message.channel)]
    if status.permalink:
        where += [
            rich_text_parts.text_part(", "),
            rich_text_parts.link_part(status.permalink, "here"),
        ]
    yield where
    told = {
        "Correlation": message.correlation_id,
        "Template": message.template,
        "Sender": message.sender,
        "Queue": f"{message.queue}, priority {message.priority}",
        "Attempts": status.attempts,
        "Last error": message.error,
        "Fix": status.fix,
        "Channel suspended because of": status.suspended_because,
    }
    yield from rich_text_parts.fact_lines(told, _DETAIL_CHARACTERS)
    if message.requested_by:
        yield [
            rich_text_parts.text_part("Requested by: "),
            rich_text_parts.user_part(message.requested_by),
        ]
    if message.possibly_delivered:
        yield [
            rich_text_parts.text_part(
                "Possibly delivered twice: Slack did not confirm the first copy."
            )
        ]


def event_line(event: dict[str, Any]) -> dict[str, Any]:
    """Return one line: time, event, and the details that matter to people."""
    name = str(event["event"]).removeprefix("SlackMessage")
    at = rich_text_parts.date_part(
        datetime.fromisoformat(event["at"]), "{date_short_pretty} {time_secs}"
    )
    attempt = f" (attempt {event['attempt']})" if event["event"] == EventName.FAILED else ""
    said = "; ".join(
        f"{label}: {shown(event['detail'][key])}"
        for key, label in _TOLD.items()
        if event["detail"].get(key) is not None
    )
    parts = [
        at,
        rich_text_parts.text_part(f"  {name}", bold=True),
        rich_text_parts.text_part(f"{attempt} "),
    ]
    if "suspended" in event["detail"]:
        said = _ASIDE_WORDS if event["detail"]["suspended"] else _ON_AGAIN
    if event["detail"].get("recovered"):
        said = _FOUND_AGAIN
    if event["detail"].get("by"):
        parts += [
            rich_text_parts.text_part("by "),
            rich_text_parts.user_part(str(event["detail"]["by"])),
        ]
        parts += [rich_text_parts.text_part("; ")] if said else []
    return rich_text_parts.section(
        *parts, rich_text_parts.text_part(said or " ", _DETAIL_CHARACTERS)
    )


def _altered(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a line for each warning of the renderer."""
    said = event["detail"].get("warnings") or []
    for sentence in said[:_ALTERATIONS]:
        yield rich_text_parts.section(
            rich_text_parts.text_part("    ✂️ "),
            rich_text_parts.text_part(sentence, _DETAIL_CHARACTERS),
        )
    if len(said) > _ALTERATIONS:
        yield rich_text_parts.section(
            rich_text_parts.text_part(f"    … and {len(said) - _ALTERATIONS} more")
        )


def shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def build_dead_list(found: Sequence[Message], *, limit: int) -> dict[str, Any]:
    """Return an ephemeral answer with a paragraph for each dead letter."""
    if not found:
        return {"response_type": "ephemeral", "text": "No dead letters."}
    lines = [_dead_line(message) for message in found]
    if len(found) == limit:
        lines.append(
            rich_text_parts.section(rich_text_parts.text_part(f"Showing the newest {limit}."))
        )
    return {
        "response_type": "ephemeral",
        "text": f"Dead letters: {len(found)}",
        "blocks": [
            rich_text_parts.rich_text(
                rich_text_parts.section(rich_text_parts.text_part("Dead letters", bold=True)),
                *lines,
            )
        ],
    }


def build_replayed(key: str, *, by: str) -> dict[str, Any]:
    """Return the answer that everybody in the channel sees; *key* is untrusted text."""
    event_line = [
        rich_text_parts.user_part(by),
        rich_text_parts.text_part(" replayed the message "),
        rich_text_parts.text_part(key, code=True),
    ]
    return {
        "response_type": "in_channel",
        "text": f"<@{by}> replayed the message {escape_mrkdwn(key)}",
        "blocks": [rich_text_parts.rich_text(rich_text_parts.section(*event_line))],
    }


def _dead_line(message: Message) -> dict[str, Any]:
    return rich_text_parts.section(
        rich_text_parts.text_part(message.error or "unknown", bold=True),
        rich_text_parts.text_part(f"  {message.template} to "),
        rich_text_parts.place_part(message.channel),
        rich_text_parts.text_part(" · "),
        rich_text_parts.date_part(message.dead_at or message.created_at, "{ago}"),
        rich_text_parts.text_part("\n"),
        rich_text_parts.text_part(fix_for(message.error or ""), _DETAIL_CHARACTERS),
        rich_text_parts.text_part("\n"),
        rich_text_parts.text_part(f"/ops delivery replay {message.id}", code=True),
    )
