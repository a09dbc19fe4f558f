"""`python -m bot bus …`: what the event bus takes and publishes."""

import json
import sys

import typer

from bot.config_sections.bus import BusSettings
from bot.event_bus.asyncapi import describe_bus
from bot.settings import environment, read_settings

#: What the document names where there is no `[bus]`.
_USUAL = {"url": "nats://localhost", "requests": "opsbell.requests", "events": "opsbell.events"}

bus_commands = typer.Typer(help="The event bus.", no_args_is_help=True)


@bus_commands.callback()
def bus() -> None:
    """Describe the event bus."""


@bus_commands.command(name="asyncapi")
def asyncapi() -> None:
    """Print the AsyncAPI document, with the topics of `[bus]` if there is one."""
    settings = read_settings(environment(), need_slack=False).config.bus
    document = describe_bus(settings or BusSettings.model_validate(_USUAL))
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
