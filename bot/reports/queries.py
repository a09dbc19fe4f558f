"""Reads reports and their runs, page by page, for those who may see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select, tuple_

from bot.errors import FieldProblem, InvalidError, NotFoundError
from bot.messages.models import Message
from bot.reports.models import Report, ReportRun
from bot.reports.notification_places import run_id_of
from bot.reports.service_types import Actor
from bot.suggestions import did_you_mean

MAX_PAGE = 100
#: Names that a misspelt one is compared with.
_MAX_COMPARED = 500


def visible_to(actor: Actor) -> list[Any]:
    """Return the conditions for reports that this actor may see and change."""
    conditions: list[Any] = [Report.tenant == actor.tenant]
    if not actor.is_admin:
        conditions.append(Report.owner == actor.id)
    return conditions


def report_of(session: Session, actor: Actor, report_id: str, *, hold: bool = False) -> Report:
    """Return a report by its id; raise `NotFoundError` where there is none for the actor."""
    query = select(Report).where(Report.id == report_id, *visible_to(actor))
    found = session.exec(query.with_for_update() if hold else query).one_or_none()
    if found is None:
        raise NotFoundError(f"There is no report `{report_id[:60]}`.")
    return found


def report_named(session: Session, actor: Actor, name_or_id: str) -> Report:
    """Return a report by id or name, of which the actor's own goes first."""
    wanted = " ".join(name_or_id.split())
    seen = visible_to(actor)
    by_id = session.exec(select(Report).where(Report.id == wanted, *seen)).one_or_none()
    if by_id is not None:
        return by_id
    named = list(session.exec(select(Report).where(Report.name == wanted, *seen).limit(3)).all())
    own = [one for one in named if one.owner == actor.id]
    found = own or named
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFoundError(f"Several people have a report `{wanted[:60]}`: give its id.")
    names = session.exec(select(Report.name).where(*seen).limit(_MAX_COMPARED)).all()
    by_case = [one for one in names if one.casefold() == wanted.casefold()]
    if by_case and by_case[0] != wanted:
        return report_named(session, actor, by_case[0])
    if not names:
        raise NotFoundError(f"There is no report `{wanted[:60]}`: you have none.")
    raise NotFoundError(
        f"There is no report `{wanted[:60]}`{did_you_mean(wanted, names, is_sentence=True)}"
    )


def planned_report(
    session: Session, actor: Actor, report_id: str | None, name: object
) -> Report | None:
    """Return the tenant's report of this id, else the actor's own of this name."""
    if report_id is not None:
        query = select(Report).where(Report.id == report_id, Report.tenant == actor.tenant)
        found = session.exec(query).one_or_none()
        if found is not None:
            return found
    query = select(Report).where(
        Report.tenant == actor.tenant,
        Report.owner == actor.id,
        Report.name == " ".join(str(name or "").split()),
    )
    return session.exec(query).one_or_none()


def page_of_reports(
    session: Session, actor: Actor, cursor: str | None, limit: int
) -> tuple[list[Report], str | None]:
    """Return reports, the oldest first, and the cursor of the next page."""
    query = select(Report).where(*visible_to(actor))
    order = (col(Report.created_at), col(Report.id))
    if cursor is not None:
        query = query.where(tuple_(*order) > tuple_(*read_place(cursor)))
    found = list(session.exec(query.order_by(*order).limit(limit + 1)).all())
    page, last = found[:limit], found[limit - 1] if len(found) > limit else None
    return page, write_place(last.created_at, last.id) if last else None


def page_of_runs(
    session: Session, report_id: str, cursor: str | None, limit: int
) -> tuple[list[ReportRun], str | None]:
    """Return a report's runs, the newest due time first, and the cursor of the next page."""
    query = select(ReportRun).where(ReportRun.report_id == report_id)
    order = (col(ReportRun.due_at), col(ReportRun.id))
    if cursor is not None:
        query = query.where(tuple_(*order) < tuple_(*read_place(cursor)))
    newest = [one.desc() for one in order]
    found = list(session.exec(query.order_by(*newest).limit(limit + 1)).all())
    page, last = found[:limit], found[limit - 1] if len(found) > limit else None
    return page, write_place(last.due_at, last.id) if last else None


def run_of(session: Session, actor: Actor, run_id: str, *, is_reader: bool = False) -> ReportRun:
    """
    Return a run whose report the actor may see; raise `NotFoundError`.

    *is_reader*: the actor was shown its message, so that its tenant is enough.
    """
    run = session.get(ReportRun, run_id)
    if run is None or run.tenant != actor.tenant:
        raise NotFoundError(f"There is no run `{run_id[:60]}`.")
    if not is_reader:
        try:
            report_of(session, actor, run.report_id)
        except NotFoundError as error:
            raise NotFoundError(f"There is no run `{run_id[:60]}`.") from error
    return run


def run_of_message(session: Session, workspace_id: str, channel: str, ts: str) -> ReportRun | None:
    """Return the run that a message in Slack tells of."""
    query = select(Message.id).where(
        Message.workspace_id == workspace_id, Message.channel == channel, Message.ts == ts
    )
    message_id = session.exec(query).first()
    run = session.get(ReportRun, run_id_of(message_id)) if message_id else None
    return run if run is not None and run.message_id == message_id else None


def messages_of(session: Session, runs: Sequence[ReportRun]) -> dict[str, Message]:
    """Return the messages of runs by their ids."""
    ids = [run.message_id for run in runs if run.message_id]
    if not ids:
        return {}
    found = session.exec(select(Message).where(col(Message.id).in_(ids))).all()
    return {one.id: one for one in found}


def write_place(at: datetime, row_id: str) -> str:
    """Return the cursor that goes on after this row."""
    return f"{at.isoformat()} {row_id}"


def read_place(cursor: str) -> tuple[datetime, str]:
    """Return the arguments of `write_place`; raise `InvalidError` for any other text."""
    at, _, row_id = cursor.partition(" ")
    try:
        return datetime.fromisoformat(at), row_id
    except ValueError as error:
        problem = FieldProblem("cursor", "take it unchanged from the page before")
        raise InvalidError("The cursor is not one of ours.", [problem]) from error
