"""
What can be said behind `/ops`, as data.

Parsing (`parser`), help (`help`), suggestions and the manifest's hints all come from this table.
To add an area: one `Area` here and its handlers in `listeners.commands.HANDLERS`.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

PREFIX = "/ops"
#: Commands that are short for an area of `/ops`.
SHORT_CUTS = {"/task": "task", "/leaderboard": "leaderboard"}


class Kind(StrEnum):
    """What an argument takes."""

    WORD = "word"
    ID = "id"  #: a word without brackets and backticks
    CHOICE = "choice"
    DURATION = "duration"  #: 90m, 2h, 1d12h; becomes a timedelta
    PAIRS = "pairs"  #: any number of key=value


@dataclass(frozen=True)
class Argument:
    """One argument; those that are not required follow those that are."""

    name: str
    kind: Kind = Kind.WORD
    required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        """Return `<id>`, `[subject]`, `[failed|running]` or `[key=value…]`."""
        shown = "|".join(self.choices) if self.choices else self.name
        if self.kind is Kind.PAIRS:
            shown = "key=value…"
        return f"<{shown}>" if self.required else f"[{shown}]"


@dataclass(frozen=True)
class Verb:
    """What can be done in an area; the name is empty where the area alone says it."""

    name: str
    about: str
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True)
class Area:
    """A first word behind `/ops`."""

    name: str
    about: str
    verbs: tuple[Verb, ...]

    def verb(self, name: str) -> Verb | None:
        """Return the verb of that name."""
        return next((verb for verb in self.verbs if verb.name == name), None)


MESSAGE_ID = Argument("id", Kind.ID, required=True)
TASK_ID = Argument("id", Kind.ID, required=True)

AREAS = (
    Area("help", "what I can do", (Verb("", "show what I can do", (Argument("area"),)),)),
    Area(
        "task",
        "start, follow, retry and cancel work that runs elsewhere",
        (
            Verb(
                "run",
                "start a task; its message appears in this channel",
                (
                    Argument("kind", required=True),
                    Argument("subject"),
                    Argument("payload", Kind.PAIRS),
                ),
            ),
            Verb(
                "list",
                "show the newest tasks, only to you",
                (Argument("which", Kind.CHOICE, choices=("failed", "running", "stuck")),),
            ),
            Verb("show", "show all that is known of a task, only to you", (TASK_ID,)),
            Verb("retry", "start the next attempt of a task that ended badly", (TASK_ID,)),
            Verb("cancel", "stop a task that waits or runs", (TASK_ID,)),
        ),
    ),
    Area(
        "delivery",
        "see why a message is where it is, and try dead letters again",
        (
            Verb("show", "show the story of a message, only to you", (MESSAGE_ID,)),
            Verb("replay", "send a dead letter again", (MESSAGE_ID,)),
            Verb("dead", "show the newest dead letters, only to you"),
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
        "why",
        "why a message of mine says what it says",
        (
            Verb(
                "",
                "show the story of the message behind a link, only to you",
                (Argument("link", required=True),),
            ),
        ),
    ),
    Area("health", "how I am doing", (Verb("", "show how I am doing, only to you"),)),
)


def find_area(name: str) -> Area | None:
    """Return the area of that name."""
    return next((area for area in AREAS if area.name == name), None)


def usage(area: Area, verb: Verb) -> str:
    """Return e.g. `/ops task show <id>`."""
    words = [PREFIX, area.name, verb.name, *(one.usage for one in verb.arguments)]
    return " ".join(word for word in words if word)


def usage_lines(area: Area | None = None) -> list[str]:
    """Return how everything is written, or everything of one area; one line each."""
    return [usage(one, verb) for one in ([area] if area else AREAS) for verb in one.verbs]


def usage_hint(command: str) -> str:
    """Return what the manifest shows behind *command* while somebody types it."""
    area = find_area(SHORT_CUTS.get(command, ""))
    if area is None:
        verbs = {one.name: "|".join(verb.name for verb in one.verbs) for one in AREAS}
        return " | ".join(f"{name} {of_area}".strip() for name, of_area in verbs.items())
    hints = []
    for arguments, same in groupby(area.verbs, key=lambda verb: verb.arguments):
        shown = [one.usage for one in arguments if one.kind is not Kind.PAIRS]
        hints.append(" ".join(["|".join(verb.name for verb in same), *shown]).strip())
    return " | ".join(hints)
