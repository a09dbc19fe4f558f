"""Which runner a task is for, and which tenant may start it."""

import os
import tempfile
from pathlib import Path

import pytest

from bot.config_file import ConfigFile
from bot.errors import ConfigError, InvalidError
from bot.settings import Settings, read_settings
from bot.tasks.creation import NewTask, Owner, make_task
from bot.tasks.runners.registry import may_run, runner_name, runs_folder
from tests.bot.tasks.room import START

CONFIG = """
[tasks.import]
runner = "mill"
[runners.mill]
type = "command"
argv = ["true"]
[runners.shared]
type = "http"
url = "http://jobs"
tenants = ["default", "cleo"]
[runners.everybodys]
type = "http"
url = "http://jobs"
tenants = ["*"]
"""


@pytest.fixture
def settings(tmp_path) -> Settings:
    path = tmp_path / "opsbell.toml"
    path.write_text(CONFIG)
    environ = {"OPSBELL_CONFIG": str(path), "ORCHESTRATOR_URL": "http://orchestrator"}
    return read_settings(environ, need_slack=False)


def task(tenant: str, runner: str | None, kind: str = "other"):
    """Return a task of a tenant that names a runner, or none."""
    return make_task(Owner(tenant, "T1"), NewTask(kind, "C1", runner=runner), START)


@pytest.mark.parametrize(
    ("tenant", "named", "kind", "expected"),
    [
        ("default", None, "other", "orchestrator"),
        ("default", None, "import", "mill"),
        ("default", "shared", "import", "shared"),
        ("cleo", None, "other", None),
        ("cleo", None, "import", None),
        ("cleo", "shared", "import", "shared"),
        ("ben", "everybodys", "other", "everybodys"),
    ],
)
def test_a_tenant_is_given_the_runners_that_are_for_it(settings, tenant, named, kind, expected):
    """Those of the administrator are for the tenant `default`, unless they name others."""
    assert runner_name(task(tenant, named, kind), settings) == expected


@pytest.mark.parametrize("named", ["mill", "orchestrator", "windmill"])
def test_a_runner_for_others_looks_like_none(settings, named):
    """Its name is not told, and it cannot be started."""
    with pytest.raises(InvalidError, match=f"There is no runner `{named}`; known: everybodys, sh"):
        runner_name(task("cleo", named), settings)


def test_a_runner_that_was_taken_away_runs_nothing_more(settings):
    """A task from before the change can neither be launched nor retried."""
    assert may_run(task("default", "mill"), settings)
    assert not may_run(task("cleo", "mill"), settings)
    assert not may_run(task("default", "gone"), settings)
    assert not may_run(task("default", None), settings)


def test_two_runners_with_one_name_stop_the_start(tmp_path):
    """ORCHESTRATOR_URL makes a runner too; nobody is hidden by it."""
    path = tmp_path / "opsbell.toml"
    path.write_text('[runners.orchestrator]\ntype = "http"\nurl = "http://jobs"\n')
    environ = {"OPSBELL_CONFIG": str(path), "ORCHESTRATOR_URL": "http://x"}
    with pytest.raises(ConfigError) as refused:
        read_settings(environ, need_slack=False)
    assert refused.value.problems[0].startswith("ORCHESTRATOR_URL: is the runner `orchestrator`")


def test_each_database_has_a_folder_of_its_own(tmp_path, monkeypatch):
    """Beside a SQLite file; for PostgreSQL in the user's own place, without its password."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert runs_folder("sqlite:////var/lib/ops.db").as_posix() == "/var/lib/ops.db.runs"
    one, two = (runs_folder(f"postgresql://ada:pw@db/{name}") for name in ("one", "two"))
    assert one.parent == tmp_path / "opsbell"
    assert one != two
    assert one == runs_folder("postgresql://ada:other@db/one")


def test_a_container_without_a_home_has_a_folder_too(monkeypatch, tmp_path):
    """The user has no home, or one in which nothing can be written."""
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "none"))
    folder = runs_folder("postgresql://db/one")
    assert folder.parent == Path(tempfile.gettempdir())
    assert folder.name.startswith(f"opsbell-{os.geteuid()}-")


def test_no_file_is_no_runner():
    """Without settings nothing runs."""
    assert runner_name(task("default", None), Settings(config=ConfigFile())) is None
