"""The validator's findings as the Web API words them."""

from collections.abc import Sequence

from slack_playground.blocks import Problem
from slack_playground.state import Record


def line(problem: Problem, root: str = "") -> str:
    """Return the line that names the place; `root` is where the checked value stands."""
    return f"{problem.message} [json-pointer:{root}{problem.pointer}]"


def error_messages(lines: Sequence[str]) -> Record:
    """Return the `response_metadata` that chat.* and views.* answer."""
    return {"messages": [f"[ERROR] {one}" for one in lines]}


def entry(problem: Problem) -> Record:
    """Return the entry of `errors` that blocks.validate answers."""
    record: Record = {
        "pointer": problem.pointer,
        "code": problem.code,
        "message": problem.message,
    }
    if problem.field is not None:
        record["field"] = problem.field
    if problem.constraint is not None:
        record["constraint"] = problem.constraint
    return record
