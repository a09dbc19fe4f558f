"""Renders a tenant's latest messages with another version of their template, and compares."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, func, select

from bot.as_code.change import counted, text_difference
from bot.db import Database
from bot.errors import FieldProblem, TemplateError, UnavailableError, WorkerStoppedError
from bot.messages.models import Message, MessageState, StoredTemplate
from bot.messages.rendering.plain_text import text_of
from bot.messages.rendering.renderer import Rendered
from bot.messages.rendering.sandbox import stored_context
from bot.messages.templates.isolation import Isolation
from bot.messages.templates.store import NewTemplate

#: So many of the newest messages are looked through for those of a template, and so many rendered.
_MAX_LOOKED_THROUGH = 20_000
_MAX_RENDERED = 20
_MAX_EXAMPLES = 3
_MAX_DIFFERENCE_LINES = 8
_MAX_PLACES = 5
#: Messages that are not in Slack, and will be.
NOT_SENT = (
    *(MessageState.WAITING, MessageState.DELAYED, MessageState.BLOCKED),
    *(MessageState.SENDING, MessageState.SUSPENDED),
)


@dataclass(frozen=True)
class SeenMessage:
    """A message as people would read it; `error` is why it cannot be rendered."""

    text: str
    whole: str
    error: str | None = None


@dataclass(frozen=True)
class VersionComparison:
    """What the new version does to the messages that were looked at."""

    lines: Sequence[str]
    warnings: Sequence[str]
    looked_at: int
    different: int


class TemplateMessages:
    """Compares two versions of a tenant's templates by its messages."""

    def __init__(self, database: Database, isolation: Isolation, tenant: str) -> None:
        self._database = database
        self._isolation = isolation
        self._tenant = tenant

    async def compare(
        self, old: StoredTemplate, new: NewTemplate, sample: dict[str, Any]
    ) -> VersionComparison:
        """Compare by the newest messages; where there are none by *sample*."""
        messages, counts = await self._database.read(
            lambda session: _messages_of(session, self._tenant, new.code)
        )
        if not messages:
            return await self._compare_sample(old, new, sample)
        pairs = [(one, *await self._both(old, new, _context_of_message(one))) for one in messages]
        different = [pair for pair in pairs if pair[1] != pair[2]]
        lines = [_headline(pairs, different), *_examples(different), *_unsent(counts, old)]
        warnings = [*_new_failures(pairs), *await self._refused(old, new, messages)]
        return VersionComparison(lines, warnings, len(pairs), len(different))

    async def sample(self, new: NewTemplate, sample: dict[str, Any]) -> list[str]:
        """Return what a message of a new template reads like."""
        seen = await self._seen(new.body, sample)
        lines = (seen.error or seen.text).splitlines()[:_MAX_DIFFERENCE_LINES]
        return ["a sample of it reads:", *(f"  {line[:300]}" for line in lines)]

    async def _compare_sample(
        self, old: StoredTemplate, new: NewTemplate, sample: dict[str, Any]
    ) -> VersionComparison:
        before, after = await self._both(old, new, sample)
        lines = ["no message of it is stored; with a sample:"]
        lines += [f"  {line}" for line in _difference(before, after)] or ["  looks the same"]
        return VersionComparison(lines, [], 0, 0)

    async def _both(
        self, old: StoredTemplate, new: NewTemplate, context: dict[str, Any]
    ) -> tuple[SeenMessage, SeenMessage]:
        return await self._seen(old.body, context), await self._seen(new.body, context)

    async def _seen(self, body: str, context: dict[str, Any]) -> SeenMessage:
        try:
            rendered = await self._isolation.render(self._tenant, body, stored_context(context))
        except (TemplateError, WorkerStoppedError, UnavailableError) as error:
            return SeenMessage("", "", str(error))
        return SeenMessage(_reading(rendered), f"{rendered.text}\n{rendered.blocks}")

    async def _refused(
        self, old: StoredTemplate, new: NewTemplate, messages: Sequence[Message]
    ) -> list[str]:
        """Return how many of the latest payloads the new schema would refuse."""
        if old.payload_schema == new.schema or not new.schema:
            return []
        schema = json.dumps(new.schema)
        payloads = [dict(one.context) for one in messages]
        found = await self._isolation.payload_problems(self._tenant, schema, payloads)
        refused: list[FieldProblem] = [problems[0] for problems in found if problems]
        if not refused:
            return []
        first = f"{refused[0].field}: {refused[0].message}"
        return [
            f"payloads like {len(refused)} of the newest {len(messages)} would be refused ({first})"
        ]


def _messages_of(
    session: Session, tenant: str, code: str
) -> tuple[Sequence[Message], Mapping[str, int]]:
    newest = (
        select(Message.id)
        .order_by(col(Message.created_at).desc(), col(Message.id).desc())
        .limit(_MAX_LOOKED_THROUGH)
    )
    of_it = (
        col(Message.id).in_(newest),
        Message.tenant == tenant,
        Message.template == code,
        col(Message.template_id).is_not(None),
    )
    query = select(Message).where(*of_it).order_by(col(Message.created_at).desc(), Message.id)
    counts = select(Message.state, func.count()).where(*of_it).group_by(col(Message.state))
    return session.exec(query.limit(_MAX_RENDERED)).all(), dict(session.exec(counts).all())


def _context_of_message(message: Message) -> dict[str, Any]:
    return {**message.context, "revision": message.revision}


def _reading(rendered: Rendered) -> str:
    """Return what people read: the blocks, and the notification where it says something else."""
    blocks = text_of(rendered.blocks) if rendered.blocks else ""
    if not blocks:
        return rendered.text
    return blocks if rendered.text in blocks else f"{blocks}\nnotification: {rendered.text}"


def _headline(
    pairs: Sequence[tuple[Message, SeenMessage, SeenMessage]],
    different: Sequence[tuple[Message, SeenMessage, SeenMessage]],
) -> str:
    places = Counter(f"{one.channel} by {one.sender or 'default'}" for one, _, _ in different)
    told = [f"{count} in {place}" for place, count in places.most_common(_MAX_PLACES)]
    more = ["others elsewhere"] if len(places) > _MAX_PLACES else []
    where = f": {', '.join([*told, *more])}" if told else ""
    count = f"{len(different)} of the newest {counted(len(pairs), 'message')}"
    return f"{count} would look different{where}"


def _examples(different: Sequence[tuple[Message, SeenMessage, SeenMessage]]) -> Iterator[str]:
    known: set[tuple[str, ...]] = set()
    for message, before, after in different:
        lines = tuple(_difference(before, after))
        if lines in known:
            continue
        if len(known) == _MAX_EXAMPLES:
            yield "  and others"
            return
        known.add(lines)
        place = f"{message.channel}, {message.created_at:%Y-%m-%d %H:%M} UTC"
        yield f"  like {message.id} in {place}:"
        yield from (f"    {line}" for line in lines[:_MAX_DIFFERENCE_LINES])
        if len(lines) > _MAX_DIFFERENCE_LINES:
            yield f"    and {len(lines) - _MAX_DIFFERENCE_LINES} more lines"


def _difference(before: SeenMessage, after: SeenMessage) -> list[str]:
    if after.error is not None:
        return [f"cannot be rendered: {after.error}"]
    if before.error is not None:
        return [f"could not be rendered: {before.error}", *text_difference("", after.text)]
    lines = list(text_difference(before.text, after.text))
    return lines or (["reads the same, looks different"] if before != after else [])


def _unsent(counts: Mapping[str, int], old: StoredTemplate) -> Iterator[str]:
    """Yield what becomes of the messages that are stored."""
    waiting = sum(counts.get(state, 0) for state in NOT_SENT)
    if waiting:
        are = "is" if waiting == 1 else "are"
        yield f"{counted(waiting, 'message')} not sent yet {are} sent with version {old.version}"
    dead = counts.get(MessageState.DEAD, 0)
    if dead:
        yield f"{counted(dead, 'dead letter')} would be replayed with the new version"


def _new_failures(pairs: Sequence[tuple[Message, SeenMessage, SeenMessage]]) -> Iterator[str]:
    errors = [after.error for _, before, after in pairs if after.error and not before.error]
    if errors:
        are = f"{len(errors)} of the newest {counted(len(pairs), 'message')}"
        yield f"{are} could not be rendered any more ({errors[0]})"
