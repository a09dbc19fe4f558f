"""The opaque cursor of a list of tasks: the position where the previous page ended."""

import base64
import json
from datetime import datetime

from bot.errors import FieldProblem, InvalidError


def write_cursor(at: datetime, task_id: str) -> str:
    """Return the cursor that continues after this task."""
    text = json.dumps([at.isoformat(), task_id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, str]:
    """Return the arguments of `write_cursor`; raise `InvalidError` for any other text."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        at_text, task_id = json.loads(raw)
        at = datetime.fromisoformat(at_text)
        # What a database cannot compare must not reach it.
        usable = isinstance(task_id, str) and task_id.isprintable() and at.tzinfo is not None
    except (ValueError, TypeError) as error:
        raise _bad_cursor() from error
    if not usable:
        raise _bad_cursor()
    return at, task_id


def _bad_cursor() -> InvalidError:
    problem = FieldProblem("cursor", "take it unchanged from `nextCursor` of the page before")
    return InvalidError("The cursor is not one of ours.", [problem])
