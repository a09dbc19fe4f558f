"""What one check of one lock file found."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_HOST = re.compile(r"\b[a-z+]+://\S+")
_SECONDS = 300
#: npm would try a registry that is away for minutes.
_FEW_RETRIES = {"npm_config_fetch_retries": "1", "npm_config_fetch_retry_mintimeout": "1000"}


@dataclass(frozen=True)
class Finding:
    """*problems* fail the check; *unchecked* is why it could not be made, which does not."""

    lock: Path
    checks: str
    problems: Sequence[str] = field(default=())
    unchecked: str = ""

    def __str__(self) -> str:
        if self.problems:
            return "\n".join(f"{self.lock}: {problem}" for problem in self.problems)
        if self.unchecked:
            return f"{self.lock}: {self.checks}: NOT CHECKED, {self.unchecked}"
        return f"{self.lock}: {self.checks}: ok"


def run(
    command: Sequence[str | Path],
    *,
    cwd: str | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Return what a registry's client said; 127 if it cannot be run, 124 if it took too long."""
    words = [str(word) for word in command]
    try:
        return subprocess.run(
            words,
            cwd=cwd,
            env={**_FEW_RETRIES, **(env or os.environ)},
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except OSError as error:
        said = f"cannot run {words[0]}: {error.strerror}"
        return subprocess.CompletedProcess(words, 127, "", said)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, 124, "", "the registry takes too long")


def first_words(said: str, mark: str = "") -> str:
    """Return the first line that says more than *mark*, with no address of a registry in it."""
    lines = (line.strip() for line in said.splitlines())
    told = [line for line in lines if line and mark in line]
    return _HOST.sub("the registry", told[0])[:200] if told else "its client said nothing"
