"""`opsbell task`: a task that a shell script reports on, one command at a time."""

from __future__ import annotations

import os

from opsbell.notices.client import Opsbell
from opsbell.settings import environment_name, exit_seconds, host_name, take_assignment
from opsbell.values.plain import plain

from .words import UsageError, Words, read_pairs, sort_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

START = "opsbell task start NAME [--subject S] [--channel C] [--id ID] [name=value …]"
PROGRESS = "opsbell task progress ID PERCENT [NOTE…]"
DONE = "opsbell task done ID [name=number …]"
FAIL = "opsbell task fail ID [ERROR…]"
HELP = f"""\
usage: {START}
       {PROGRESS}
       {DONE}
       {FAIL}

Report on work that no single command does:

  id=$(opsbell task start nightly_import --subject dealer-7 source=crm)
  opsbell task progress "$id" 40 "page 12"
  opsbell task done "$id" success=100 failed=5

start prints the id, also when the server is away. Its pairs are shown as metadata, those of done
in the summary. ID is what start printed, or OPSBELL_TASK_ID in a command the server has started.

options:
  --subject S    whom or what it is for; default: the name of this host
  --channel C    where to show it; default: the server's choice
  --id ID        an id of your own; started once however often it is said

What the server cannot take now is kept and sent by the next opsbell command.
Without OPSBELL_URL and OPSBELL_TOKEN nothing is sent.
exit codes: 0, also when the server is away; 2 for wrong usage.
"""


def run(words: Sequence[str]) -> int:
    """Report and return the exit code; raises UsageError before anything is sent."""
    verbs: dict[str, Callable[[Sequence[str]], None]] = {
        "start": _start,
        "progress": _progress,
        "done": _done,
        "fail": _fail,
    }
    verb = verbs.get(words[0]) if words else None
    if verb is None:
        said = f"unknown verb {words[0]}" if words else "there is no verb"
        raise UsageError(f"{said}; the verbs are {', '.join(verbs)}\n{HELP}")
    verb(words[1:])
    return 0


def _start(words: Sequence[str]) -> None:
    found = sort_words(words, ("subject", "channel", "id"), START)
    name = _first(found, "NAME", START)
    metadata = read_pairs(found.rest, START)
    task_id = found.options.get("id") or "t_" + os.urandom(16).hex()
    more = {
        "subject": found.options.get("subject") or host_name(),
        "channel": found.options.get("channel"),
        "environment": environment_name(),
    }
    # First of all, because the script goes on with it whatever happens to us.
    os.write(1, f"{task_id}\n".encode("utf-8", "surrogateescape"))
    Opsbell(timeout_seconds=exit_seconds()).create_task(
        name,
        taskId=task_id,
        status="running",
        metadata=metadata,
        **{key: value for key, value in more.items() if value},
    )


def _progress(words: Sequence[str]) -> None:
    found = sort_words(words, (), PROGRESS)
    task_id, said = _first(found, "ID", PROGRESS), _first(found, "PERCENT", PROGRESS)
    try:
        percent = float(said.rstrip("%"))
    except ValueError:
        percent = -1.0
    if not 0 <= percent <= 100:
        raise UsageError(f"{said} is not a number from 0 to 100\nusage: {PROGRESS}")
    note = " ".join(found.rest) or None
    _report(task_id, "running", progress=int(percent), progress_note=note)


def _done(words: Sequence[str]) -> None:
    found = sort_words(words, (), DONE)
    task_id = _first(found, "ID", DONE)
    _report(task_id, "completed", stats=plain(read_pairs(found.rest, DONE)))


def _fail(words: Sequence[str]) -> None:
    found = sort_words(words, (), FAIL)
    task_id = _first(found, "ID", FAIL)
    _report(task_id, "failed", error=" ".join(found.rest) or None, stats={})


def _report(task_id: str, status: str, **said: Any) -> None:
    opsbell = Opsbell(timeout_seconds=exit_seconds())
    if os.environ.get("OPSBELL_TASK_ID") == task_id:
        assignment = take_assignment()
        if assignment is not None:
            opsbell = Opsbell.of(assignment.target, timeout_seconds=exit_seconds())
            said["attempt"] = assignment.attempt
    told = {key: value for key, value in said.items() if value is not None}
    opsbell.callback(status, task_id=task_id, **told)


def _first(found: Words, name: str, usage: str) -> str:
    if not found.rest or not found.rest[0].strip():
        raise UsageError(f"{name} is missing\nusage: {usage}")
    return found.rest.pop(0)
