"""Turns the message requests of many callers into rows, in one transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from sqlalchemy import bindparam, select
from sqlmodel import Session, SQLModel

from bot.clock import Clock
from bot.errors import FieldProblem, InvalidError
from bot.messages.destinations import NO_DESTINATIONS, Destinations, is_destination
from bot.messages.history.event_rows import EVENTS, MESSAGES
from bot.messages.requests.message_request import (
    DEFAULT_SENDER,
    MessageRequest,
    PreparedMessage,
    SenderSettings,
    prepare,
    problems_of,
)
from bot.messages.requests.workspace_resolution import workspace_of
from bot.messages.templates.store import TemplateVersion, newest_version
from bot.messages.totals import add_to_totals
from bot.sql import fast_json
from bot.sql.statements import OneOf, Statement
from bot.workspaces.queries import connected_of

_SENDERS = SQLModel.metadata.tables["sender"]
_MESSAGE_TABLE = SQLModel.metadata.tables["message"]
_SENDER = Statement(
    select(*(_SENDERS.c[one.name] for one in fields(SenderSettings))).where(
        _SENDERS.c.tenant == bindparam("of_tenant"), _SENDERS.c.code == bindparam("called")
    )
)
_THERE = Statement(
    select(_MESSAGE_TABLE.c.id, _MESSAGE_TABLE.c.correlation_id).where(
        OneOf(_MESSAGE_TABLE.c.id, "ids")
    )
)


@dataclass(frozen=True)
class RequestBatch:
    """What one caller asked for: stored as a whole, or not at all."""

    message_requests: Sequence[MessageRequest]
    prefix: str = ""  # prefix of the path of a problem; `{}` is the request's number
    verdicts: "_Verdicts" = field(default_factory=dict)


#: Problems of a payload, by the request's number and the id of the template's version.
_Verdicts = Mapping[tuple[int, str], Sequence[FieldProblem]]


@dataclass(frozen=True)
class Unvalidated:
    """
    Nothing was stored: these payloads have to be validated first, by the request's number.

    Validation takes as long as a tenant's schema takes, and no transaction waits for it.
    """

    drawings: Mapping[int, TemplateVersion]


@dataclass
class BatchWriter:
    """One transaction's work: senders and templates are looked up once for all its requests."""

    session: Session
    clock: Clock
    destinations: Destinations = NO_DESTINATIONS

    def __post_init__(self) -> None:
        self.now = self.clock.now()
        self._senders: dict[tuple[str, str], SenderSettings | None] = {}
        self._versions: dict[tuple[str, str], TemplateVersion | None] = {}
        self._connected: dict[str, list[str]] = {}
        self._prepared: list[PreparedMessage] = []

    def check(self, batch: RequestBatch) -> list[str] | InvalidError | Unvalidated:
        """
        Return the ids of the messages that `store` will create, or all problems.

        A payload is stored only with the version of the template that it was validated against,
        which is the newest one. If there is no verdict for that version yet, return the version.
        """
        unvalidated = self._unvalidated(batch)
        if unvalidated:
            return Unvalidated(unvalidated)
        prepared: list[PreparedMessage] = []
        problems: list[FieldProblem] = []
        before: Counter[tuple[str, str | None]] = Counter()
        for number, request in enumerate(batch.message_requests):
            sender, version = self._sender(request), self._version(request)
            place = self._place(request, sender) if sender else None
            verdict = batch.verdicts.get((number, version.id), ()) if version else ()
            wrong = problems_of(request, sender, version, self.destinations, place, verdict)
            prefix = batch.prefix.format(number)
            problems += [FieldProblem(prefix + one.field, one.message) for one in wrong]
            if not wrong and sender and version and isinstance(place, str):
                channel = (place, request.channel or sender.channel)
                ready = prepare(request, sender, version, place, self.now, before=before[channel])
                before[channel] += 1
                prepared.append(ready)
        if problems:
            return _batch_refusal(problems)
        self._prepared += prepared
        return [request.message_id for request in batch.message_requests]

    @property
    def places(self) -> set[str]:
        """The ids of the workspaces and destinations that what is stored goes to."""
        return {one.message["workspace_id"] for one in self._prepared}

    def store(self) -> dict[str, str]:
        """Insert what is not there yet; return the correlation id of each message."""
        all_rows = (row for one in self._prepared for row in (one, *one.attached))
        rows = {row.message["id"]: row for row in all_rows}
        new = MESSAGES.run(self.session, [row.message for row in rows.values()])
        EVENTS.run(self.session, [row.event for key, row in rows.items() if key in new])
        added = (row.message for key, row in rows.items() if key in new)
        add_to_totals(self.session, ((one["tenant"], one["queue"]) for one in added))
        made = {one.message["id"]: one.message["correlation_id"] for one in self._prepared}
        repeated = made.keys() - new
        if repeated:
            there = _THERE.rows(self.session, ids=fast_json.text([*repeated]))
            made |= {row.id: row.correlation_id or row.id for row in there}
        return made

    def _unvalidated(self, batch: RequestBatch) -> dict[int, TemplateVersion]:
        drawings = [
            (number, self._version(request))
            for number, request in enumerate(batch.message_requests)
        ]
        return {
            number: version
            for number, version in drawings
            if version and version.schema and (number, version.id) not in batch.verdicts
        }

    def _sender(self, request: MessageRequest) -> SenderSettings | None:
        key = (request.tenant, request.sender)
        if key not in self._senders:
            rows = _SENDER.rows(self.session, of_tenant=request.tenant, called=request.sender)
            unstored = SenderSettings() if request.sender == DEFAULT_SENDER else None
            self._senders[key] = SenderSettings(*rows[0]) if rows else unstored
        return self._senders[key]

    def _place(self, request: MessageRequest, sender: SenderSettings) -> str | FieldProblem:
        """Return the id of the workspace or destination that a request goes to, or why not."""
        named = sender.workspace_id
        if named is None and request.workspace_id is not None:
            return request.workspace_id
        if named is not None and is_destination(named):
            return named
        if request.tenant not in self._connected:
            self._connected[request.tenant] = connected_of(self.session, request.tenant)
        return workspace_of(named, self._connected[request.tenant])

    def _version(self, request: MessageRequest) -> TemplateVersion | None:
        key = (request.tenant, request.template)
        if key not in self._versions:
            self._versions[key] = newest_version(self.session, *key)
        return self._versions[key]


def _batch_refusal(problems: list[FieldProblem]) -> InvalidError:
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    first = problems[0]
    return InvalidError(f"Nothing was accepted: `{first.field}`: {first.message}{more}", problems)
