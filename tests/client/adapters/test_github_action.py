"""The composite action: its step, run as GitHub runs it."""

import subprocess
from pathlib import Path

import pytest
import yaml

from tests.client.conftest import CLIENT
from tests.patience import PATIENCE_SECONDS

ACTION = CLIENT / "github-action"
STEP = yaml.safe_load((ACTION / "action.yml").read_text())["runs"]["steps"][0]


@pytest.fixture
def act(environ, server, tmp_path):
    """Run the step with these inputs and return what it did."""

    def run(**inputs: str) -> subprocess.CompletedProcess[bytes]:
        inputs = {"url": server.url, "token": "a-token", **inputs}
        named = {
            name: inputs.get(value.removeprefix("${{ inputs.").removesuffix(" }}"), "")
            for name, value in STEP["env"].items()
        }
        environ.pop("PYTHONPATH", None)
        github = {
            "GITHUB_ACTION_PATH": str(ACTION),
            "GITHUB_WORKFLOW": "Nightly",
            "GITHUB_JOB": "import",
            "GITHUB_REPOSITORY": "ada/shop",
            "GITHUB_REF_NAME": "main",
            "GITHUB_RUN_ID": "77",
            "GITHUB_SERVER_URL": "https://github.example.com",
        }
        return subprocess.run(
            ["bash", "-c", STEP["run"]],
            env={**environ, **github, **named},
            cwd=tmp_path,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    return run


def test_a_command_is_run_and_shown(act, server, tmp_path):
    """Its output and exit code are its own; workflow, job, branch and the log are named."""
    done = act(run="pwd\necho 'a  b' | tee out.txt; exit 3")

    assert (done.returncode, done.stdout.decode()) == (3, f"{tmp_path}\na  b\n")
    assert Path(tmp_path, "out.txt").read_text() == "a  b\n"
    (created,) = server.created
    assert (created["task"], created["subject"]) == ("Nightly/import", "ada/shop@main")
    assert created["logUrl"] == "https://github.example.com/ada/shop/actions/runs/77"
    assert server.the_end()["status"] == "failed"


def test_inputs_are_texts_and_never_code(act, server, tmp_path):
    """Whatever a branch or a title holds stays what it is."""
    evil = "\"; touch owned; $(touch owned) '"

    done = act(run="echo fine", task=evil, subject=evil, channel="#ops")

    assert done.stdout == b"fine\n"
    (created,) = server.created
    assert (created["task"], created["subject"], created["channel"]) == (evil, evil, "#ops")
    assert not Path(tmp_path, "owned").exists()


def test_it_ends_like_a_step_of_githubs(act):
    """At the first command that fails, also within a pipe; without a token it just runs."""
    assert act(run="false | cat\necho too far", token="").stdout == b""
    assert act(run="echo x", token="").stdout == b"x\n"


def test_every_input_reaches_the_step():
    """None is declared in vain, and every one says what it is."""
    inputs = yaml.safe_load((ACTION / "action.yml").read_text())["inputs"]

    assert {f"${{{{ inputs.{name} }}}}" for name in inputs} == set(STEP["env"].values())
    assert all(one["description"] for one in inputs.values())
