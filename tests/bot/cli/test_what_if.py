"""`apply` with an `opsbell.toml`, and `alerts --what-if`: rules are tried first."""

import asyncio
from datetime import timedelta

import pytest

from bot.cli.alerts import alerts
from bot.cli.apply import apply_folder
from bot.cli.migrate import migrate_command
from bot.clock import SystemClock
from bot.config_file import ConfigFile
from bot.db import Database
from bot.errors import InvalidError
from tests.bot.alerts.room import make_alert_room
from tests.bot.tasks.room import HandClock

pytestmark = pytest.mark.usefixtures("quiet_again")

IN_FORCE = '[alerts.severity]\nbilling = "critical"\n'
CANDIDATE = IN_FORCE + "[tasks.billing]\nalert_after_failures = 3\n"


@pytest.fixture
def here(monkeypatch, tmp_path):
    """A folder with a database in which a critical kind failed, and a candidate beside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///here.db")
    monkeypatch.delenv("OPSBELL_CONFIG", raising=False)
    migrate_command()
    (tmp_path / "opsbell.toml").write_text(IN_FORCE)
    (tmp_path / "code").mkdir()
    (tmp_path / "code/opsbell.toml").write_text(CANDIDATE)
    asyncio.run(_fail_once())
    return tmp_path


async def _fail_once() -> None:
    clock = HandClock()
    clock.at = SystemClock().now() - timedelta(hours=1)
    database = Database("sqlite:///here.db")
    config = ConfigFile.model_validate({"alerts": {"severity": {"billing": "critical"}}})
    room = make_alert_room(database, clock, config)
    await room.fail("billing")
    await room.check(seconds=5)
    database.close()


def test_a_dry_run_replays_the_history_by_the_new_rules(here, capsys):
    """It says what differs and whom nobody would have told, and changes nothing."""
    capsys.readouterr()
    apply_folder(here / "code", dry_run=True)

    out = capsys.readouterr().out.splitlines()
    assert out[:4] == [
        "change settings opsbell.toml",
        "    tasks.billing: added",
        "    takes effect once the bot is restarted",
        "    alert rules, over the last 7 days:",
    ]
    assert out[4:7] == [
        "      1 → 0 messages, none later than it was",
        "        alerts 1 → 0",
        "      1 critical would have been muted:",
    ]
    assert out[8] == "      replaying the rules in force gives exactly what happened"
    assert (here / "opsbell.toml").read_text() == IN_FORCE


def test_applying_replaces_the_file_that_the_next_start_reads(here, capsys):
    """With its permissions, through a link, and once."""
    (here / "opsbell.toml").rename(here / "real.toml")
    (here / "real.toml").chmod(0o640)
    (here / "opsbell.toml").symlink_to("real.toml")
    capsys.readouterr()
    apply_folder(here / "code")
    apply_folder(here / "code")

    assert (here / "real.toml").read_text() == CANDIDATE
    assert (here / "real.toml").stat().st_mode & 0o777 == 0o640
    assert (here / "opsbell.toml").is_symlink()
    out = capsys.readouterr().out.splitlines()
    assert out[-1] == "0 of 1 changed."


def test_a_file_with_which_the_bot_would_not_start_changes_nothing(here):
    """The key is named as at a start."""
    (here / "code/opsbell.toml").write_text("[alerts]\nstorm_aftr = 3\n")

    with pytest.raises(
        InvalidError, match=r"^Nothing was changed.\nopsbell.toml: alerts.storm_aftr"
    ):
        apply_folder(here / "code")
    assert (here / "opsbell.toml").read_text() == IN_FORCE


def test_a_file_in_force_that_is_broken_can_be_replaced(here, capsys):
    """Or what mends it could not be applied; the dry run says what was wrong."""
    (here / "opsbell.toml").write_text("[alerts]\nstorm_aftr = 3\n")
    capsys.readouterr()
    apply_folder(here / "code")

    out = capsys.readouterr().out.splitlines()
    assert out[0] == "change settings opsbell.toml"
    assert "the file in force cannot be read: opsbell.toml: alerts.storm_aftr" in out[1]
    assert (here / "opsbell.toml").read_text() == CANDIDATE


def test_secrets_of_the_settings_are_not_shown(here, capsys):
    """Neither the old nor the new address of a destination, nor those that are also notified."""
    (here / "opsbell.toml").write_text('[destinations.mail]\nurl = "mailto://old:pw@x.example"\n')
    (here / "code/opsbell.toml").write_text(
        '[destinations.mail]\nurl = "mailto://new:pw@x.example"\n'
        '[alerts]\nalso_notify = ["mailto://new:pw@x.example"]\n'
    )
    capsys.readouterr()
    apply_folder(here / "code")

    out = capsys.readouterr().out
    assert "pw" not in out
    assert out.splitlines()[1:4] == [
        "    holds secrets: destinations.mail.url; `url_file`, `secret_file` keep them out of it",
        "    destinations: changed",
        "    alerts.also_notify: [] → (not shown)",
    ]


def test_rules_are_tried_without_a_folder(here, capsys):
    """`alerts --what-if FILE` prints the same, for as many days as are asked for."""
    capsys.readouterr()
    alerts(what_if=here / "code/opsbell.toml", days=0.5)

    out = capsys.readouterr().out.splitlines()
    assert out[:2] == [
        "alert rules, over the last 0.5 days:",
        "  1 → 0 messages, none later than it was",
    ]
    with pytest.raises(InvalidError, match="--days"):
        alerts(what_if=here / "code/opsbell.toml", days=8)
