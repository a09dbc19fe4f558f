"""The command line: `opsbell` and `python -m opsbell`."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HELP = """\
usage: opsbell run [options] -- CMD [ARG …]
       opsbell notify [options] TEXT…
       opsbell task start|progress|done|fail …

Show a job's life in Slack without ever being able to break the job.

commands (opsbell COMMAND --help says more):
  run     run a command and show it as one live message
  notify  send a message
  task    report on work step by step, from a script

environment:
  OPSBELL_URL, OPSBELL_TOKEN   the server and a token for it; without them Opsbell is silent
  OPSBELL_SPOOL                folder for news the server could not take
                               (default: ~/.local/state/opsbell)
  OPSBELL_DEBUG=1              say on stderr why something was not shown
"""
WRONG_USAGE = 2
COMMANDS = ("run", "notify", "task")


def main() -> None:
    """Run the command line and end the process with its exit code."""
    code = _dispatch(sys.argv[1:])
    # Past everything Python does at its end: nothing may still change the code or take time.
    os._exit(code)


def _dispatch(words: list[str]) -> int:
    if words in ([], ["-h"], ["--help"], ["help"]):
        return _say(HELP, 1) if words else _say(HELP, 2)
    command = _command(words[0])
    if command is None:
        known = ", ".join(COMMANDS)
        return _say(f"opsbell: unknown command {words[0]}; known: {known}\n{HELP}", 2)
    if words[1:2] in (["-h"], ["--help"]):
        return _say(command.HELP, 1)
    try:
        return int(command.run(words[1:]))
    except command.UsageError as error:
        return _say(f"opsbell: {error}\n", 2)


def _command(name: str) -> Any:
    # Imported one by one: whoever runs a command waits for nothing else.
    if name == "run":
        from . import run

        return run
    if name == "notify":
        from .commands import notify

        return notify
    if name == "task":
        from .commands import task

        return task
    return None


def _say(text: str, number: int) -> int:
    try:
        os.write(number, text.encode("utf-8", "backslashreplace"))
    except OSError:
        return WRONG_USAGE
    return 0 if number == 1 else WRONG_USAGE


if __name__ == "__main__":
    main()
