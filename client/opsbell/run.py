"""`opsbell run`: its options, and what becomes of its command."""

from __future__ import annotations

import os

from .command import CannotStartError, run_command
from .commands.words import UsageError
from .settings import is_silent, take_assignment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .task import Task
    from .watching import Watching

USAGE = (
    "opsbell run [--task NAME] [--subject S] [--channel C] [--log-level L] [--log-url URL]"
    " -- CMD [ARG …]"
)
OPTIONS = ("task", "subject", "channel", "log-level", "log-url")
HELP = f"""\
usage: {USAGE}

Run CMD and show it in Slack as one live message, from its start to its end.
CMD's input, output, signals and exit code are what they would be without Opsbell.

options:
  --task NAME     what kind of work this is; default: the name of the command
  --subject S     whom or what it is for; default: the name of this host
  --channel C     where to show it; default: the server's choice
  --log-level L   put output lines of this level and above into the message's
                  thread: debug, info, warning, error, critical; default: only
                  the end of a failure's output
  --log-url URL   where its whole output is to be read, for View Logs

Progress is read from the output: "37%" in any line (tqdm, curl, pip, make …), or
lines "::progress 37", after which other percentages no longer count.

exit codes: CMD's own; 128+n when signal n killed it; 127 when it was not found,
126 when it cannot be executed; 2 for wrong usage.

environment: OPSBELL_URL and OPSBELL_TOKEN; without them CMD just runs.
OPSBELL_DEBUG=1 says on stderr why something was not shown.

example: opsbell run --task nightly_backup -- ./backup.sh --full
"""
LEVELS = ("debug", "info", "warning", "error", "critical")
INTERPRETERS = ("python", "bash", "sh", "node", "ruby", "perl")


class RunOptions:
    """What the command line of `opsbell run` said."""

    def __init__(self, options: dict[str, str], argv: list[str]) -> None:
        self.argv = argv
        self.task = options.get("task") or name_of(argv)
        self.subject = options.get("subject")
        self.channel = options.get("channel")
        self.log_level = options.get("log-level")
        self.log_url = options.get("log-url")


def parse(words: Sequence[str]) -> RunOptions:
    """
    Read the words after `opsbell run`; raises UsageError.

    By hand, because argparse takes 5 ms and the command waits for it. The
    command begins at `--` or at the first word that is no option.
    """
    options: dict[str, str] = {}
    rest = list(words)
    while rest and rest[0].startswith("-"):
        word = rest.pop(0)
        if word == "--":
            break
        name, has_value, value = word[2:].partition("=")
        if not word.startswith("--") or name not in OPTIONS:
            raise UsageError(f"unknown option {word}; put -- before the command\nusage: {USAGE}")
        if not has_value and not rest:
            raise UsageError(f"--{name} needs a value\nusage: {USAGE}")
        options[name] = value if has_value else rest.pop(0)
    if not rest:
        raise UsageError(f"no command given; put it after --\nusage: {USAGE}")
    level = options.get("log-level", "info").lower()
    if level not in LEVELS:
        raise UsageError(f"--log-level must be one of {', '.join(LEVELS)}")
    if "log-level" in options:
        options["log-level"] = level
    return RunOptions(options, rest)


def name_of(argv: Sequence[str]) -> str:
    """
    Return what to call a command: its file, or the script or module it interprets.

    Never its arguments, which may hold secrets.
    """
    first = os.path.basename(argv[0]) or argv[0]
    if not first.rstrip("0123456789.").startswith(INTERPRETERS) or len(argv) < 2:
        return first
    if argv[1] == "-m" and len(argv) > 2:
        return argv[2]
    return first if argv[1].startswith("-") else os.path.basename(argv[1])


def run(words: Sequence[str]) -> int:
    """Run the command and return its exit code; raises UsageError before anything happens."""
    options = parse(words)
    if is_silent():
        return _run(options, None)
    from .watching import Watching

    # Taken before the command starts, so that it does not find it and report as the same task.
    assignment = take_assignment()

    def start() -> Task:
        from .task import start_task

        return start_task(
            options.task,
            subject=options.subject,
            channel=options.channel,
            log_url=options.log_url,
            assignment=assignment,
        )

    code = _run(options, Watching(start, options.log_level))
    from .desk import end_reporters

    end_reporters()
    return code


def _run(options: RunOptions, watching: Watching | None) -> int:
    try:
        return run_command(options.argv, watching)
    except CannotStartError as error:
        os.write(2, f"opsbell: {error}\n".encode("utf-8", "backslashreplace"))
        if watching:
            watching.begin()
            watching.fail(str(error))
        return error.code
