"""`[bus]`: what it takes, and what it says about what it does not take."""

import os
import subprocess
import sys

import pytest

from bot.config_sections.bus import BusSettings
from bot.errors import ConfigError
from bot.settings import read_settings
from bot.wiring.credentials import secrets_of

URL = 'url = "nats://ops:bus-canary-79@nats:4222"'


@pytest.fixture
def problems(tmp_path):
    """Return what is wrong with a `[bus]` of these lines."""

    def read(*lines):
        with pytest.raises(ConfigError) as refused:
            read_settings(environment(tmp_path, lines), need_slack=False)
        return str(refused.value).removeprefix(f"{tmp_path}/opsbell.toml: ")

    return read


def environment(folder, lines):
    config = folder / "opsbell.toml"
    config.write_text("\n".join(["[bus]", *lines]))
    return {"OPSBELL_CONFIG": str(config)}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((URL, 'request = "a"'), "bus.request: unknown key; did you mean `requests`?"),
        ((URL,), "bus: set requests, events or both"),
        (('requests = "a"',), "bus: set either url or url_file"),
        ((URL, 'url_file = "x"', 'requests = "a"'), "bus: set either url or url_file"),
        ((URL, 'requests = "a"', 'events = "a"'), "must differ"),
        ((URL, 'requests = "a"', 'events = "a.dead"'), "must differ"),
        ((URL, 'events = "a"', 'dead_letters = "b"'), "dead_letters needs requests"),
        ((URL, 'requests = "a.*"'), "bus.requests: String should match"),
        ((URL, 'requests = "a b"'), "bus.requests: String should match"),
        ((URL, 'requests = "a"', "redelivery_seconds = 0"), "bus.redelivery_seconds: "),
        (('url = "mqtt://ops:bus-canary-79@x"', 'requests = "a"'), "bus: url must be nats://"),
        (('url = "nats://"', 'requests = "a"'), "bus: url must be nats://"),
        (('url = "nats://ops:bus-canary-79@x:99999"', 'requests = "a"'), "bus: url must be"),
        (('url = "nats://a:4222,nats://x:99999"', 'requests = "a"'), "bus: url must be"),
        (('url = "kafka://ops:bus-canary-79@x:1"', 'requests = "a"'), "SASL is not supported"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(problems, lines, said):
    """With what to do, and never with the password."""
    found = problems(*lines)

    assert said in found
    assert "canary" not in found


@pytest.mark.parametrize("held", ["", "mqtt://ops:bus-canary-79@x", None])
def test_an_address_in_a_file_is_checked_at_the_start(problems, tmp_path, held):
    """A file that is missing, empty or holds something else is named by its key."""
    file = tmp_path / "address"
    if held is not None:
        file.write_text(held)
    found = problems(f'url_file = "{file}"', 'requests = "a"')

    assert found.startswith("bus.url_file: ")
    assert "canary" not in found


@pytest.mark.parametrize("in_file", [True, False])
def test_the_password_is_known_as_a_secret(tmp_path, in_file):
    """So it is masked wherever it would appear."""
    file = tmp_path / "address"
    file.write_text("nats://ops:bus-canary-79@nats:4222\n")
    lines = (f'url_file = "{file}"' if in_file else URL, 'events = "a"')
    settings = read_settings(environment(tmp_path, lines), need_slack=False)

    assert "bus-canary-79" in set(secrets_of(settings))
    assert "canary" not in repr(settings)


@pytest.mark.parametrize(
    ("address", "secrets"),
    [
        ("nats://ops:canary-1@a:4222,nats://canary-2@b:4222,c:canary-3@d", (1, 2, 3)),
        ("redis://:canary-1,canary-2@a", ("1,canary-2",)),
    ],
)
def test_each_server_of_a_cluster_may_have_a_password(tmp_path, address, secrets):
    """Of NATS; elsewhere a comma is a part of the password."""
    settings = read_settings(
        environment(tmp_path, (f'url = "{address}"', 'events = "a"')), need_slack=False
    )

    assert {f"canary-{secret}" for secret in secrets} <= set(secrets_of(settings))


def test_dead_letters_have_a_place_of_their_own():
    """Unless another one is named."""
    settings = BusSettings.model_validate({"url": "nats://x", "requests": "shop.asks"})

    assert settings.rejected == "shop.asks.dead"


MISSING = """
import sys
sys.modules["faststream"] = None
from bot.config_sections.bus import BusSettings
from bot.errors import ConfigError
from bot.event_bus.brokers.choice import broker_maker
for scheme in ("nats", "rediss", "amqps", "kafka"):
    try:
        broker_maker(BusSettings.model_validate({"url": f"{scheme}://x:1", "events": "a"}))
    except ConfigError as error:
        print(error)
"""


def test_a_missing_package_is_named():
    """For each kind of broker, as pip wants it."""
    printed = subprocess.run(
        [sys.executable, "-c", MISSING], capture_output=True, text=True, check=True, env=os.environ
    )

    fix = "bus.url: its package is not installed; run: pip install 'faststream[{}]'"
    assert printed.stdout.splitlines() == [
        fix.format(extra) for extra in ("nats", "redis", "rabbit", "kafka")
    ]
