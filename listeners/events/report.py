"""Questions in the thread of a report: a mention, or in a direct message any reply."""

import re
from typing import Any

from bot.tasks.creation import Owner
from listeners.permission import report_actor
from listeners.services import ListenerServices
from listeners.word_splitting import typed

_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^<>]*)?>")
_QUESTION_CHARACTERS = 500
#: What people type: alone, with a file, or also sent to the channel. The others are changes.
#: https://docs.slack.dev/reference/events/message
_TYPED_SUBTYPES = (None, "file_share", "thread_broadcast")


async def handle_app_mention_event(
    event: dict[str, Any], services: ListenerServices, owner: Owner
) -> None:
    """Answer in the thread of a report; anywhere else a mention is not ours to answer."""
    if not event.get("bot_id"):
        await _answer_in_thread(event, services, owner)


async def handle_direct_message_event(
    event: dict[str, Any], services: ListenerServices, owner: Owner
) -> None:
    """Answer a reply in the thread of a report; outside of threads say where to ask."""
    is_typed = (
        event.get("subtype") in _TYPED_SUBTYPES and event.get("user") and not event.get("bot_id")
    )
    if not is_typed or event.get("channel_type") != "im":
        return
    if event.get("thread_ts"):
        await _answer_in_thread(event, services, owner)
    elif text := question_of(event):
        actor = await report_actor(services, owner, event["user"])
        await services.report_answers.hint(actor, event["channel"], event["ts"], text)


async def _answer_in_thread(
    event: dict[str, Any], services: ListenerServices, owner: Owner
) -> None:
    thread_ts, question = event.get("thread_ts"), question_of(event)
    if thread_ts and (question or event.get("files")):
        actor = await report_actor(services, owner, event["user"])
        await services.report_answers.answer(
            actor, event["channel"], thread_ts, event["ts"], question
        )


def question_of(event: dict[str, Any]) -> str:
    """Return what was written, without the mention."""
    words = typed(_MENTION.sub(" ", event.get("text") or ""))
    return " ".join(words.split())[:_QUESTION_CHARACTERS]
