"""The story of a message, read as people read it."""

from datetime import UTC, datetime

from bot.messages.models import Message, MessageState
from bot.messages.requests.status import MessageStatus, PublicState
from listeners.views.message_history_builder import build_dead_list, build_story

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def message(**more):
    """Return a message to #old-news."""
    return Message(
        workspace_id="T1",
        tenant="default",
        channel="C0ARCHIVE6",
        template="text",
        context={},
        waiting_since=AT,
        due_at=AT,
        created_at=AT,
        **more,
    )


def parts_of(answer):
    """Return the elements of all lines."""
    [block] = answer["blocks"]
    return [part for line in block["elements"] for part in line["elements"]]


def test_what_was_put_aside_says_why_by_whom_and_where():
    """No bare *Queued*, no ids of people and channels as text."""
    events = [
        {"event": f"SlackMessage{name}", "at": AT.isoformat(), "attempt": 0, "detail": detail}
        for name, detail in [
            ("Requested", {"by": "U0BEN00002"}),
            ("Queued", {"suspended": True}),
            ("Queued", {"suspended": False}),
        ]
    ]
    parked = message(state=MessageState.SUSPENDED)
    link = "https://example.com/archives/C0ARCHIVE6/p1"
    status = MessageStatus(parked, PublicState.PENDING, 0, link, "Mend it.", "is_archived", events)

    parts = parts_of(build_story(status))
    words = " ".join(part.get("text", "") for part in parts)

    assert "on hold: its channel is suspended" in words
    assert "resumed: its channel is no longer suspended" in words
    assert {"type": "channel", "channel_id": "C0ARCHIVE6"} in parts
    assert {"type": "user", "user_id": "U0BEN00002"} in parts
    assert {"type": "link", "url": link, "text": "here"} in parts
    assert "U0BEN00002" not in words


def test_what_a_message_does_not_show_is_said():
    """A line for each, and of many the first."""
    detail = {"warnings": [f"/blocks/{number} was left out." for number in range(7)]}
    sent = {"event": "SlackMessageSent", "at": AT.isoformat(), "attempt": 0, "detail": detail}
    status = MessageStatus(message(), PublicState.SENT, 1, None, None, None, [sent])

    words = [part.get("text", "") for part in parts_of(build_story(status))]

    assert "/blocks/0 was left out." in words
    assert "/blocks/4 was left out." in words
    assert "/blocks/5 was left out." not in words
    assert "    … and 2 more" in words


def test_what_was_asked_for_and_found_again_reads_as_a_sentence():
    """Who asked and what for do not run together; a post that was found again says so."""
    events = [
        {"event": f"SlackMessage{name}", "at": AT.isoformat(), "attempt": 0, "detail": detail}
        for name, detail in [
            ("Requested", {"by": "nightly", "template": "text"}),
            ("Sent", {"recovered": True}),
        ]
    ]
    status = MessageStatus(message(), PublicState.SENT, 1, None, None, None, events)

    words = "".join(part.get("text", "") for part in parts_of(build_story(status)))

    assert "by nightly; template: text" in words
    assert "found in the channel's history" in words


def test_a_dead_letter_names_its_channel():
    """As Slack shows it, so that people recognise it."""
    parts = parts_of(build_dead_list([message(error="is_archived", dead_at=AT)], limit=10))

    assert {"type": "channel", "channel_id": "C0ARCHIVE6"} in parts
