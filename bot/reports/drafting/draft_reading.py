"""What people and programs send for a report, read and checked: all problems, by their paths."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any, Literal

from bot.clock import Clock
from bot.errors import FieldProblem, ForbiddenError, InvalidError, UnavailableError
from bot.ids import is_slack_user_id
from bot.redaction import redact
from bot.reports.analysts.base import Mode
from bot.reports.drafting.questions import Questions
from bot.reports.drafting.schedule_fields import merge_schedule, read_schedule, stored_schedule
from bot.reports.drafting.send_conditions import parse_condition
from bot.reports.drafting.slack_targets import Places
from bot.reports.models import Notification, Report
from bot.scheduling.schedule_parser import parse_time
from bot.scheduling.schedules import Frequency, Schedule
from bot.sources.base import QueryError, Source

MAX_REPORT_NAME = 100
MAX_REPORT_DESCRIPTION = 2_000
MAX_REPORT_QUERY = 20_000
MAX_OWNER_CHARACTERS = 200
MODES = ("quick", "deep")
AUDIENCES = ("analyst", "general")
DRAFT_FIELDS = (
    "name",
    "description",
    "query",
    "source",
    "schedule",
    "enabled",
    "user_id",
    "mode",
    "audience",
    "send_if",
    "complete_by",
    "slack_config",
)
SLACK_FIELDS = ("notification_type", "slack_channel", "slack_user_id", "workspace")


@dataclass
class ReportDraft:
    """A report that is not stored; what could not be read is as it is here."""

    owner: str
    workspace_id: str
    name: str = ""
    description: str = ""
    query: str = ""
    sql: str = ""
    source: Source | None = None
    schedule: Schedule | None = None
    mode: str = "quick"
    audience: str = "general"
    send_if: str | None = None
    complete_by: str | None = None
    notification: Notification = Notification.NONE
    channel: str | None = None
    slack_user: str | None = None
    is_enabled: bool = True
    problems: list[FieldProblem] = field(default_factory=list)

    def refuse(self, path: str, fix: str) -> None:
        """Note what is wrong with a field."""
        self.problems.append(FieldProblem(path, fix))

    def columns(self) -> dict[str, Any]:
        """Return what is stored of it; call it only where there is no problem."""
        if self.schedule is None or self.source is None:
            raise ValueError("it was not read to its end")
        names = ("owner", "workspace_id", "name", "description", "query", "sql", "mode")
        more = ("audience", "send_if", "complete_by", "notification", "channel", "slack_user")
        return {
            **{name: getattr(self, name) for name in (*names, *more, "is_enabled")},
            "source": self.source.name,
            "schedule": stored_schedule(self.schedule),
        }


@dataclass(frozen=True)
class DraftRequest:
    """Who sends which fields, and which of them are new; None: all are."""

    tenant: str
    actor: str
    is_admin: bool
    workspace_id: str  # the usual one, "" if the tenant has none
    fields: Mapping[str, Any]
    touched: frozenset[str] | None = None
    need: Literal["all", "schedule"] = "all"  # a preview needs no more than a schedule

    def is_new(self, *names: str) -> bool:
        """Tell whether one of these fields has to be checked against the world outside."""
        return self.touched is None or not self.touched.isdisjoint(names)


class Drafts:
    """Reads drafts."""

    def __init__(self, questions: Questions, places: Places, clock: Clock) -> None:
        self._questions = questions
        self._places = places
        self._clock = clock

    async def read(self, request: DraftRequest) -> ReportDraft:
        """Return the draft with its problems, in the order of the fields."""
        fields = {name: one for name, one in request.fields.items() if one is not None}
        draft = ReportDraft(request.actor, request.workspace_id)
        for unknown in fields.keys() - set(DRAFT_FIELDS):
            draft.refuse(unknown, "unknown field")
        _read_texts(draft, fields, is_whole=request.need == "all")
        _read_choices(draft, fields)
        self._read_schedule(draft, fields.get("schedule"))
        _check_complete_by(draft)
        _read_enabled(draft, fields)
        self._read_owner(draft, fields.get("user_id"), request)
        await self._read_query(draft, fields, request)
        await self._read_slack(draft, fields.get("slack_config"), request)
        await self._check_owner(draft, request)
        return draft

    def _read_schedule(self, draft: ReportDraft, value: Any) -> None:
        if not isinstance(value, Mapping):
            draft.refuse("schedule", "is missing" if value is None else "must be an object")
            return
        draft.schedule, problems = read_schedule(value)
        draft.problems += problems

    def _read_owner(self, draft: ReportDraft, value: Any, request: DraftRequest) -> None:
        if value is None or value == request.actor:
            return
        if not isinstance(value, str) or not 0 < len(value) <= MAX_OWNER_CHARACTERS:
            draft.refuse("user_id", "write a Slack user id, or the subject of a token")
        elif not request.is_admin and request.is_new("user_id"):
            draft.refuse("user_id", "leave it out: only an admin makes reports for others")
        else:
            draft.owner = value

    async def _check_owner(self, draft: ReportDraft, request: DraftRequest) -> None:
        """Refuse to give a report to somebody who is not there."""
        if request.is_new("user_id") and is_slack_user_id(draft.owner) and draft.workspace_id:
            try:
                await self._places.require_person(draft.workspace_id, draft.owner)
            except InvalidError as error:
                draft.refuse("user_id", str(error))

    async def _read_query(
        self, draft: ReportDraft, fields: Mapping[str, Any], request: DraftRequest
    ) -> None:
        named = fields.get("source")
        if named is not None and not isinstance(named, str):
            draft.refuse("source", "must be a text")
            return
        if not draft.query and named is None:
            return  # A preview of a schedule alone asks nothing.
        try:
            draft.source = self._questions.source(named or None, request.tenant)
            if draft.query and request.is_new("query", "source"):
                zone = draft.schedule.timezone if draft.schedule else "UTC"
                now = self._clock.now()
                mode: Mode = "deep" if draft.mode == "deep" else "quick"
                draft.sql = await self._questions.read(draft.query, draft.source, zone, now, mode)
        except InvalidError as error:
            draft.problems += error.problems or [FieldProblem("query", str(error))]
        except (QueryError, UnavailableError) as error:
            draft.refuse("source", str(error))

    async def _read_slack(self, draft: ReportDraft, value: Any, request: DraftRequest) -> None:
        if value is not None and not isinstance(value, Mapping):
            draft.refuse("slack_config", "must be an object")
            return
        config = {name: one for name, one in (value or {}).items() if one is not None}
        for unknown in config.keys() - set(SLACK_FIELDS):
            draft.refuse(f"slack_config.{unknown}", "unknown field")
        for name, one in config.items():
            if name in SLACK_FIELDS and not isinstance(one, str):
                draft.refuse(f"slack_config.{name}", "must be a text")
                return
        if not _read_notification(draft, config):
            return
        if request.is_new("slack_config"):
            await self._check_place(draft, config, request)
        else:
            draft.channel, draft.slack_user = (
                config.get("slack_channel"),
                config.get("slack_user_id"),
            )

    async def _check_place(
        self, draft: ReportDraft, config: Mapping[str, str], request: DraftRequest
    ) -> None:
        path = "workspace"
        try:
            wanted = config.get("workspace")
            draft.workspace_id = await self._places.workspace(
                request.tenant, wanted, request.workspace_id
            )
            if draft.notification == Notification.CHANNEL:
                path = "slack_channel"
                named = config["slack_channel"]
                draft.channel = await self._places.channel(draft.workspace_id, named)
            elif draft.notification == Notification.DM:
                path = "slack_user_id"
                draft.slack_user = config.get("slack_user_id", draft.owner)
                await self._places.require_person(draft.workspace_id, draft.slack_user)
        except InvalidError as error:
            draft.refuse(f"slack_config.{path}", str(error))


def fields_of(report: Report) -> dict[str, Any]:
    """Return a stored report as the fields that it could be made of."""
    config = {
        "notification_type": str(report.notification),
        "slack_channel": report.channel,
        "slack_user_id": report.slack_user,
        "workspace": report.workspace_id,
    }
    return {
        "name": report.name,
        "description": report.description,
        "query": report.query,
        "source": report.source,
        "schedule": dict(report.schedule),
        "enabled": report.is_enabled,
        "user_id": report.owner,
        "mode": report.mode,
        "audience": report.audience,
        "send_if": report.send_if,
        "complete_by": report.complete_by,
        "slack_config": config,
    }


def merge_fields(stored: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return *stored* with changes, nested ones too; None removes what may be left out."""
    merged = dict(stored)
    for name, value in changes.items():
        old = stored.get(name)
        if name == "schedule" and isinstance(value, Mapping):
            merged[name] = merge_schedule(old or {}, value)
        elif name == "slack_config" and isinstance(value, Mapping):
            merged[name] = _merge_slack(old or {}, value)
        elif not (name in ("schedule", "slack_config") and value is None):
            merged[name] = value
    nested = changes.get("schedule")
    if isinstance(nested, Mapping) and nested.get("enabled") is not None:
        merged["enabled"] = changes.get("enabled", nested["enabled"])
        merged["schedule"] = {k: v for k, v in merged["schedule"].items() if k != "enabled"}
    return merged


def _merge_slack(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """A new channel or person without a kind says which kind is meant."""
    implied = {}
    if new.get("notification_type") is None:
        if new.get("slack_channel") is not None:
            implied = {"notification_type": Notification.CHANNEL.value}
        elif new.get("slack_user_id") is not None:
            implied = {"notification_type": Notification.DM.value}
    return {**old, **new, **implied}


def refuse_draft(problems: Iterable[FieldProblem]) -> None:
    """Raise `InvalidError` for these problems, if there are any; who may not is told so first."""
    found = list(problems)
    for one in found:
        if one.field == "user_id" and one.message.startswith("leave it out"):
            raise ForbiddenError("Only an admin makes reports for others: leave `user_id` out.")
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        first = found[0]
        end = "" if first.message.endswith(("?", ".")) else "."
        raise InvalidError(f"`{first.field}`: {first.message}{more}{end}", found)


def _read_texts(draft: ReportDraft, fields: Mapping[str, Any], *, is_whole: bool) -> None:
    for name, limit, is_needed in (
        ("name", MAX_REPORT_NAME, is_whole),
        ("description", MAX_REPORT_DESCRIPTION, False),
        ("query", MAX_REPORT_QUERY, is_whole),
    ):
        value = fields.get(name, "")
        if not isinstance(value, str):
            draft.refuse(name, "must be a text")
        elif is_needed and not value.strip():
            draft.refuse(name, "is missing" if name not in fields else "must not be blank")
        elif len(value) > limit:
            draft.refuse(name, f"must be at most {limit:,} characters; it has {len(value):,}")
        elif name == "query":
            _read_query_text(draft, value.strip())
        else:
            text = " ".join(value.split()) if name == "name" else value.strip()
            setattr(draft, name, redact(text))


def _read_query_text(draft: ReportDraft, query: str) -> None:
    """Take a query as it is, or not at all: masked it would ask something else."""
    if redact(query) == query:
        draft.query = query
    else:
        draft.refuse("query", "holds what looks like a secret; people see it: ask without it")


def _read_choices(draft: ReportDraft, fields: Mapping[str, Any]) -> None:
    for name, known in (("mode", MODES), ("audience", AUDIENCES)):
        value = fields.get(name, known[0] if name == "mode" else "general")
        if isinstance(value, str) and value in known:
            setattr(draft, name, value)
        else:
            draft.refuse(name, f"write {' or '.join(known)}")
    for name, parse in (("send_if", parse_condition), ("complete_by", parse_time)):
        value = fields.get(name, "")
        if not isinstance(value, str):
            draft.refuse(name, "must be a text")
            continue
        if not value.strip():
            continue
        try:
            parse(value)
        except ValueError as error:
            draft.refuse(name, str(error))
        else:
            setattr(draft, name, value.strip())


def _check_complete_by(draft: ReportDraft) -> None:
    """Refuse a time that has passed when the report is due: nothing would be waited for."""
    schedule = draft.schedule
    if draft.complete_by is None or schedule is None or schedule.frequency == Frequency.CRON:
        return
    until = parse_time(draft.complete_by)
    if time() < until <= schedule.at:
        draft.refuse("complete_by", f"write a time after {schedule.at:%H:%M}, when it is due")


def _read_enabled(draft: ReportDraft, fields: Mapping[str, Any]) -> None:
    schedule = fields.get("schedule")
    nested = schedule.get("enabled") if isinstance(schedule, Mapping) else None
    for path, value in (("enabled", fields.get("enabled")), ("schedule.enabled", nested)):
        if isinstance(value, bool):
            draft.is_enabled = value
            return
        if value is not None:
            draft.refuse(path, "must be true or false")


def _read_notification(draft: ReportDraft, config: Mapping[str, str]) -> bool:
    """Read where it goes; tell whether that can be looked up."""
    kind = config.get("notification_type")
    if kind is None:
        kind = "channel" if "slack_channel" in config else "none"
        kind = "dm" if kind == "none" and "slack_user_id" in config else kind
    if kind not in tuple(Notification):
        draft.refuse("slack_config.notification_type", f"write {', '.join(Notification)}")
        return False
    draft.notification = Notification(kind)
    if kind == Notification.CHANNEL and not config.get("slack_channel", "").strip():
        draft.refuse("slack_config.slack_channel", "name a channel that I am in")
        return False
    if kind == Notification.DM and not config.get("slack_user_id", draft.owner).strip():
        draft.refuse("slack_config.slack_user_id", "give a Slack user id, such as U0123456789")
        return False
    return True
