"""The way out to an outlet, and how fast it may be used."""

from datetime import timedelta

from bot.errors import ConfigError, NoTransportError
from bot.messages.destinations import Outlet, Outlets
from bot.messages.rate_limits.limiters import Window
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.transports.factory import Make, Opened
from bot.messages.transports.webhook import WebhookTransport
from bot.proxies import NO_PROXIES, Proxies


def maker_of(outlets: Outlets, proxies: Proxies = NO_PROXIES) -> Make:
    """Return who opens the way out to each of these outlets."""

    async def to_outlet(key: str) -> Opened:
        outlet = outlets.get(key)
        if outlet is None:
            raise NoTransportError("no_such_destination")
        return open_outlet(outlet, proxies)

    return to_outlet


def check_outlets(outlets: Outlets) -> None:
    """Raise `ConfigError` naming every outlet whose address nobody understands."""
    problems = []
    for outlet in outlets:
        try:
            open_outlet(outlet).close()
        except NoTransportError:
            problems.append(
                f"destinations.{outlet.name}: Apprise does not understand this address: "
                "see https://appriseit.com/services/"
            )
    if problems:
        raise ConfigError(problems)


def open_outlet(outlet: Outlet, proxies: Proxies = NO_PROXIES) -> Opened:
    """Return the way out that the outlet's address asks for; raise `NoTransportError`."""
    if outlet.is_webhook:
        transport = WebhookTransport(outlet.address, is_mute=outlet.is_mute, proxies=proxies)
        return Opened(transport, pacing_of_outlet(is_strict=True), transport.close)
    # Only here: importing Apprise takes a tenth of a second that most starts can save.
    from bot.messages.transports.apprise import AppriseTransport

    return Opened(AppriseTransport(outlet.address), pacing_of_outlet(is_strict=False))


def pacing_of_outlet(*, is_strict: bool) -> Pacing:
    """Return the budget of an outlet: Slack takes one post a second of a webhook."""
    return Pacing(posts=Window(1, timedelta(seconds=1.05), is_strict=is_strict))
