"""Opens the transport of a destination, with its rate limits."""

from datetime import timedelta

from bot.errors import ConfigError, NoTransportError
from bot.messages.destinations import Destination, Destinations
from bot.messages.rate_limits.limiters import SlidingWindow
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.transports.factory import Make, Opened
from bot.messages.transports.webhook import WebhookTransport
from bot.outgoing.proxies import NO_PROXIES, Proxies


def transport_maker(destinations: Destinations, proxies: Proxies = NO_PROXIES) -> Make:
    """Return who opens the way out to each of these destinations."""

    async def to_destination(key: str) -> Opened:
        destination = destinations.get(key)
        if destination is None:
            raise NoTransportError("no_such_destination")
        return _open_destination(destination, proxies)

    return to_destination


def check_destinations(destinations: Destinations) -> None:
    """Raise `ConfigError` naming every destination whose address nobody understands."""
    problems = []
    for destination in destinations:
        try:
            _open_destination(destination).close()
        except NoTransportError:
            problems.append(
                f"{destination.setting}: Apprise does not understand this address: "
                "see https://appriseit.com/services/"
            )
    if problems:
        raise ConfigError(problems)


def _open_destination(destination: Destination, proxies: Proxies = NO_PROXIES) -> Opened:
    """Return the way out that the destination's address asks for; raise `NoTransportError`."""
    if destination.is_webhook:
        transport = WebhookTransport(
            destination.address, is_mute=destination.is_mute, proxies=proxies
        )
        return Opened(transport, _pacing_of_destination(is_strict=True), transport.close)
    # Only here: importing Apprise takes a tenth of a second that most starts can save.
    from bot.messages.transports.apprise import AppriseTransport

    return Opened(AppriseTransport(destination.address), _pacing_of_destination(is_strict=False))


def _pacing_of_destination(*, is_strict: bool) -> Pacing:
    """Return the budget of a destination: Slack takes one post a second of a webhook."""
    return Pacing(posts=SlidingWindow(1, timedelta(seconds=1.05), is_strict=is_strict))
