"""Submission of the form for a question about a report."""

import json
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.reports.service_types import Actor
from bot.tasks.creation import Owner
from listeners.permission import report_actor
from listeners.services import ListenerServices
from listeners.views.reports.run_builder import build_answer
from listeners.views.slow_submission import submit_when_ready
from listeners.views.submitted_values import filled


async def handle_report_ask_submission(
    ack: AsyncAck,
    view: dict[str, Any],
    user_id: str,
    client: AsyncWebClient,
    services: ListenerServices,
    owner: Owner,
) -> None:
    """Answer the question in the modal."""
    actor = await report_actor(services, owner, user_id)
    await submit_when_ready(ack, client, view, _answer_view(services, actor, view))


async def _answer_view(
    services: ListenerServices, actor: Actor, view: dict[str, Any]
) -> dict[str, Any]:
    question = filled(view)["question"] or ""
    run_id = json.loads(view["private_metadata"])["id"]
    return build_answer(question, await services.reports.ask(actor, run_id, question))
