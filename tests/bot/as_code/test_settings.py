"""The settings file of a folder: what is refused, and how it takes the place of the other."""

import os

import pytest

from bot.as_code.folder import FolderProblems, read_folder
from bot.as_code.settings import SettingsSwap, secrets_in
from bot.config_file import ConfigFile


@pytest.mark.parametrize("url", ["redis://ada:canary@bus.example", "redis://bus.example"])
def test_a_secret_that_could_stand_in_a_file_is_named(url):
    """An address without a password is none; which secret it is nobody is told."""
    config = ConfigFile.model_validate(
        {
            "bus": {"url": url, "events": "events"},
            "destinations": {"mail": {"url": "mailto://ada@x.example"}},
        }
    )

    assert [*secrets_in(config)] == [
        *(["bus.url"] if "canary" in url else []),
        "destinations.mail.url",
    ]


def test_a_settings_file_that_nobody_can_have_meant_is_refused(tmp_path):
    """A link that leads nowhere, which would be no settings at all, and one that is too large."""
    told = []
    file = tmp_path / "opsbell.toml"
    for put in (lambda: file.symlink_to("nowhere"), lambda: file.write_text("#" * 1_048_577)):
        put()
        problems = FolderProblems()
        read_folder(tmp_path, problems)
        told += [(one.field, one.message) for one in problems.found]
        file.unlink()

    assert told == [("opsbell.toml", "it is no file"), ("opsbell.toml", "it is larger than 1 MiB")]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_the_bot_can_read_what_root_has_applied(tmp_path):
    """The file keeps its owner and permissions."""
    file = tmp_path / "opsbell.toml"
    file.write_text("[alerts]\n")
    file.chmod(0o640)
    os.chown(file, 10_001, 10_002)
    SettingsSwap(b"[reports]\n", file).replace()

    found = file.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (10_001, 10_002, 0o640)
    assert file.read_text() == "[reports]\n"
