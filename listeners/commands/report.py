"""`/ops report …` and `/report …`."""

from typing import Any

from bot.reports.models import Report
from bot.reports.service_types import Actor
from listeners.commands.command_request import Asked, CommandReply
from listeners.permission import report_actor
from listeners.views.modal_opening import open_when_ready
from listeners.views.reports.form_builder import NEW_TITLE
from listeners.views.reports.list_builder import (
    MAX_LISTED,
    MAX_SHOWN_RUNS,
    build_next_reports,
    build_report_history,
    build_report_list,
)
from listeners.views.reports.report_forms import new_report_view
from listeners.views.reports.report_words import state_words
from listeners.wording import as_mrkdwn

_NEXT_HOURS = 24.0


async def command_new_report(asked: Asked) -> CommandReply:
    """Open the form; there is nothing to answer."""
    view = new_report_view(asked.services, asked.owner, asked.user_id, asked.channel_id)
    await open_when_ready(asked.client, asked.trigger_id, NEW_TITLE, view)
    return {}


async def command_list_reports(asked: Asked) -> CommandReply:
    """List the reports that the asker may change, to the asker alone."""
    actor = await _asking(asked)
    reports, cursor = await asked.services.reports.list(actor, limit=MAX_LISTED)
    return build_report_list(reports, has_more=cursor is not None)


async def command_next_reports(asked: Asked) -> CommandReply:
    """List what is due within a day."""
    actor = await _asking(asked)
    found = await asked.services.reports.next_runs(actor, hours=_NEXT_HOURS)
    return build_next_reports(found)


async def command_show_report(asked: Asked) -> CommandReply:
    """Show a report and its last runs."""
    actor, report = await _named_report(asked)
    runs, _ = await asked.services.reports.runs(actor, report.id, limit=MAX_SHOWN_RUNS)
    return build_report_history(report, runs)


async def command_run_report(asked: Asked) -> CommandReply:
    """Run a report now."""
    actor, report = await _named_report(asked)
    await asked.services.reports.run(actor, report.id)
    return _changed(asked, report, "runs", "Its message follows when it is done.")


async def command_pause_report(asked: Asked) -> CommandReply:
    """Stop a report until it is resumed."""
    actor, report = await _named_report(asked)
    await asked.services.reports.set_enabled(actor, report.id, is_enabled=False)
    return _changed(asked, report, "paused", f"`/ops report resume {report.name}` ends that.")


async def command_resume_report(asked: Asked) -> CommandReply:
    """Let a report run again."""
    actor, report = await _named_report(asked)
    report = await asked.services.reports.set_enabled(actor, report.id, is_enabled=True)
    return _changed(asked, report, "resumed", f"It runs {state_words(report)}.")


async def command_delete_report(asked: Asked) -> CommandReply:
    """Delete a report; what it has posted stays."""
    actor, report = await _named_report(asked)
    await asked.services.reports.delete(actor, report.id)
    return _changed(asked, report, "deleted", "What it has posted stays.")


async def _asking(asked: Asked) -> Actor:
    return await report_actor(asked.services, asked.owner, asked.user_id)


async def _named_report(asked: Asked) -> tuple[Actor, Report]:
    """Return the report of that name or id; raise `NotFoundError` with the nearest name."""
    actor = await _asking(asked)
    return actor, await asked.services.reports.find(actor, asked.request.values["name"])


def _changed(asked: Asked, report: Report, verb: str, more: str) -> CommandReply:
    """Tell the channel, if the report is told there; else only the asker: a report is private."""
    is_shown_here = report.channel == asked.channel_id
    sentence = f"<@{asked.user_id}> {verb} the report `{report.name}`. {more}"
    answer: dict[str, Any] = {"response_type": "in_channel" if is_shown_here else "ephemeral"}
    return {**answer, "text": as_mrkdwn(sentence)}
