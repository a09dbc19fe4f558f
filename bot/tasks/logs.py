"""A task's log: all of it is kept for a while, some of it goes to the thread in chunks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, func, select

from bot.messages import outbox
from bot.messages.models import Message, MessageState
from bot.messages.outbox import Content
from bot.tasks.models import Task, TaskLog
from bot.tasks.stored_text import storable

_CHUNK_TEMPLATE = "tasks/logs"
_FILE_TEMPLATE = "delivery/file"
#: One reply holds so much; Slack shows about that much of one preformatted text.
CHUNK_LINES = 40
CHUNK_CHARACTERS = 2_500
#: So many chunks wait for Slack at most; what comes meanwhile is counted, and stands in the file.
MAX_WAITING_CHUNKS = 3
#: Of a longer log the newest characters are kept.
MAX_KEPT_CHARACTERS = 500_000
#: The client tells the end first, and then the last lines.
FILE_DELAY = timedelta(seconds=5)
#: The end of the year 9999; a time outside of what can be written is none.
LAST_SECOND = 253_402_300_799
UNSENT = (MessageState.WAITING, MessageState.DELAYED, MessageState.BLOCKED)

Line = dict[str, Any]
Reply = Callable[[Content, datetime], Message | None]


@dataclass(frozen=True)
class LogTail:
    """The last lines of an attempt's log, and how many came before them."""

    text: str
    before: int


def stream(session: Session, task: Task, lines: Sequence[Line], now: datetime, reply: Reply) -> int:
    """
    Put lines into the thread and return how many: in chunks that fill up while they wait.

    Lines that find no room are counted in the last chunk and left out.
    """
    waiting = _waiting_chunks(session, task)
    left = list(lines)
    if waiting:
        left = _fill(waiting[-1], left)
    while left and len(waiting) < MAX_WAITING_CHUNKS:
        count = _fitting_lines([], left)
        # Chunks of one moment are told apart by a microsecond, so that they come in order.
        at = max(now, waiting[-1].created_at + timedelta(microseconds=1)) if waiting else now
        chunk = reply(Content(_CHUNK_TEMPLATE, {"lines": left[:count], "omitted": 0}), at)
        if chunk is None:
            return len(lines) - len(left)
        waiting.append(chunk)
        left = left[count:]
    if left and waiting:
        last = waiting[-1]
        omitted = last.context.get("omitted", 0) + len(left)
        outbox.change_unsent(last, {**last.context, "omitted": omitted})
    return len(lines) - len(left)


def keep_lines(
    session: Session, task: Task, lines: Sequence[Line], shown: int, now: datetime
) -> None:
    """Keep lines, of which *shown* went to the thread; of too many the oldest are dropped."""
    text = storable("".join(f"{_written(line)}\n" for line in lines))
    row = TaskLog(
        tenant=task.tenant,
        task_id=task.id,
        attempt=task.attempt,
        first_line=_next_line(session, task),
        lines=len(lines),
        shown=shown,
        characters=len(text),
        text=text[-MAX_KEPT_CHARACTERS:],
        at=now,
    )
    room = MAX_KEPT_CHARACTERS - len(text)
    # Without the texts: of a flood there is much, and it comes often.
    sizes = select(TaskLog.first_line, TaskLog.characters).where(*_of_attempt(task))
    for first_line, characters in session.exec(sizes.order_by(col(TaskLog.first_line).desc())):
        room -= characters
        if room < 0:
            old = delete(TaskLog).where(*_of_attempt(task), col(TaskLog.first_line) <= first_line)
            session.exec(old)
            break
    session.add(row)


def attach(session: Session, task: Task, reply: Callable[[Content, str], Message | None]) -> None:
    """
    Put the whole log into the thread as a file, if the thread does not have all of it.

    The file that waits already takes over what has come since.
    """
    rows = _rows(session, task)
    total = rows[-1].first_line + rows[-1].lines if rows else 0
    is_whole = bool(rows) and rows[0].first_line == 0
    if not rows or (is_whole and total <= CHUNK_LINES and sum(row.shown for row in rows) == total):
        return
    content = {"name": _file_name(task), "content": _text_of_rows(rows)}
    key = f"{task.message_id}_log{task.attempt}"
    standing = outbox.find(session, key)
    if standing is None:
        reply(Content(_FILE_TEMPLATE, content), key)
    else:
        outbox.change_unsent(standing, content)


def tail(session: Session, task: Task, characters: int) -> LogTail:
    """Return the last whole lines of the newest attempt's log, in at most *characters*."""
    rows = _rows(session, task)
    text = "".join(row.text for row in rows)
    if len(text) > characters:
        text = text[-characters:].partition("\n")[2] or text[-characters:]
    total = rows[-1].first_line + rows[-1].lines if rows else 0
    return LogTail(text.rstrip("\n"), max(0, total - text.count("\n")))


def forget_lines(session: Session, before: datetime) -> None:
    """Delete what was logged before then."""
    session.exec(delete(TaskLog).where(col(TaskLog.at) < before))


def _of_attempt(task: Task) -> tuple[Any, ...]:
    return (
        TaskLog.tenant == task.tenant,
        TaskLog.task_id == task.id,
        TaskLog.attempt == task.attempt,
    )


def _rows(session: Session, task: Task) -> Sequence[TaskLog]:
    query = select(TaskLog).where(*_of_attempt(task)).order_by(col(TaskLog.first_line))
    return session.exec(query).all()


def _next_line(session: Session, task: Task) -> int:
    query = select(func.max(TaskLog.first_line + TaskLog.lines)).where(*_of_attempt(task))
    return session.exec(query).one() or 0


def _waiting_chunks(session: Session, task: Task) -> list[Message]:
    """Return the chunks that Slack has not been told of, oldest first, held."""
    query = (
        select(Message)
        .where(
            Message.parent_id == task.message_id,
            Message.template == _CHUNK_TEMPLATE,
            col(Message.state).in_([*UNSENT, MessageState.SENDING, MessageState.SUSPENDED]),
            Message.delivered_revision == 0,
        )
        .order_by(col(Message.created_at), col(Message.id))
        .with_for_update()
    )
    return list(session.exec(query.execution_options(populate_existing=True)).all())


def _fill(chunk: Message, lines: list[Line]) -> list[Line]:
    """Add lines to a chunk that waits, as many as fit, and return the rest."""
    there = chunk.context["lines"]
    if chunk.context.get("omitted"):  # What would follow is not what came next.
        return lines
    count = _fitting_lines(there, lines)
    if not count:
        return lines
    context = {**chunk.context, "lines": [*there, *lines[:count]]}
    return lines[count:] if outbox.change_unsent(chunk, context) else lines


def _fitting_lines(there: Sequence[Line], lines: Sequence[Line]) -> int:
    """Return how many of *lines* still fit into a chunk; into an empty one at least one."""
    size = sum(len(_written(line)) + 1 for line in there)
    count = 0
    for line in lines[: max(0, CHUNK_LINES - len(there))]:
        size += len(_written(line)) + 1
        if size > CHUNK_CHARACTERS and (there or count):
            break
        count += 1
    return count


def _written(line: Line) -> str:
    at, level = line.get("at"), str(line.get("level") or "")
    clock = ""
    if at is not None and 0 <= at <= LAST_SECOND:
        clock = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}  "
    return f"{clock}{level.upper():<7}  {line['text']}"


def _text_of_rows(rows: Sequence[TaskLog]) -> str:
    before = rows[0].first_line
    note = f"… {before:,} earlier lines are not kept …\n" if before else ""
    return note + "".join(row.text for row in rows)


def _file_name(task: Task) -> str:
    safe = "".join(sign if sign.isalnum() or sign in "._-" else "-" for sign in task.task)[:60]
    return f"{safe}-{task.attempt}.log"
