"""Settings that are secrets: checked at the start, and never repeated."""

import base64

import pytest

from bot.errors import ConfigError
from bot.settings import read_settings
from tests.bot.test_settings import TOKENS, problems


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("whsec_!", "must be base64"),
        ("whsec_ä", "must be base64"),
        ("hunter2", "must be base64"),
        ("whsec_", "needs at least 24 bytes"),
        ("whsec_YWJj", "needs at least 24 bytes"),
        (base64.b64encode(b"h" * 23).decode(), "needs at least 24 bytes"),
        (f"{base64.b64encode(b'h' * 24).decode()},whsec_YWJj", "needs at least 24 bytes"),
        (f"{base64.b64encode(b'h' * 24).decode()},", "needs at least 24 bytes"),
    ],
)
def test_a_callback_secret_is_as_long_as_its_standard_wants(secret, why):
    """Standard Webhooks asks for 24 bytes or more; three bytes are guessed in a moment."""
    (problem,) = problems({**TOKENS, "CALLBACK_SECRET": secret})

    assert problem.startswith(f"CALLBACK_SECRET: {why}")
    assert secret not in problem


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        ("fifteen letters", "must hold 16 characters or more"),
        ("", "must hold 16 characters or more"),
        (None, "No such file or directory"),
    ],
)
def test_a_webhooks_secret_in_a_file_is_checked_at_the_start(tmp_path, held, reason):
    """A short one could be guessed, none at all would let everybody in."""
    file = tmp_path / "secret"
    if held is not None:
        file.write_text(held)
    config = tmp_path / "opsbell.toml"
    config.write_text(f'[webhooks.dbt]\npreset = "dbt"\nsecret_file = "{file}"\n')

    [problem] = problems({**TOKENS, "OPSBELL_CONFIG": str(config)})
    assert "webhooks.dbt.secret_file" in problem
    assert reason in problem


@pytest.mark.parametrize("given", ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"])
def test_an_app_needs_its_id_and_its_secret(given):
    """One alone installs nothing; which is missing is said at the start, without the other."""
    missing = {"SLACK_CLIENT_ID": "SLACK_CLIENT_SECRET", "SLACK_CLIENT_SECRET": "SLACK_CLIENT_ID"}

    with pytest.raises(ConfigError) as refused:
        read_settings({given: "1234.5678"}, need_slack=False)

    assert f"{missing[given]}: is missing" in str(refused.value)
    assert "1234.5678" not in str(refused.value)
