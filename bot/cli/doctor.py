"""`python -m bot doctor`."""

import asyncio
import json
import sys
from typing import Annotated

import typer

from bot.clock import SystemClock
from bot.doctor.examination import examine
from bot.doctor.findings import Finding, FindingLevel
from bot.logs import set_up_logs
from bot.settings import environment


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    channel: Annotated[
        str | None,
        typer.Option(help="Also post test messages to this channel, and delete them."),
    ] = None,
) -> None:
    """Look for what keeps the bot from working well, and name each fix; exit 1 on a finding."""
    set_up_logs("error", "console")
    findings = asyncio.run(examine(environment(), SystemClock(), channel))
    problems = [one for one in findings if one.level is FindingLevel.PROBLEM]
    sys.stdout.write(_as_json(findings) if as_json else _as_text(findings, len(problems)))
    if problems:
        raise typer.Exit(1)


def _as_json(findings: list[Finding]) -> str:
    healthy = all(one.level is not FindingLevel.PROBLEM for one in findings)
    body = {"ok": healthy, "findings": [one.as_json() for one in findings]}
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _as_text(findings: list[Finding], problems: int) -> str:
    lines = [one.line for one in findings]
    summary = f"{problems} to mend" if problems else "nothing to mend"
    return "\n".join([*lines, "", f"{summary[0].upper()}{summary[1:]}."]) + "\n"
