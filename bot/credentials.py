"""The tokens and secret addresses that the settings hold."""

from bot.clock import Clock
from bot.errors import ConfigError
from bot.messages.destinations import Outlet, Outlets, also_notified
from bot.settings import WEBHOOK, Settings
from bot.tokens import Tokens


def tokens_of(settings: Settings) -> tuple[str, str]:
    """Return bot and app token; `read_settings` has made sure that they are there."""
    if settings.slack_bot_token is None or settings.slack_app_token is None:
        raise ConfigError(["SLACK_BOT_TOKEN, SLACK_APP_TOKEN: both are needed to start"])
    return (
        settings.slack_bot_token.get_secret_value(),
        settings.slack_app_token.get_secret_value(),
    )


def api_tokens(settings: Settings, clock: Clock) -> Tokens | None:
    """Return who mints and reads API tokens; None without a secret."""
    return Tokens(settings.jwt_secret.get_secret_value(), clock) if settings.jwt_secret else None


def outlets_of(settings: Settings) -> Outlets:
    """Return the outlets: the destinations of opsbell.toml, and the webhook of the environment."""
    named = [
        Outlet(name, one.tenant, one.address())
        for name, one in settings.config.destinations.items()
    ]
    named += [
        Outlet(also_notified(number), "default", address.get_secret_value(), is_mute=True)
        for number, address in enumerate(settings.config.alerts.also_notify, start=1)
    ]
    if settings.webhook:
        address = settings.webhook.get_secret_value()
        mute = settings.speaks_by_webhook
        named.append(Outlet(WEBHOOK, "default", address, is_mute=mute))
    return Outlets(named)
