"""Puts the services where listeners can name them as parameters."""

from collections.abc import Awaitable, Callable
from dataclasses import fields

from slack_bolt.context.async_context import AsyncBoltContext

from listeners.services import ListenerServices
from listeners.workspace_routing import Served

#: Set by `listeners.admission`, where they differ from those of the app.
_OWN_TO_BOLT = frozenset({"bot_user_id"})

_NextListener = Callable[[], Awaitable[None]]


def make_injection() -> Callable[[AsyncBoltContext, _NextListener], Awaitable[None]]:
    """
    Return a middleware after which a listener may name any field of `ListenerServices`.

    They are those of the workspace that serves the request (`listeners.admission`). `services` is
    all of them at once, `homes` publishes App Home, and `owner` is for whom it acts. Bolt looks at
    plain positional parameters only: keyword-only ones and `functools.partial` get nothing
    (slack_bolt/kwargs_injection/async_utils.py).
    """
    names = [field.name for field in fields(ListenerServices) if field.name not in _OWN_TO_BOLT]

    async def inject(context: AsyncBoltContext, next: _NextListener) -> None:
        served: Served = context["served"]
        services = served.services
        context.update({name: getattr(services, name) for name in names})
        context["services"] = services
        context["homes"] = served.homes
        context["owner"] = services.owner_of(services.gate.house.workspace_id)
        await next()

    return inject
