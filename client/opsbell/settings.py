"""Where to report, read from the environment whenever a task starts."""

from __future__ import annotations

import os

from .shield import note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

UPDATE_PATH = "/api/slack/update"
ASSIGNMENT = (
    "OPSBELL_TASK_ID",
    "OPSBELL_ATTEMPT",
    "OPSBELL_CALLBACK_URL",
    "OPSBELL_CALLBACK_TOKEN",
)
QUOTATION_MARKS = ('""', "''", "``", "\u201c\u201d", "\u2018\u2019")
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
        self.update_path = update_path or prefix + UPDATE_PATH
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
    """Whether nothing is set at all, known without looking closer; says what is missing."""
    if environ.get("OPSBELL_TASK_ID"):
        return False
    missing = [name for name in ("OPSBELL_URL", "OPSBELL_TOKEN") if not environ.get(name)]
    if missing:
        note(f"silent: {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set")
    return bool(missing)


def read_target(environ: Mapping[str, str] = os.environ) -> Target | None:
    """Return where `OPSBELL_URL` and `OPSBELL_TOKEN` point, or None: then Opsbell is silent."""
    if is_silent({**environ, "OPSBELL_TASK_ID": ""}):
        return None
    url, token = _value(environ, "OPSBELL_URL"), _value(environ, "OPSBELL_TOKEN")
    parts = _address("OPSBELL_URL", url)
    if not _is_token("OPSBELL_TOKEN", token) or parts is None:
        note("silent: nothing is reported")
        return None
    origin, path = parts
    return Target(origin, token, prefix=path.rstrip("/"), replays=True)


def take_assignment(environ: MutableMapping[str, str] = os.environ) -> Assignment | None:
    """
    Return the task this process was started for, once; None ever after.

    The variables leave the environment, so that neither a second task of this
    process nor a child of it reports as the same task.
    """
    task_id, attempt, url, token = (_value(environ, name) for name in ASSIGNMENT)
    for name in ASSIGNMENT:
        environ.pop(name, None)
    return _assignment(task_id, attempt, url, token) if task_id else None


def assignment_of(message: Mapping[str, object]) -> Assignment | None:
    """Return the task a server's runner has sent in *message* (`taskId`, `callbackUrl` …)."""
    names = ("taskId", "attempt", "callbackUrl", "callbackToken")
    task_id, attempt, url, token = (str(message.get(name) or "") for name in names)
    return _assignment(task_id, attempt, url, token) if task_id and url and token else None


def _assignment(task_id: str, attempt: str, url: str, token: str) -> Assignment | None:
    parts = _address("OPSBELL_CALLBACK_URL", url)
    if not _is_token("OPSBELL_CALLBACK_TOKEN", token) or parts is None:
        return None
    origin, path = parts
    # What the server put before the address of the callback stands before all its addresses.
    prefix = path[: -len(UPDATE_PATH)] if path.endswith(UPDATE_PATH) else ""
    target = Target(origin, token, prefix=prefix, update_path=path or "/", replays=False)
    return Assignment(task_id, int(attempt) if attempt.isdecimal() else 1, target)


def heartbeat_seconds(environ: Mapping[str, str] = os.environ) -> float:
    """Return how long a running task may stay unheard, `OPSBELL_HEARTBEAT_SECONDS` or 15."""
    return _seconds(environ, "OPSBELL_HEARTBEAT_SECONDS", HEARTBEAT_SECONDS, at_least=0.1)


def exit_seconds(environ: Mapping[str, str] = os.environ) -> float:
    """Return how long an exit may wait for the server, `OPSBELL_EXIT_SECONDS` or 1.8."""
    return _seconds(environ, "OPSBELL_EXIT_SECONDS", EXIT_SECONDS)


def spool_folder(environ: Mapping[str, str] = os.environ) -> str:
    """Return the folder for what could not be delivered; it need not exist or be writable."""
    folder = _value(environ, "OPSBELL_SPOOL")
    if folder:
        return folder
    state = environ.get("XDG_STATE_HOME", "")
    if not state.startswith("/"):  # The XDG specification has relative paths ignored.
        state = os.path.expanduser("~/.local/state")
    return state + "/opsbell"


def split_address(url: str) -> tuple[str, str] | None:
    """Return an address's origin (`https://host:port`) and path, or None if it is none."""
    import re  # Not before a command has started: it is a fifth of the time we may take.

    match = re.match(URL, url)
    return None if match is None else (match[1].lower(), match[2] or "")


def webhook_url(environ: Mapping[str, str] = os.environ) -> str:
    """Return `SLACK_WEBHOOK_URL` or `SLACK_WEBHOOK`; empty: there is none."""
    return _value(environ, "SLACK_WEBHOOK_URL") or _value(environ, "SLACK_WEBHOOK")


def environment_name(environ: Mapping[str, str] = os.environ) -> str:
    """Return what to call the environment of a job: `OPSBELL_ENVIRONMENT` or `ENVIRONMENT`."""
    return _value(environ, "OPSBELL_ENVIRONMENT") or _value(environ, "ENVIRONMENT")


def host_name() -> str:
    """Return the name of this machine."""
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "here")


def _seconds(
    environ: Mapping[str, str], name: str, default: float, *, at_least: float = 0.0
) -> float:
    try:
        # In this order `nan` becomes the least.
        return min(max(at_least, float(_value(environ, name) or default)), LONGEST_SECONDS)
    except ValueError:
        return default


def _value(environ: Mapping[str, str], name: str) -> str:
    """Return a variable without spaces around it and without the quotation marks it stands in."""
    value = environ.get(name, "").strip()
    if len(value) > 1 and value[0] + value[-1] in QUOTATION_MARKS:
        # Docker's --env-file keeps them, a shell takes them off.
        note(f"{name} stands in quotation marks; they are left out")
        value = value[1:-1].strip()
    return value


def _address(name: str, url: str) -> tuple[str, str] | None:
    parts = split_address(url)
    if parts is None:
        # Never the value: it may hold a password.
        note(f"{name} {_problem(url, 'must look like https://host[:port][/path]')}")
    return parts


def _is_token(name: str, token: str) -> bool:
    is_word = token.isascii() and token.isprintable() and " " not in token
    if token and is_word and token.strip("\"'`") == token:
        return True
    note(f"{name} {_problem(token, 'must be one word of ASCII characters')}")
    return False


def _problem(value: str, rule: str) -> str:
    if not value:
        return "is empty"
    marks = "".join(QUOTATION_MARKS)
    return f"has a quotation mark at one end; it {rule}" if value.strip(marks) != value else rule
