"""The form of a report: opened, changed, previewed and sent."""

from collections.abc import Callable, Sequence
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import FieldProblem, InvalidError
from bot.messages.rendering.escaping import escape_mrkdwn
from bot.reports.drafting.draft_reading import fields_of
from bot.reports.models import Report
from bot.reports.service_types import Actor, ReportPreview
from bot.tasks.creation import Owner
from listeners.permission import report_actor
from listeners.services import ListenerServices
from listeners.views.notice_builder import build_notice
from listeners.views.reports.form_builder import ReportForm, build_report_form
from listeners.views.reports.form_values import form_state, report_fields
from listeners.views.reports.preview_builder import (
    build_preview,
    build_waiting,
    charts_in,
    problem_block,
)
from listeners.views.reports.preview_pictures import upload_pictures
from listeners.views.reports.report_words import schedule_words, state_words
from listeners.views.slow_submission import submit_when_ready

_FormView = dict[str, Any]


async def new_report_view(
    services: ListenerServices, owner: Owner, user_id: str, channel_id: str = ""
) -> _FormView:
    """
    Return the form for a new report, every day at nine in the person's own time zone.

    *channel_id* is where it was asked for, if that is known. Raises `ForbiddenError` for who may
    only look: a report reads a database.
    """
    await services.rights.require_operator(user_id)
    zone = await services.directory.timezone_of(user_id)
    fields = {
        "schedule": {"frequency": "daily", "time": "09:00", "timezone": zone or "UTC"},
        "slack_config": {"slack_channel": channel_id if channel_id[:1] in ("C", "G") else None},
    }
    return build_report_form(ReportForm(fields, services.report_sources(owner.tenant)))


def edit_report_view(services: ListenerServices, report: Report) -> _FormView:
    """Return the form with what the report is now."""
    sources = services.report_sources(report.tenant)
    form = ReportForm(fields_of(report), sources, report.id, report.revision)
    return build_report_form(form)


async def handle_report_form_action(
    ack: AsyncAck, body: _FormView, client: AsyncWebClient, services: ListenerServices, owner: Owner
) -> None:
    """Show the inputs that belong to the frequency, or to the place, that was just chosen."""
    await ack()
    shown = _form_again(services, owner, body["view"])
    await client.views_update(view_id=body["view"]["id"], view=shown)


async def handle_report_preview_action(
    ack: AsyncAck,
    body: _FormView,
    client: AsyncWebClient,
    services: ListenerServices,
    owner: Owner,
    user_id: str,
) -> None:
    """Show below the form when it would run and what it would say today."""
    await services.rights.require_operator(user_id)
    await ack()
    view = body["view"]
    waiting = _form_again(services, owner, view, build_waiting())
    await client.views_update(view_id=view["id"], view=waiting)
    actor = await report_actor(services, owner, user_id)
    preview = await _preview_of(services, actor, view)
    pictures = await upload_pictures(client, charts_in(preview))

    def shown(drawn: dict[int, str]) -> _FormView:
        return _form_again(services, owner, view, build_preview(preview, drawn))

    await _show_preview(client, view["id"], shown, pictures)


async def _preview_of(services: ListenerServices, actor: Actor, view: _FormView) -> ReportPreview:
    """Ask for the preview; for a report that is edited with what the form does not show."""
    report_id, _ = form_state(view)
    fields = report_fields(view)
    if report_id is not None and "query" not in fields:
        report = await services.reports.find(actor, report_id)
        fields = {**fields, "query": report.query, "source": report.source}
    return await services.reports.preview(actor, fields)


async def _show_preview(
    client: AsyncWebClient,
    view_id: str,
    shown: Callable[[dict[int, str]], _FormView],
    pictures: dict[int, str],
) -> None:
    """Show it with pictures, or where Slack does not take them, with their figures."""
    try:
        await client.views_update(view_id=view_id, view=shown(pictures))
    except SlackApiError:
        if not pictures:
            raise
        await client.views_update(view_id=view_id, view=shown({}))


async def handle_report_submission(
    ack: AsyncAck,
    view: _FormView,
    user_id: str,
    client: AsyncWebClient,
    services: ListenerServices,
    owner: Owner,
) -> None:
    """Make or change the report; what is wrong is said under its field."""
    await services.rights.require_operator(user_id)
    actor = await report_actor(services, owner, user_id)

    def again(error: InvalidError) -> _FormView:
        problems = error.problems or [FieldProblem("name", str(error))]
        return _form_again(services, owner, view, [problem_block(problems)])

    work = _saved_view(services, actor, view)
    await submit_when_ready(ack, client, view, work, again)


async def _saved_view(services: ListenerServices, actor: Actor, view: _FormView) -> _FormView:
    """Save, and return a modal that says when it runs first."""
    report_id, revision = form_state(view)
    fields = report_fields(view)
    if report_id is None:
        report = await services.reports.create(actor, fields)
    else:
        report = await services.reports.change(actor, report_id, fields, revision=revision)
    words = (
        f"📊 *{escape_mrkdwn(report.name)}* is saved: it runs"
        f" {escape_mrkdwn(schedule_words(report.schedule))}, {state_words(report)}.\n"
        "To run it now: `/ops report run` and its name."
    )
    return build_notice(words, view["title"]["text"])


def _form_again(
    services: ListenerServices, owner: Owner, view: _FormView, below: Sequence[dict[str, Any]] = ()
) -> _FormView:
    """Return the form as it is filled in; Slack keeps what is typed in inputs that stay."""
    report_id, revision = form_state(view)
    sources = services.report_sources(owner.tenant)
    return build_report_form(ReportForm(report_fields(view), sources, report_id, revision, below))
