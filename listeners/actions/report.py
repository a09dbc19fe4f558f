"""The buttons of reports; each carries the id of a report, or of a run."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import ConflictError
from bot.reports.display.message import wall_time, zone_of
from bot.reports.models import Report
from bot.reports.service_types import Actor
from bot.tasks.creation import Owner
from listeners.permission import report_actor, require_own_report
from listeners.services import ListenerServices
from listeners.views.modal_opening import open_when_ready
from listeners.views.reports.form_builder import EDIT_TITLE
from listeners.views.reports.report_forms import edit_report_view
from listeners.views.reports.report_words import state_words
from listeners.views.reports.run_builder import (
    QUERY_TITLE,
    RECOMPUTE_TITLE,
    ROWS_TITLE,
    build_ask,
    build_query,
    build_recomputed,
    build_rows,
)
from listeners.wording import as_mrkdwn

_Body = dict[str, Any]


async def handle_report_run_action(
    ack: AsyncAck,
    action: _Body,
    user_id: str,
    services: ListenerServices,
    owner: Owner,
    respond: AsyncRespond,
) -> None:
    """Run the report now; its message comes by itself."""
    actor = await report_actor(services, owner, user_id)
    report = await require_own_report(services, actor, action["value"])
    await services.reports.run(actor, report.id)
    await _tell_person(respond, f"`{report.name}` is running; its message follows when it is done.")
    await ack()


async def handle_report_retry_action(
    ack: AsyncAck,
    action: _Body,
    user_id: str,
    services: ListenerServices,
    owner: Owner,
    respond: AsyncRespond,
) -> None:
    """Run the report of a failed run again."""
    actor = await report_actor(services, owner, user_id)
    report = await _own_report_of_run(services, actor, action["value"])
    await services.reports.retry(actor, action["value"])
    await _tell_person(
        respond, f"`{report.name}` is running again; its message follows when it is done."
    )
    await ack()


async def handle_report_edit_action(
    ack: AsyncAck,
    body: _Body,
    action: _Body,
    user_id: str,
    client: AsyncWebClient,
    services: ListenerServices,
    owner: Owner,
) -> None:
    """Open the form of the report."""
    await ack()
    actor = await report_actor(services, owner, user_id)
    view = _edit_view(services, actor, action["value"])
    await open_when_ready(client, body["trigger_id"], EDIT_TITLE, view)


async def _edit_view(services: ListenerServices, actor: Actor, report_id: str) -> _Body:
    return edit_report_view(services, await require_own_report(services, actor, report_id))


async def handle_report_pause_action(
    ack: AsyncAck,
    body: _Body,
    action: _Body,
    user_id: str,
    services: ListenerServices,
    owner: Owner,
    respond: AsyncRespond,
) -> None:
    """Let the report run no more until it is resumed."""
    actor = await report_actor(services, owner, user_id)
    report = await require_own_report(services, actor, action["value"])
    if not report.is_enabled:
        raise ConflictError(f"`{report.name}` is paused already.")
    await services.reports.set_enabled(actor, report.id, is_enabled=False)
    more = f"`/ops report resume {report.name}` ends that."
    await _tell_change(respond, body, report, f"<@{user_id}> paused", more)
    await ack()


async def handle_report_resume_action(
    ack: AsyncAck,
    body: _Body,
    action: _Body,
    user_id: str,
    services: ListenerServices,
    owner: Owner,
    respond: AsyncRespond,
) -> None:
    """Let a paused report run again."""
    actor = await report_actor(services, owner, user_id)
    report = await require_own_report(services, actor, action["value"])
    if report.is_enabled:
        raise ConflictError(f"`{report.name}` is not paused: {state_words(report)}.")
    report = await services.reports.set_enabled(actor, report.id, is_enabled=True)
    await _tell_change(respond, body, report, f"<@{user_id}> resumed", _what_follows(report))
    await ack()


async def handle_report_take_over_action(
    ack: AsyncAck,
    body: _Body,
    action: _Body,
    user_id: str,
    services: ListenerServices,
    owner: Owner,
    respond: AsyncRespond,
) -> None:
    """Make the person the owner of a report that needs one."""
    actor = await report_actor(services, owner, user_id)
    report = await services.reports.take_over(actor, action["value"])
    await _tell_change(respond, body, report, f"<@{user_id}> took over", _what_follows(report))
    await ack()


async def handle_report_ask_action(ack: AsyncAck, body: _Body, client: AsyncWebClient) -> None:
    """Open the form for a question; whoever sees the report may ask."""
    await ack()
    view = build_ask(body["actions"][0]["value"])
    await client.views_open(trigger_id=body["trigger_id"], view=view)


async def handle_report_rows_action(
    ack: AsyncAck,
    body: _Body,
    action: _Body,
    user_id: str,
    client: AsyncWebClient,
    services: ListenerServices,
    owner: Owner,
) -> None:
    """Open a modal with the rows; whoever sees the report may read them."""
    await ack()
    actor = await report_actor(services, owner, user_id)
    view = _rows_view(services, actor, action["value"])
    await open_when_ready(client, body["trigger_id"], ROWS_TITLE, view)


async def _rows_view(services: ListenerServices, actor: Actor, run_id: str) -> _Body:
    return build_rows(await services.reports.result(actor, run_id, is_reader=True))


async def handle_report_query_action(
    ack: AsyncAck,
    body: _Body,
    action: _Body,
    user_id: str,
    client: AsyncWebClient,
    services: ListenerServices,
    owner: Owner,
) -> None:
    """Open a modal with the query, and where each figure comes from."""
    await ack()
    actor = await report_actor(services, owner, user_id)
    view = _query_view(services, actor, action["value"])
    await open_when_ready(client, body["trigger_id"], QUERY_TITLE, view)


async def _query_view(services: ListenerServices, actor: Actor, run_id: str) -> _Body:
    report = await _own_report_of_run(services, actor, run_id)
    try:
        stored = await services.reports.result(actor, run_id)
    except ConflictError:  # It failed: there is a query, but no rows.
        stored = None
    return build_query(report, stored)


async def handle_report_recompute_action(
    ack: AsyncAck,
    body: _Body,
    action: _Body,
    user_id: str,
    client: AsyncWebClient,
    services: ListenerServices,
    owner: Owner,
) -> None:
    """Run the stored query again, and show in a modal what differs."""
    await ack()
    actor = await report_actor(services, owner, user_id)
    view = _recomputed_view(services, actor, action["value"])
    await open_when_ready(client, body["trigger_id"], RECOMPUTE_TITLE, view)


async def _recomputed_view(services: ListenerServices, actor: Actor, run_id: str) -> _Body:
    await _own_report_of_run(services, actor, run_id)
    return build_recomputed(await services.reports.recompute(actor, run_id))


async def _own_report_of_run(services: ListenerServices, actor: Actor, run_id: str) -> Report:
    """Return the report of a run if the actor may change it; the run's message was seen."""
    run, _ = await services.reports.execution(actor, run_id, is_reader=True)
    return await require_own_report(services, actor, run.report_id)


async def _tell_person(respond: AsyncRespond, sentence: str) -> None:
    """Tell the person; in App Home there is nowhere to, and it shows the change itself."""
    if respond.response_url:
        await respond(as_mrkdwn(sentence), response_type="ephemeral", replace_original=False)


def _what_follows(report: Report) -> str:
    if not report.is_enabled or report.due_at is None:
        return f"It is paused: `/ops report resume {report.name}` ends that."
    return f"The next run is {wall_time(report.due_at, zone_of(report))}."


async def _tell_change(
    respond: AsyncRespond, body: _Body, report: Report, who_did_what: str, more: str
) -> None:
    """Tell the channel, if the report is told there; else only the person: a report is private."""
    if respond.response_url:
        is_shown_here = report.channel == (body.get("channel") or {}).get("id")
        await respond(
            as_mrkdwn(f"{who_did_what} the report `{report.name}`. {more}"),
            response_type="in_channel" if is_shown_here else "ephemeral",
            replace_original=False,
        )
