"""`python -m bot events …` and `dead …`: what operators read and mend without the bot."""

import json
from datetime import UTC, datetime

import pytest
import typer
from sqlmodel import col, delete, select

from bot.cli.dead import print_dead, replay_dead
from bot.cli.events import rebuild_rows, show
from bot.db import Database
from bot.errors import ConfigError, ConflictError, NotFoundError
from bot.messages import outbox
from bot.messages.delivery import claims, selection
from bot.messages.models import DeadLetter, Message, MessageState
from bot.messages.outbox import Content, Place
from tests.bot.outcomes import dead

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
OPS = Place("T0", "default", "C0OPS")


@pytest.fixture
def here(database, database_url, monkeypatch, tmp_path):
    """A database that the settings name, with one message that died and one that waits."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)

    def work(session):
        content = Content("note", {"text": "hello"})
        for name in ("m_dead", "m_waits"):
            outbox.put(session, OPS, content, now=NOW, message_id=name, correlation_id=f"c{name}")
        session.flush()
        row = next(r for r in selection.ready_posts(session, "T0", 9, []) if r.id == "m_dead")
        [claim] = claims.claim(session, [row], NOW)
        claims.record(session, [dead(claim)], NOW)

    database.transact(work)
    return database


def state(database: Database, key: str) -> str:
    """Return the state of a message."""
    return database.transact(lambda session: session.get_one(Message, key).state)


def test_events_are_shown_as_json_lines(here, capsys):
    """By correlation id, oldest first, each with its message."""
    show("cm_dead")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = [line["event"].removeprefix("SlackMessage") for line in lines]
    assert names == ["Requested", "Failed", "Dead"]
    assert {"m_dead"} == {line["message"] for line in lines}


def test_what_nobody_knows_is_said_to_be_unknown(here):
    """An id of nothing is an error in words."""
    with pytest.raises(NotFoundError, match="no message `m_none`"):
        show("m_none")
    with pytest.raises(NotFoundError, match="no message `m_none`"):
        replay_dead("m_none")


def test_rows_are_compared_with_their_events(here, capsys):
    """Clean rows end with 0; a row that was tampered with is named and ends with 1."""
    rebuild_rows(only_verify=True)
    assert "2 messages compared with their events, 0 not the same" in capsys.readouterr().out

    def tamper(session):
        session.get_one(Message, "m_dead").error = "nothing"

    here.transact(tamper)
    with pytest.raises(typer.Exit) as ended:
        rebuild_rows(only_verify=True)

    assert ended.value.exit_code == 1
    assert "m_dead differs: error" in capsys.readouterr().out


def test_rows_are_made_again_from_their_events(here, capsys):
    """What was tampered with, and what was deleted, is as it was."""

    def ruin(session):
        session.get_one(Message, "m_dead").error = "nothing"
        session.exec(delete(Message).where(col(Message.id) == "m_waits"))

    here.transact(ruin)
    rebuild_rows(only_verify=False)
    rebuild_rows(only_verify=True)

    assert "0 not the same" in capsys.readouterr().out.splitlines()[-1]
    assert here.transact(lambda s: s.get_one(Message, "m_dead").error) == "is_archived"
    assert state(here, "m_waits") == MessageState.WAITING


def test_dead_letters_are_listed_with_their_fix(here, capsys):
    """Id, place, error and what to do."""
    print_dead()

    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("m_dead  2026-11-16T09:00:00+00:00  T0/C0OPS  is_archived: ")
    assert "unarchive it" in line


def test_a_dead_letter_is_replayed_once(here, capsys):
    """It waits again, nobody is told of its death any more, and a second replay is refused."""
    replay_dead("m_dead")

    assert "m_dead will be tried again" in capsys.readouterr().out
    assert state(here, "m_dead") == MessageState.WAITING
    assert here.transact(lambda session: list(session.exec(select(DeadLetter)))) == []
    with pytest.raises(ConflictError, match="being delivered already"):
        replay_dead("m_dead")
    print_dead()
    assert "No dead letters" in capsys.readouterr().out


def test_an_id_of_many_is_not_guessed(here):
    """Which of two messages of one correlation id is meant must be said."""

    def share(session):
        for message in session.exec(select(Message)):
            message.correlation_id = "shared"

    here.transact(share)
    with pytest.raises(ConflictError, match="say which: m_dead, m_waits"):
        replay_dead("shared")


def test_a_schema_that_is_old_is_said_to_be(monkeypatch, tmp_path):
    """The command line does not work on a database that was not migrated."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///new.db")

    with pytest.raises(ConfigError, match="python -m bot migrate"):
        print_dead()
