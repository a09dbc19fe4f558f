"""Variables that stand in HashiCorp Vault, asked over real HTTP."""

import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.errors import ConfigError, SecretsUnavailableError
from bot.process.vault import VaultClient
from bot.settings import read_settings
from bot.wiring.credentials import secrets_of
from tests.bot.process.stores import POD, ROLE, TOKEN, Store, shown_errors, vault

KEY = "ada-secret-0123456789abcdef0123456789"
PATH = "secret/data/opsbell"
HELD = {"JWT_SECRET": f" {KEY}\n", "SLACK_DEFAULT_CHANNEL": "#ops", "CALLBACK_SECRET": ""}
VERSION_2 = {"data": HELD, "metadata": {"version": 3}}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Read settings in a folder without an opsbell.toml."""
    monkeypatch.chdir(tmp_path)


def environ(store, **more):
    return {
        "SECRETS_FROM": f"vault:{PATH}",
        "VAULT_ADDR": store.url,
        "VAULT_TOKEN": TOKEN,
        **more,
    }


def read(environ):
    return read_settings(environ, need_slack=False)


def problem(environ):
    """Return the one thing that is wrong with these variables; it repeats no secret."""
    with pytest.raises((ConfigError, SecretsUnavailableError)) as caught:
        read(environ)
    assert not [text for text in shown_errors(caught.value) if "ada" in text]
    (sentence,) = getattr(caught.value, "problems", [str(caught.value)])
    return sentence


@pytest.mark.parametrize("held", [HELD, VERSION_2], ids=["version 1", "version 2"])
def test_a_store_gives_what_the_environment_does_not_say(held, tmp_path):
    """A variable and a file go before it; empty values and white space are no values."""
    file = tmp_path / "channel"
    file.write_text("#elsewhere")
    with vault({PATH: held}) as store:
        settings = read(environ(store, SLACK_DEFAULT_CHANNEL_FILE=str(file), PORT="9000"))

    assert settings.jwt_secret is not None
    assert settings.jwt_secret.get_secret_value() == KEY
    assert settings.slack_default_channel == "#elsewhere"
    assert settings.callback_secret is None
    assert store.seen == [f"/v1/{PATH}"]
    assert {KEY, TOKEN} <= set(secrets_of(settings))
    assert "ada" not in repr(settings)


def test_an_approle_logs_in(tmp_path):
    """At its own mount too, in a namespace; its secret id may stand in a file."""
    file = tmp_path / "secret-id"
    file.write_text(f"{ROLE['secret_id']}\n")
    with vault({PATH: VERSION_2}, namespace="team/ops") as store:
        settings = read(
            {
                "SECRETS_FROM": f"vault:/{PATH}",
                "VAULT_ADDR": f"{store.url}/",
                "VAULT_NAMESPACE": "team/ops",
                "VAULT_ROLE_ID": ROLE["role_id"],
                "VAULT_SECRET_ID_FILE": str(file),
                "VAULT_AUTH_PATH": "auth-of-ops",
            }
        )

    assert settings.jwt_secret is not None
    assert store.seen == ["/v1/auth/auth-of-ops/login", f"/v1/{PATH}"]
    assert ROLE["secret_id"] in set(secrets_of(settings))


def test_a_pod_logs_in_with_its_service_account(tmp_path):
    """Kubernetes gives the token in a file; without the file the fix is named."""
    file = tmp_path / "token"
    with vault({PATH: VERSION_2}) as store:
        pod = VaultClient(addr=store.url, role=POD["role"], pod_token=file)
        with pytest.raises(ConfigError, match=r"VAULT_ROLE: .*automountServiceAccountToken"):
            pod.read(PATH)
        file.write_text(f"{POD['jwt']}\n")

        assert pod.read(PATH) == HELD
    assert store.seen[0] == "/v1/auth/kubernetes/login"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"SECRETS_FROM": "ada-secret"}, "SECRETS_FROM: must be vault:PATH or aws:NAME"),
        ({"SECRETS_FROM": "vault:"}, "SECRETS_FROM: must be vault:PATH or aws:NAME"),
        ({"SECRETS_FROM": "vault:secret/ada"}, "SECRETS_FROM: Vault has nothing at its path"),
        ({"VAULT_NAMESPACE": "ada"}, "SECRETS_FROM: Vault has nothing at its path"),
        ({"VAULT_ADDR": ""}, "VAULT_ADDR: must be an http"),
        ({"VAULT_ADDR": "ada:8200"}, "VAULT_ADDR: must be an http"),
        ({"VAULT_ADDR": "http://127.0.0.1:1"}, "VAULT_ADDR: Vault cannot be reached (Connection"),
        ({"VAULT_TOKEN": ""}, "VAULT_TOKEN: is missing; set it, or VAULT_ROLE_ID"),
        ({"VAULT_TOKEN": "hvs.ada"}, "VAULT_TOKEN: Vault refuses to show the secret (HTTP 403)"),
        ({"VAULT_TOKEN": "hvs.ada\nada"}, "VAULT_TOKEN, VAULT_NAMESPACE: hold characters"),
        ({"VAULT_TOKEN": "hvs.ada\u2013ada"}, "VAULT_TOKEN, VAULT_NAMESPACE: hold characters"),
        (
            {"VAULT_TOKEN": "", "VAULT_ROLE_ID": "ada", "VAULT_SECRET_ID": "ada"},
            "VAULT_ROLE_ID, VAULT_SECRET_ID: Vault refuses the login (HTTP 400)",
        ),
        ({"VAULT_CACERT": "/nowhere/ada"}, "VAULT_CACERT: cannot use the file it names: No such"),
    ],
)
def test_a_wrong_way_to_the_secret_is_told_by_its_variable(changed, told):
    """Each mistake stops the start with the name of what has to be mended."""
    with vault({PATH: VERSION_2}) as store:
        assert problem({**environ(store), **changed}).startswith(told)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (["ada"], "SECRETS_FROM: the secret must be a JSON object of texts"),
        (None, "SECRETS_FROM: the secret must be a JSON object of texts"),
        ({"PORT": 8000}, "SECRETS_FROM: PORT in the secret must be a text"),
        ({"JWT_SECRET": None}, "SECRETS_FROM: JWT_SECRET in the secret must be a text"),
        ({"JWT_SECRET": f'"{KEY}"'}, "SECRETS_FROM: JWT_SECRET in the secret stands in quot"),
        ({"JWT_SECRT": KEY}, "SECRETS_FROM: the secret has `JWT_SECRT`, which is no variable"),
        ({"jwt_secret": KEY}, "SECRETS_FROM: the secret has `jwt_secret`, which is no variable"),
        ({"VAULT_TOKEN": KEY}, "SECRETS_FROM: the secret has `VAULT_TOKEN`, which is no var"),
        ({"JWT_SECRET_FILE": "ada"}, "SECRETS_FROM: the secret has `JWT_SECRET_FILE`"),
        ({"xoxb-1-ada": ""}, "SECRETS_FROM: the secret has a key that is no variable"),
        ({"JWT_SECRET": "ada"}, "JWT_SECRET: needs at least 32 bytes"),
    ],
)
def test_what_the_secret_holds_is_checked(held, told):
    """A misspelt variable would otherwise be missing without a word."""
    with vault({PATH: {"data": held, "metadata": {}}}) as store:
        assert problem(environ(store)).startswith(told)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((503, {"errors": ["sealed"]}), "VAULT_ADDR: Vault cannot answer at present (HTTP 503)"),
        ((429, {}), "VAULT_ADDR: Vault cannot answer at present (HTTP 429)"),
        ((200, b"<html>ada"), "VAULT_ADDR: what answers there is not the API of Vault"),
        ((200, ["ada"]), "VAULT_ADDR: what answers there is not the API of Vault"),
        (
            (404, {"data": {"data": None, "metadata": {"version": 2}}}),
            "SECRETS_FROM: Vault has nothing at its path, or its newest version is deleted",
        ),
        ((404, b""), "VAULT_ADDR: what answers there is not the API of Vault"),
    ],
)
def test_what_may_pass_is_told_from_what_has_to_be_mended(answer, told):
    """A sealed Vault is asked again by whoever starts the bot; a wrong address never helps."""
    with Store(lambda _request, _body: (*answer, {})) as store:
        assert problem(environ(store)).startswith(told)


def test_no_redirect_is_followed():
    """The token would go to whatever address an answer names."""
    with vault({PATH: VERSION_2}) as other:
        to = {"Location": f"{other.url}/v1/{PATH}"}
        with Store(lambda _request, _body: (307, {}, to)) as store:
            assert problem(environ(store)).startswith("VAULT_ADDR: answers with a redirect")
    assert other.seen == []


def test_a_store_that_never_answers_is_given_up():
    """The start ends with a reason; what started it tries again."""

    def answer_too_late(_request, _body):
        time.sleep(1.0)
        return 200, {}, {}

    with Store(answer_too_late) as store:
        silent = VaultClient(addr=store.url, token=TOKEN, timeout_seconds=0.05)

        with pytest.raises(SecretsUnavailableError, match="Vault cannot be reached"):
            silent.read(PATH)


def test_only_a_known_certificate_is_trusted(tmp_path):
    """VAULT_CACERT names the authority; without it an unknown one is refused, not asked."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "vault")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "vault.pem"
    file.write_bytes(certificate.public_bytes(pem) + private)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    with vault({PATH: VERSION_2}, tls=tls) as store:
        stranger = VaultClient(addr=store.url, token=TOKEN)
        with pytest.raises(ConfigError, match="VAULT_CACERT: the certificate"):
            stranger.read(PATH)

        assert replace(stranger, cacert=str(file)).read(PATH) == HELD
