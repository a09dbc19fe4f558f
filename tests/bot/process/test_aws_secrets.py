"""Variables that stand in AWS Secrets Manager, asked over real HTTP with a real signature."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import ConfigError, SecretsUnavailableError
from bot.settings import read_settings
from tests.bot.process.stores import ACCESS_KEY, REGION, SECRET_KEY, aws, shown_errors

ROOT = Path(__file__).parents[3]
KEY = "ada-secret-0123456789abcdef0123456789"
NAME = "opsbell/prod"
ARN = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:opsbell/prod-a1b2c3"
HELD = json.dumps({"JWT_SECRET": KEY})


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Read settings in a folder without an opsbell.toml, and with the credentials of the tests."""
    monkeypatch.chdir(tmp_path)
    for name in [one for one in os.environ if one.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def read(name=NAME, region=REGION):
    environ = {"SECRETS_FROM": f"aws:{name}", "AWS_REGION": region}
    return read_settings(environ, need_slack=False)


def problem(region=REGION):
    """Return the one thing that is wrong; it repeats no secret."""
    with pytest.raises((ConfigError, SecretsUnavailableError)) as caught:
        read(region=region)
    assert not [text for text in shown_errors(caught.value) if "ada" in text]
    (sentence,) = getattr(caught.value, "problems", [str(caught.value)])
    return sentence


@pytest.mark.parametrize(("name", "region"), [(NAME, REGION), (ARN, "")])
def test_a_secret_is_read_by_its_name_and_by_its_arn(name, region, monkeypatch):
    """An ARN says its region itself."""
    with aws({name: HELD}) as store:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", store.url)
        settings = read(name, region)

    assert settings.jwt_secret is not None
    assert settings.jwt_secret.get_secret_value() == KEY


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("AWS_REGION", "", "AWS_REGION: AWS needs a region"),
        ("AWS_ACCESS_KEY_ID", "", "SECRETS_FROM: AWS cannot be asked (NoCredentialsError)"),
        ("AWS_SECRET_ACCESS_KEY", "ada", "SECRETS_FROM: AWS Secrets Manager refuses (Invalid"),
        ("AWS_PROFILE", "ada", "SECRETS_FROM: AWS cannot be asked (ProfileNotFound)"),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "ada", "SECRETS_FROM: AWS cannot be asked (ValueErr"),
        (
            "AWS_ENDPOINT_URL_SECRETS_MANAGER",
            "http://127.0.0.1:1",
            "SECRETS_FROM: AWS Secrets Manager cannot be reached (EndpointConnectionError)",
        ),
    ],
)
def test_a_wrong_way_to_the_secret_is_told(variable, value, told, monkeypatch):
    """Region, credentials and address are named; the secret key is not repeated."""
    with aws({NAME: HELD}) as store:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", store.url)
        monkeypatch.setenv(variable, value)

        assert problem("" if variable == "AWS_REGION" else REGION).startswith(told)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ({}, "SECRETS_FROM: AWS Secrets Manager refuses (ResourceNotFoundException): there is no"),
        ({NAME: KEY}, "SECRETS_FROM: the secret must be a JSON object of texts"),
        ({NAME: "[" * 100_000}, "SECRETS_FROM: the secret must be a JSON object of texts"),
        ({NAME: b"YWRh"}, "SECRETS_FROM: the secret is binary"),
        ({NAME: '{"JWT_SECRT": "ada"}'}, "SECRETS_FROM: the secret has `JWT_SECRT`"),
    ],
)
def test_what_the_secret_holds_is_checked(held, told, monkeypatch):
    """A secret of one text, or of none, is told from one that holds variables."""
    with aws(held) as store:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", store.url)

        assert problem().startswith(told)


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        ((400, "AccessDeniedException"), "refuses (AccessDeniedException): allow our role"),
        ((400, "ada-1"), "refuses (400): check the credentials"),
        ((500, "InternalServiceError"), "cannot answer at present (HTTP 500)"),
    ],
)
def test_what_may_pass_is_told_from_what_has_to_be_mended(refusal, told, monkeypatch):
    """What the service lacks for a moment is no wrong setting."""
    with aws({}, refuses=refusal) as store:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", store.url)

        assert problem().startswith(f"SECRETS_FROM: AWS Secrets Manager {told}")


def test_the_package_that_is_missing_is_named(monkeypatch):
    """It is not among those that every bot needs."""
    monkeypatch.setitem(sys.modules, "botocore", None)

    assert problem() == "SECRETS_FROM: needs a package; run: pip install botocore"


def test_the_exit_code_says_that_trying_again_may_help(monkeypatch):
    """What starts the bot tries again after 1; after 2 it does not."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:1")
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "migrate"],
        env={**os.environ, "SECRETS_FROM": f"aws:{ARN}", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )

    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1), ran.stderr
    assert ran.stderr.startswith("SECRETS_FROM: AWS Secrets Manager cannot be reached")
