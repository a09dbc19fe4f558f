"""The command line: `opsbell` and `python -m opsbell`."""

from __future__ import annotations

import os
import sys

HELP = """\
usage: opsbell run [options] -- CMD [ARG …]

Show a job's life in Slack without ever being able to break the job.

commands:
  run     run a command and show it as one live message (opsbell run --help)

environment:
  OPSBELL_URL, OPSBELL_TOKEN   the server and a token for it; without them Opsbell is silent
  OPSBELL_SPOOL                folder for news the server could not take
                               (default: ~/.local/state/opsbell)
  OPSBELL_DEBUG=1              say on stderr why something was not shown
"""
WRONG_USAGE = 2


def main() -> None:
    """Run the command line and end the process with its exit code."""
    code = _dispatch(sys.argv[1:])
    # Past everything Python does at its end: nothing may still change the code or take time.
    os._exit(code)


def _dispatch(words: list[str]) -> int:
    if words[:1] != ["run"]:
        if words in ([], ["-h"], ["--help"], ["help"]):
            return _say(HELP, 1) if words else _say(HELP, 2)
        return _say(f"opsbell: unknown command {words[0]}; the command is run\n{HELP}", 2)
    from . import run

    if words[1:2] in (["-h"], ["--help"]):
        return _say(run.HELP, 1)
    try:
        return run.run(words[1:])
    except run.UsageError as error:
        return _say(f"opsbell: {error}\n", 2)


def _say(text: str, number: int) -> int:
    try:
        os.write(number, text.encode("utf-8", "backslashreplace"))
    except OSError:
        return WRONG_USAGE
    return 0 if number == 1 else WRONG_USAGE


if __name__ == "__main__":
    main()
