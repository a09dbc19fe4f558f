"""Puts the services where listeners can name them as parameters."""

from collections.abc import Awaitable, Callable
from dataclasses import fields

from slack_bolt.context.async_context import AsyncBoltContext

from listeners.home import Homes
from listeners.services import ListenerServices

_NextListener = Callable[[], Awaitable[None]]


def make_injection(
    services: ListenerServices,
    homes: Homes,
) -> Callable[[AsyncBoltContext, _NextListener], Awaitable[None]]:
    """
    Return a middleware after which a listener may name any field of `ListenerServices`.

    `services` is all of them at once, `homes` publishes App Home, and `owner` is for whom the
    bot's workspace acts. Bolt looks at plain positional parameters only: keyword-only ones and
    `functools.partial` get nothing (slack_bolt/kwargs_injection/async_utils.py).
    """
    by_name = {field.name: getattr(services, field.name) for field in fields(services)}

    async def inject(context: AsyncBoltContext, next: _NextListener) -> None:
        context.update(by_name)
        context["services"] = services
        context["homes"] = homes
        context["owner"] = services.owner_of(services.gate.house.workspace_id)
        await next()

    return inject
