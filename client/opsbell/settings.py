"""Where to report, read from the environment whenever a task starts."""

from __future__ import annotations

import os

from .shield import note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

URL = r"(?i)(https?://(?:\[[^\]/]+\]|[^/:?#@\s]+)(?::\d+)?)(/[^?#\s]*)?\Z"
HEARTBEAT_SECONDS = 15.0
# A server that hangs may delay the exit by two seconds; the rest is for the spool.
EXIT_SECONDS = 1.8
# Python cannot wait for ever where it waits for so and so long.
LONGEST_SECONDS = 86400.0


class Target:
    """A server and the token it wants. Equal targets share one connection."""

    __slots__ = ("origin", "prefix", "replays", "token", "update_path")

    def __init__(
        self, origin: str, token: str, *, prefix: str = "", update_path: str = "", replays: bool
    ) -> None:
        self.origin = origin
        self.token = token
        self.prefix = prefix
        self.update_path = update_path or prefix + "/api/slack/update"
        # A callback's token is good for its own task only, so it cannot deliver a spool.
        self.replays = replays

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Target) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[str, str, str, str]:
        return (self.origin, self.token, self.prefix, self.update_path)


class Assignment:
    """A task the server made before it started this process, to be reported on as it is."""

    __slots__ = ("attempt", "target", "task_id")

    def __init__(self, task_id: str, attempt: int, target: Target) -> None:
        self.task_id = task_id
        self.attempt = attempt
        self.target = target


def is_silent(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether nothing is set at all, known without looking closer."""
    return not (
        (environ.get("OPSBELL_URL") and environ.get("OPSBELL_TOKEN"))
        or environ.get("OPSBELL_TASK_ID")
    )


def read_target(environ: Mapping[str, str] = os.environ) -> Target | None:
    """Return where `OPSBELL_URL` and `OPSBELL_TOKEN` point, or None: then Opsbell is silent."""
    url, token = environ.get("OPSBELL_URL", "").strip(), environ.get("OPSBELL_TOKEN", "").strip()
    if not url or not token:
        note("silent: OPSBELL_URL and OPSBELL_TOKEN are not both set")
        return None
    parts = _split(url)
    if parts is None or not _is_header_safe(token):
        note("silent: OPSBELL_URL must look like https://host[:port][/path], the token like a word")
        return None
    origin, path = parts
    return Target(origin, token, prefix=path.rstrip("/"), replays=True)


def take_assignment(environ: MutableMapping[str, str] = os.environ) -> Assignment | None:
    """
    Return the task this process was started for, once; None ever after.

    The variables leave the environment, so that neither a second task of this
    process nor a child of it reports as the same task.
    """
    task_id = environ.pop("OPSBELL_TASK_ID", "")
    attempt = environ.pop("OPSBELL_ATTEMPT", "")
    url = environ.pop("OPSBELL_CALLBACK_URL", "")
    token = environ.pop("OPSBELL_CALLBACK_TOKEN", "")
    if not task_id or not token or not _is_header_safe(token):
        return None
    parts = _split(url.strip())
    if parts is None:
        note("OPSBELL_CALLBACK_URL must look like https://host[:port]/path")
        return None
    target = Target(parts[0], token, update_path=parts[1] or "/", replays=False)
    return Assignment(task_id, int(attempt) if attempt.isdigit() else 1, target)


def heartbeat_seconds(environ: Mapping[str, str] = os.environ) -> float:
    """Return how long a running task may stay unheard, `OPSBELL_HEARTBEAT_SECONDS` or 15."""
    return _seconds(environ, "OPSBELL_HEARTBEAT_SECONDS", HEARTBEAT_SECONDS, at_least=0.1)


def exit_seconds(environ: Mapping[str, str] = os.environ) -> float:
    """Return how long an exit may wait for the server, `OPSBELL_EXIT_SECONDS` or 1.8."""
    return _seconds(environ, "OPSBELL_EXIT_SECONDS", EXIT_SECONDS)


def spool_folder(environ: Mapping[str, str] = os.environ) -> str:
    """Return the folder for what could not be delivered; it need not exist or be writable."""
    if environ.get("OPSBELL_SPOOL"):
        return environ["OPSBELL_SPOOL"]
    state = environ.get("XDG_STATE_HOME", "")
    if not state.startswith("/"):  # The XDG specification has relative paths ignored.
        state = os.path.expanduser("~/.local/state")
    return state + "/opsbell"


def _seconds(
    environ: Mapping[str, str], name: str, default: float, *, at_least: float = 0.0
) -> float:
    try:
        # In this order `nan` becomes the least.
        return min(max(at_least, float(environ.get(name, default))), LONGEST_SECONDS)
    except ValueError:
        return default


def _split(url: str) -> tuple[str, str] | None:
    import re  # Not before a command has started: it is a fifth of the time we may take.

    match = re.match(URL, url)
    return (match[1].lower(), match[2] or "") if match else None


def _is_header_safe(token: str) -> bool:
    return token.isascii() and token.isprintable()
