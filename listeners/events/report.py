"""A mention in the thread of a report, or any message in that of a direct one, is a question."""

import re
from typing import Any

from bot.tasks.creation import Owner
from listeners.permission import report_actor
from listeners.services import ListenerServices
from listeners.word_splitting import typed

_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^<>]*)?>")
_QUESTION_CHARACTERS = 500


async def handle_app_mention_event(
    event: dict[str, Any], services: ListenerServices, owner: Owner
) -> None:
    """Answer in the thread of a report; anywhere else a mention is not ours to answer."""
    thread_ts, question = event.get("thread_ts"), question_of(event)
    if not thread_ts or not question or event.get("bot_id"):
        return
    actor = await report_actor(services, owner, event["user"])
    await services.report_answers.answer(actor, event["channel"], thread_ts, event["ts"], question)


async def handle_direct_message_event(
    event: dict[str, Any], services: ListenerServices, owner: Owner
) -> None:
    """Answer in the thread of a report, where nobody need be mentioned; else say where to ask."""
    is_typed = event.get("subtype") is None and event.get("user") and not event.get("bot_id")
    if not is_typed or event.get("channel_type") != "im":
        return
    if event.get("thread_ts"):
        await handle_app_mention_event(event, services, owner)
    elif text := question_of(event):
        actor = await report_actor(services, owner, event["user"])
        await services.report_answers.hint(actor, event["channel"], event["ts"], text)


def question_of(event: dict[str, Any]) -> str:
    """Return what was written, without the mention."""
    words = typed(_MENTION.sub(" ", event.get("text") or ""))
    return " ".join(words.split())[:_QUESTION_CHARACTERS]
