"""`python -m bot token`."""

import sys
from typing import Annotated

import typer

from bot.clock import SystemClock
from bot.errors import ConfigError
from bot.settings import environment, read_settings
from bot.tokens import Tokens


def token(
    scope: Annotated[str, typer.Option(help='Space-separated, e.g. "tasks:read tasks:write".')],
    tenant: Annotated[str, typer.Option(help="Whose token it is.")] = "default",
    subject: Annotated[str, typer.Option(help="Who will use it; shown as the actor.")] = "api",
    days: Annotated[int, typer.Option(min=1, help="How long it is good for.")] = 365,
) -> None:
    """Mint an API token and print it."""
    settings = read_settings(environment(), need_slack=False)
    if settings.jwt_secret is None:
        raise ConfigError(
            ["JWT_SECRET: is missing; at least 32 bytes, e.g. `openssl rand -hex 32`"]
        )
    minted = Tokens(settings.jwt_secret.get_secret_value(), SystemClock()).mint(
        subject=subject,
        tenant=tenant,
        scopes=frozenset(scope.split()),
        days=days,
    )
    sys.stdout.write(f"{minted}\n")
