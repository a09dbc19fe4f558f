"""`[bus]`: the broker that requests arrive from and events leave to."""

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from bot.process.secret_files import read_secret

#: The broker of each kind of address.
BROKER_OF_SCHEME = {
    "nats": "nats",
    "tls": "nats",
    "redis": "redis",
    "rediss": "redis",
    "amqp": "rabbit",
    "amqps": "rabbit",
    "kafka": "kafka",
}
#: A name that is a subject, a stream, a queue and a topic alike; no wildcards.
_Topic = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$")]
_Group = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_MAX_TOPIC = 200


class BusSettings(BaseModel):
    """Where requests come from, where events go, and for which tenant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: SecretStr | None = Field(None, min_length=1)
    url_file: Path | None = None
    requests: _Topic | None = Field(None, max_length=_MAX_TOPIC)
    dead_letters: _Topic | None = Field(None, max_length=_MAX_TOPIC)
    events: _Topic | None = Field(None, max_length=_MAX_TOPIC)
    group: _Group = "opsbell"
    tenant: str = Field("default", min_length=1)
    source: str = Field("/opsbell", min_length=1, max_length=200, pattern=r"^[!-~]+$")
    redelivery_seconds: float = Field(30, ge=10, le=3600, allow_inf_nan=False)

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if (self.url is None) == (self.url_file is None):
            raise ValueError("set either url or url_file")
        if self.url is not None and (problem := bus_address_problem(self.url.get_secret_value())):
            raise ValueError(f"url {problem}")
        if self.requests is None and self.events is None:
            raise ValueError("set requests, events or both")
        if self.dead_letters is not None and self.requests is None:
            raise ValueError("dead_letters needs requests")
        topics = [self.requests, self.rejected, self.events]
        named = [topic for topic in topics if topic is not None]
        if len(set(named)) < len(named):
            raise ValueError("requests, dead_letters and events must differ")
        return self

    @property
    def rejected(self) -> str | None:
        """Where requests go that cannot be carried out; None if none are taken."""
        if self.requests is None:
            return None
        return self.dead_letters or f"{self.requests}.dead"

    def address(self) -> str:
        """Return the secret address; raise `OSError` or `ValueError` if its file is unreadable."""
        if self.url is not None:
            return self.url.get_secret_value()
        found = read_secret(self.url_file) if self.url_file else ""
        if not found:
            raise ValueError("it is empty")
        return found


def bus_servers(url: str) -> list[str]:
    """Return the address of each server: those of NATS and Kafka may be several, with commas."""
    scheme = url.partition("://")[0]
    if BROKER_OF_SCHEME.get(scheme) not in ("nats", "kafka"):
        return [url]  # A comma is a part of its password.
    return [one if "://" in one else f"{scheme}://{one}" for one in url.split(",")]


def bus_address_problem(url: str) -> str | None:
    """Return what is wrong with an address, without repeating it; None if nothing is."""
    fix = "must be nats://HOST:PORT, redis://, amqp:// or kafka://HOST:PORT,HOST:PORT"
    scheme, found, rest = url.partition("://")
    if not found or scheme not in BROKER_OF_SCHEME:
        return fix
    if scheme == "kafka" and "@" in rest:
        return "must not contain a user name: Kafka with SASL is not supported"
    return None if all(map(_is_usable_server, bus_servers(url))) else fix


def _is_usable_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port or 1) > 0 and parts.scheme in BROKER_OF_SCHEME
    except ValueError:
        return False
