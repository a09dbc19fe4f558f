"""`python -m bot doctor`."""

import json

import pytest
import typer

from bot.cli.doctor import doctor


def test_a_finding_ends_with_one_and_is_json_if_asked(monkeypatch, capsys, tmp_path, quiet_again):
    """Programs get the same findings, each with its fix, and no secret."""
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "OPSBELL_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xapp-1-A0-1234-abcdef")
    monkeypatch.setenv("APP_URL", "http://127.0.0.1:9")
    with pytest.raises(typer.Exit) as ended:
        doctor(as_json=True)
    out = capsys.readouterr().out
    said = json.loads(out)

    assert (ended.value.exit_code, said["ok"], "abcdef" in out) == (1, False, False)
    (first, *_) = said["findings"]
    assert (first["check"], first["level"]) == ("settings", "problem")
    assert first["message"] == "SLACK_BOT_TOKEN: must start with xoxb-"
    assert first["fix"].startswith("find it at OAuth & Permissions")
