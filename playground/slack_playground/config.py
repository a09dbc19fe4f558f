"""How one playground is set up."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from slack_playground.errors import SeedError
from slack_playground.state import Record
from slack_playground.timing.clock import Clock, RealClock


@dataclass(frozen=True, kw_only=True)
class PlaygroundConfig:
    """
    Settings of a playground; every one has a default that suits a test.

    `seed` and `manifest` are paths or the JSON itself. `request_url`: where an app
    without Socket Mode takes its events, commands and interactions. `retry_delays` are the
    seconds before each redelivery of an event nobody acknowledged: Slack sends
    the first almost at once, then after one and after five minutes. The order
    is from https://docs.slack.dev/apis/events-api/#retries, for Socket Mode
    it is inferred from what people saw. `client_msg_id`: whether a post that repeats one is
    answered with the first copy; Slack documents errors of it, and nothing else.
    `edit_window_seconds`: how old a message may be that is edited. `images`: whether the
    pictures in blocks are fetched, and refused where that fails, as Slack does.
    `events_per_hour`: of one workspace, where limits are Slack's; then `app_rate_limited`.
    """

    host: str = "127.0.0.1"
    port: int = 0
    limits: Literal["slack", "off"] = "slack"
    seed: Path | Record | None = None
    request_url: str | None = None
    manifest: Path | Record | None = None
    clock: Clock = field(default_factory=RealClock)
    client_msg_id: Literal["honoured", "ignored"] = "ignored"
    edit_window_seconds: float | None = None
    images: Literal["fetched", "trusted"] = "trusted"
    events_per_hour: int = 30_000
    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    random_seed: int | None = None


def read_record(source: Path | Record | None) -> Record | None:
    """Return the JSON object that `source` is or names; raise SeedError if it is none."""
    if source is None or isinstance(source, dict):
        return source
    try:
        value = json.loads(source.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SeedError(f"Cannot read {source}: {error}") from error
    if not isinstance(value, dict):
        raise SeedError(f"{source} holds no JSON object.")
    return value
