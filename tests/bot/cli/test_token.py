"""`python -m bot token`."""

import pytest

from bot.cli.token import token
from bot.clock import SystemClock
from bot.errors import ConfigError, InvalidError
from bot.tokens import Tokens

SECRET = "0123456789abcdef0123456789abcdef"


def test_it_prints_a_token_that_is_good_for_what_was_asked(monkeypatch, capsys, tmp_path):
    """Tenant, subject and scopes are in it; no Slack token is needed to mint one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JWT_SECRET", SECRET)
    token(scope="tasks:read tasks:write", tenant="cleo", subject="cron", days=1)
    caller = Tokens(SECRET, SystemClock()).read(capsys.readouterr().out.strip())
    assert (caller.tenant, caller.subject) == ("cleo", "cron")
    assert {"tasks:read", "tasks:write"} == caller.scopes


def test_an_unknown_scope_is_refused_with_those_there_are(monkeypatch, tmp_path):
    """A typing error does not mint a useless token."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JWT_SECRET", SECRET)
    with pytest.raises(InvalidError, match=r"Unknown scope task:read; there are: .*tasks:read"):
        token(scope="task:read", tenant="default", subject="api", days=1)


def test_without_a_secret_it_says_how_to_make_one(monkeypatch, tmp_path):
    """The variable is named."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JWT_SECRET", raising=False)
    with pytest.raises(ConfigError, match="JWT_SECRET: is missing"):
        token(scope="admin", tenant="default", subject="api", days=1)
