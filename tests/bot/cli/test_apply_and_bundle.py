"""`python -m bot apply` and `bundle`, on a database that nobody serves."""

import json
import zipfile

import pytest
import typer

from bot.cli.apply import apply_folder
from bot.cli.bundle import bundle
from bot.cli.migrate import migrate_command
from bot.clock import SystemClock
from bot.db import Database
from bot.errors import ConflictError, InvalidError, NotFoundError
from bot.messages import outbox

pytestmark = pytest.mark.usefixtures("quiet_again")


@pytest.fixture
def here(monkeypatch, tmp_path):
    """An empty folder with a fresh database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///here.db")
    monkeypatch.delenv("OPSBELL_CONFIG", raising=False)
    migrate_command()
    return tmp_path


def test_a_dry_run_stores_nothing(here, capsys):
    """It says what would be, to the last byte of the database; applied twice it changes once."""
    (here / "code/templates").mkdir(parents=True)
    (here / "code/templates/note.json").write_text('{"text": "{{ words }}"}')
    before = (here / "here.db").read_bytes()
    capsys.readouterr()
    apply_folder(here / "code", dry_run=True)
    assert (here / "here.db").read_bytes() == before
    for _ in range(2):
        apply_folder(here / "code")
    out = capsys.readouterr().out.splitlines()

    created = [
        *("create template note", "    version 1"),
        *("    a sample of it reads:", "      sample"),
    ]
    assert out == [
        *created,
        "1 of 1 would be changed; create template note (new).",
        *created,
        "1 of 1 changed; create template note (new).",
        "0 of 1 changed.",
    ]


def test_a_pipeline_reads_json_and_an_exit_code(here, capsys):
    """Also of a folder that is wrong, with each file and field; nothing of it is stored."""
    (here / "code/templates").mkdir(parents=True)
    (here / "code/templates/note.json").write_text('{"text": "{{ words }}"}')
    (here / "code/opsbell.toml").write_text('[alerts]\nstorm_aftr = 3\n[sources.x]\nurl="x"\n')
    capsys.readouterr()
    with pytest.raises(typer.Exit) as wrong:
        apply_folder(here / "code", as_json=True)
    refused = json.loads(capsys.readouterr().out)
    (here / "code/opsbell.toml").unlink()
    with pytest.raises(typer.Exit) as changed:
        apply_folder(here / "code", as_json=True, exit_code=True)
    applied = json.loads(capsys.readouterr().out)

    assert (wrong.value.exit_code, refused["exit_code"], refused["ok"]) == (2, 2, False)
    assert [one["file"] for one in refused["problems"]] == ["opsbell.toml", "opsbell.toml"]
    assert refused["changes"] == []
    assert (changed.value.exit_code, applied["exit_code"], applied["ok"]) == (3, 3, True)
    assert [(one["action"], one["code"]) for one in applied["changes"]] == [("create", "note")]


def test_a_tenant_that_is_not_there_is_hardly_the_one_meant(here):
    """Its templates would be found by nobody."""
    (here / "code/templates").mkdir(parents=True)
    (here / "code/templates/note.json").write_text('{"text": "{{ words }}"}')
    with pytest.raises(InvalidError, match="no workspace is of `defualt`"):
        apply_folder(here / "code", tenant="defualt")


def test_a_case_file_is_written_once(here):
    """Into the file that was named; what does not exist has none."""
    database = Database("sqlite:///here.db")
    place = outbox.Place("T1", "default", "C0OPS")
    key = database.transact(
        lambda session: (
            outbox.put(session, place, outbox.Content("note"), now=SystemClock().now()).id
        )
    )
    database.close()
    bundle(key, out=here / "case.zip")

    with zipfile.ZipFile(here / "case.zip") as archive:
        assert f"# Case file: message {key}" in archive.read("summary.md").decode()
    with pytest.raises(ConflictError, match="exists already"):
        bundle(key, out=here / "case.zip")
    with pytest.raises(NotFoundError):
        bundle("t_none", out=here / "other.zip")
