"""
The grammar of `/ops`, as data.

Parsing (`parser`), help (`help`), suggestions and the manifest's usage hints come from this table.
To add an area: one `Area` here and its handlers in `listeners.commands.HANDLERS`.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

COMMAND = "/ops"
#: Commands that are short for an area of `/ops`.
SHORT_CUTS = {"/task": "task", "/report": "report", "/leaderboard": "leaderboard"}


class Kind(StrEnum):
    """The type of an argument."""

    WORD = "word"
    ID = "id"  #: a word of any printable characters; with spaces in quotation marks
    CHOICE = "choice"
    DURATION = "duration"  #: 90m, 2h, 1d12h, 1w; becomes a timedelta. A choice stays a word
    PHRASE = "phrase"  #: all words that follow; the last argument
    PAIRS = "pairs"  #: any number of key=value


@dataclass(frozen=True)
class Argument:
    """An argument; optional ones follow required ones."""

    name: str
    kind: Kind = Kind.WORD
    required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        """Return `<id>`, `[subject]`, `[failed|running]` or `[key=value…]`."""
        shown = "|".join(self.choices) if self.choices else self.name
        if self.kind is Kind.DURATION:
            shown = "|".join([self.name, *self.choices])
        if self.kind is Kind.PAIRS:
            shown = "key=value…"
        return f"<{shown}>" if self.required else f"[{shown}]"


@dataclass(frozen=True)
class Verb:
    """A command of an area; its name is empty if the area is the command."""

    name: str
    about: str
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True)
class Area:
    """The first word after `/ops`."""

    name: str
    about: str
    verbs: tuple[Verb, ...]

    def verb(self, name: str) -> Verb | None:
        """Return the verb of that name."""
        return next((verb for verb in self.verbs if verb.name == name), None)


_MESSAGE_ID = Argument("id", Kind.ID, required=True)
_TASK_ARGUMENT = Argument("id", Kind.ID, required=True)
_ALERT_ARGUMENT = Argument("id", Kind.ID, required=True)
_KIND_ARGUMENT = Argument("kind", required=True)
_PATTERN_ARGUMENT = Argument("pattern", required=True)
_REPORT_ARGUMENT = Argument("name", Kind.PHRASE, required=True)
_FAILURES_ARGUMENT = Argument("which", Kind.CHOICE, choices=("failures",))

AREAS = (
    Area("help", "what I can do", (Verb("", "show what I can do", (Argument("area"),)),)),
    Area(
        "task",
        "start, follow, retry and cancel tasks",
        (
            Verb(
                "run",
                "start a task and post its message in this channel",
                (
                    Argument("kind", required=True),
                    Argument("subject"),
                    Argument("payload", Kind.PAIRS),
                ),
            ),
            Verb(
                "list",
                "list the newest tasks (only you see them)",
                (Argument("which", Kind.CHOICE, choices=("failed", "running", "stuck")),),
            ),
            Verb("show", "show everything about a task (only you see it)", (_TASK_ARGUMENT,)),
            Verb("retry", "retry a task that failed, was cancelled or was lost", (_TASK_ARGUMENT,)),
            Verb("cancel", "cancel a queued or running task", (_TASK_ARGUMENT,)),
            Verb(
                "board",
                "pin a list of this channel's live tasks that stays true, or switch it off",
                (Argument("switch", Kind.CHOICE, choices=("off",)),),
            ),
        ),
    ),
    Area(
        "alert",
        "see open alerts, and who is on them",
        (
            Verb("list", "show the alerts that are not resolved, only to you"),
            Verb(
                "acknowledge",
                "acknowledge an alert, by its id or its kind of task",
                (_ALERT_ARGUMENT,),
            ),
            Verb(
                "snooze",
                "snooze an alert for a while, or until the morning",
                (_ALERT_ARGUMENT, Argument("duration", Kind.DURATION)),
            ),
            Verb("resolve", "resolve an alert by hand", (_ALERT_ARGUMENT,)),
            Verb(
                "mute",
                "no alerts for a kind of task, for a while or until it is unmuted",
                (_KIND_ARGUMENT, Argument("duration", Kind.DURATION)),
            ),
            Verb("unmute", "alert about a kind of task again", (_KIND_ARGUMENT,)),
        ),
    ),
    Area(
        "maintenance",
        "no alerts while you work on something",
        (
            Verb(
                "",
                "no alerts for a kind of task, or for any, for so long; off ends it early",
                (
                    Argument("duration", Kind.DURATION, required=True, choices=("off",)),
                    Argument("kind"),
                ),
            ),
        ),
    ),
    Area(
        "subscribe",
        "get notified when tasks end, in this channel or directly",
        (
            Verb(
                "",
                "notify this channel, or you directly, when tasks such as nightly-* end",
                (_PATTERN_ARGUMENT, _FAILURES_ARGUMENT),
            ),
        ),
    ),
    Area(
        "unsubscribe",
        "stop being notified",
        (
            Verb(
                "",
                "end a subscription of this channel, or yours",
                (_PATTERN_ARGUMENT, _FAILURES_ARGUMENT),
            ),
        ),
    ),
    Area(
        "subscriptions",
        "show what this channel, or you, are subscribed to",
        (Verb("", "list the subscriptions of this channel, or yours (only you see them)"),),
    ),
    Area(
        "delivery",
        "show what happened to a message, and replay dead letters",
        (
            Verb("show", "show the history of a message (only you see it)", (_MESSAGE_ID,)),
            Verb("replay", "send a dead letter again", (_MESSAGE_ID,)),
            Verb("dead", "list the newest dead letters (only you see them)"),
        ),
    ),
    Area(
        "leaderboard",
        "who leads, who slipped, and what it costs",
        (
            Verb(
                "",
                "show the week so far, only to you, or post it",
                (Argument("name"), Argument("post", Kind.CHOICE, choices=("post",))),
            ),
        ),
    ),
    Area(
        "report",
        "ask a database on a schedule, and get the answer here",
        (
            Verb("new", "create a report: a question or SQL, and a schedule"),
            Verb("list", "list your reports (only you see them)"),
            Verb("next", "list the runs of the next 24 hours (only you see them)"),
            Verb("show", "show a report and its last runs (only you see it)", (_REPORT_ARGUMENT,)),
            Verb("run", "run a report now", (_REPORT_ARGUMENT,)),
            Verb("pause", "pause a report until it is resumed", (_REPORT_ARGUMENT,)),
            Verb("resume", "resume a paused report", (_REPORT_ARGUMENT,)),
            Verb("delete", "delete a report and its history", (_REPORT_ARGUMENT,)),
        ),
    ),
    Area(
        "why",
        "explain one of my messages",
        (
            Verb(
                "",
                "show the history of the message behind a link (only you see it)",
                (Argument("link", required=True),),
            ),
        ),
    ),
    Area("health", "connection and deliveries", (Verb("", "show my health (only you see it)"),)),
)


def find_area(name: str) -> Area | None:
    """Return the area of that name."""
    return next((area for area in AREAS if area.name == name), None)


def usage(area: Area, verb: Verb) -> str:
    """Return e.g. `/ops task show <id>`."""
    words = [COMMAND, area.name, verb.name, *(one.usage for one in verb.arguments)]
    return " ".join(word for word in words if word)


def usage_lines(area: Area | None = None) -> list[str]:
    """Return the usage of every command, or of one area's, one line each."""
    return [usage(one, verb) for one in ([area] if area else AREAS) for verb in one.verbs]


def usage_hint(command: str) -> str:
    """Return the manifest's usage hint for *command*."""
    area = find_area(SHORT_CUTS.get(command, ""))
    if area is None:
        verbs = {one.name: "|".join(verb.name for verb in one.verbs) for one in AREAS}
        return " | ".join(f"{name} {of_area}".strip() for name, of_area in verbs.items())
    hints = []
    for arguments, same in groupby(area.verbs, key=lambda verb: verb.arguments):
        shown = [one.usage for one in arguments if one.kind is not Kind.PAIRS]
        hints.append(" ".join(["|".join(verb.name for verb in same), *shown]).strip())
    return " | ".join(hints)
