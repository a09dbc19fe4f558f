"""Where a report's runs and its notices are told, and the ids of their messages. Pure."""

from bot.ids import is_slack_user_id
from bot.messages.outbox import Place
from bot.reports.display.notices import Notice
from bot.reports.models import Notification, Report


def place_of(report: Report) -> Place | None:
    """Return where a report's runs are told; None: nowhere."""
    where = {Notification.CHANNEL: report.channel, Notification.DM: report.slack_user}
    channel = where.get(Notification(report.notification))
    return Place(report.workspace_id, report.tenant, channel) if channel else None


def place_of_owner(report: Report) -> Place | None:
    """Return where its owner is told of what is wrong; None: nowhere, the history has it."""
    if report.problem == Notice.OWNER_GONE:
        return place_without_owner(report)
    if is_slack_user_id(report.owner):
        return Place(report.workspace_id, report.tenant, report.owner)
    return place_of(report)


def place_without_owner(report: Report) -> Place | None:
    """Return where others than its owner read it; None: nowhere."""
    place = place_of(report)
    return None if place is None or place.channel == report.owner else place


def message_id_of(run_or_bulk_id: str) -> str:
    """Return the id of a run's message: always the same, so that it is never put twice."""
    return f"m_{run_or_bulk_id.partition('_')[2]}"


def run_id_of(message_id: str) -> str:
    """Return the id of the run that a message of this id would be of."""
    return f"x_{message_id.partition('_')[2]}"
