"""One call made at once, after what earlier runs had to leave behind; or kept for a later run."""

from __future__ import annotations

import os
import time

from opsbell.api import Api
from opsbell.replay import Replay
from opsbell.settings import spool_folder
from opsbell.shield import Shield, note
from opsbell.spool import Spool
from opsbell.values.masking import remember

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from opsbell.api import Answer
    from opsbell.settings import Target


UNKNOWN_TASK = 404
LOOK_AGAIN_SECONDS = 0.1


class Kept(Exception):  # noqa: N818 - it is no error of the caller's
    """The server cannot take it now: it is in the spool, or lost where there is none."""


def deliver(target: Target, path: str, body: dict[str, Any], seconds: float) -> Answer:
    """
    Post *body* and return the server's answer, which may be a refusal; raise `Kept`.

    What the server cannot take within *seconds* is spooled with a key of its
    own, so that a later run delivers it and the server sees a repetition. So is
    a report on a task that is not known yet, while another process delivers
    older news: the task's start may be among them.
    """
    key = "oc_" + os.urandom(16).hex()
    deadline = time.monotonic() + seconds
    remember(target.token)
    spool = Spool(spool_folder(), target.origin)
    while True:
        answer, is_early = None, False
        if not target.replays or _replay(target, spool, deadline):
            # Before we ask: what opens the task may arrive while we are told that there is none.
            is_held = target.replays and spool.is_held()
            answer = _ask(target, path, body, key, deadline)
            is_early = answer is not None and answer.status == UNKNOWN_TASK and is_held
        if not is_early or time.monotonic() + LOOK_AGAIN_SECONDS >= deadline:
            break
        time.sleep(LOOK_AGAIN_SECONDS)
    if answer is not None and not is_early:
        return answer
    with Shield("fill the spool"):
        # A callback's token, good for its own task only, is gone with this process.
        if target.replays:
            spool.save([{"path": path, "body": body, "key": key}])
    raise Kept(f"{target.origin} could not take it")


def _replay(target: Target, spool: Spool, deadline: float) -> bool:
    """Deliver what is older, so that a task is opened before it ends; False: the server is away."""
    replay = Replay(spool)
    try:
        while (entry := replay.next_entry(time.monotonic())) is not None:
            answer = _ask(target, entry["path"], entry["body"], entry.get("key", ""), deadline)
            if answer is None:
                return False
            replay.crossed_off()
        return True
    finally:
        with Shield("put the spool back"):
            replay.stop()


def _ask(
    target: Target, path: str, body: dict[str, Any], key: str, deadline: float
) -> Answer | None:
    """Return an answer that settles the call, or None: it has to be made again."""
    try:
        left = deadline - time.monotonic()
        answer = Api(target).ask("POST", path, body, max(left, 0.0), key)
    except OSError as error:
        note(f"{target.origin} is away: {type(error).__name__}: {error}")
        return None
    if answer.is_delivered or answer.is_refused:
        return answer
    note(f"{path}: {answer.status} {answer.text}")
    return None
