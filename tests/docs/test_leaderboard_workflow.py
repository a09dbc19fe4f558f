"""The example of a GitHub Actions workflow: its guard lets one of two UTC hours pass."""

import subprocess
import textwrap
from pathlib import Path

import pytest

WORKFLOW = Path(__file__).parents[2] / "docs" / "examples" / "leaderboard.yml"
SUMMER, WINTER = "0 13 * * 1", "0 14 * * 1"


def guard() -> str:
    """Return the script of the guard."""
    step = WORKFLOW.read_text(encoding="utf-8").split("id: guard")[1]
    return textwrap.dedent(step.split("run: |\n")[1].split("        env:")[0])


@pytest.mark.parametrize(
    ("event", "offset", "cron", "goes"),
    [
        ("schedule", "-0400", SUMMER, True),
        ("schedule", "-0400", WINTER, False),
        ("schedule", "-0500", SUMMER, False),
        ("schedule", "-0500", WINTER, True),
        ("workflow_dispatch", "-0400", "", True),
    ],
)
def test_the_guard_lets_nine_in_new_york_pass(tmp_path, event, offset, cron, goes):
    """Once each Monday in both seasons, however late GitHub starts it, and whenever asked to."""
    date = tmp_path / "date"
    date.write_text(f"#!/bin/sh\necho '{offset}'\n")
    date.chmod(0o755)
    output = tmp_path / "output"
    subprocess.run(
        ["/bin/bash", "-euc", guard()],
        env={
            "PATH": str(tmp_path),
            "CRON": cron,
            "GITHUB_EVENT_NAME": event,
            "GITHUB_OUTPUT": str(output),
        },
        check=True,
    )

    assert output.exists() is goes


def test_both_hours_are_asked_for():
    """GitHub knows UTC only; the workflow can be started by hand as well."""
    text = WORKFLOW.read_text(encoding="utf-8")

    assert [f'- cron: "{one}"' in text for one in (SUMMER, WINTER)] == [True, True]
    assert "workflow_dispatch:" in text
