"""`python -m bot migrate`."""

import pytest

from bot.cli.migrate import migrate_command
from bot.db import Database
from bot.errors import ConfigError

pytestmark = pytest.mark.usefixtures("quiet_again")


def test_it_makes_the_schema_and_may_be_repeated(monkeypatch, tmp_path, capsys):
    """An empty database becomes a current one; no Slack token is needed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///here.db")
    migrate_command()
    migrate_command()
    assert capsys.readouterr().out.count("The schema is current.") == 2
    database = Database("sqlite:///here.db")
    database.check()
    database.close()


def test_an_unknown_kind_of_database_is_named(monkeypatch, tmp_path):
    """MySQL is refused in words."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "mysql://x/y")
    with pytest.raises(ConfigError, match="DATABASE_URL: must be sqlite:"):
        migrate_command()
