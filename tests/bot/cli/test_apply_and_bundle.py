"""`python -m bot apply` and `bundle`, on a database that nobody serves."""

import zipfile

import pytest
from sqlmodel import select

from bot.cli.apply import apply_folder
from bot.cli.bundle import bundle
from bot.cli.migrate import migrate_command
from bot.clock import SystemClock
from bot.db import Database
from bot.errors import ConflictError, InvalidError, NotFoundError
from bot.messages import outbox
from bot.messages.models import StoredTemplate

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
    """It says what would be; applying it twice changes something once."""
    (here / "code/templates").mkdir(parents=True)
    (here / "code/templates/note.json").write_text('{"text": "{{ words }}"}')
    capsys.readouterr()
    for dry_run in (True, False, False):
        apply_folder(here / "code", dry_run=dry_run)
    out = capsys.readouterr().out.splitlines()

    created = ["create template note", "    version 1"]
    assert out == [
        *created,
        "1 of 1 would be changed.",
        *created,
        "1 of 1 changed.",
        "0 of 1 changed.",
    ]
    with pytest.raises(InvalidError, match="is no folder"):
        apply_folder(here / "nowhere")


def test_a_report_that_cannot_be_stored_stops_the_rest(here):
    """The templates beside it are not stored either."""
    for name, text in (
        ("templates/note.json", '{"text": "{{ words }}"}'),
        ("reports/sales.toml", 'name = "Sales"\nquery = "select 1"\nuser_id = "ada"\n[schedule]\n'),
    ):
        path = here / "code" / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    with pytest.raises(InvalidError, match=r"reports/sales\.toml: "):
        apply_folder(here / "code")
    database = Database("sqlite:///here.db")
    stored = database.snapshot(lambda session: session.exec(select(StoredTemplate)).all())
    database.close()

    assert stored == []


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
