"""Everything that handles requests from Slack: parse, call one service, answer."""

from slack_bolt.async_app import AsyncApp

from listeners import actions, commands, events, shortcuts, steps, views
from listeners.admission import make_admission
from listeners.errors import handle_error
from listeners.injection import make_injection
from listeners.interactions import InteractionEnd, InteractionStart
from listeners.redelivery import SeenDeliveries, make_filter
from listeners.services import ListenerServices
from listeners.workspace_routing import Elsewhere, Houses

__all__ = ["Elsewhere", "ListenerServices", "register"]


def register(
    app: AsyncApp, services: ListenerServices, elsewhere: Elsewhere | None = None
) -> Houses:
    """
    Make *app* answer to everything the manifest offers, and return the workspaces that it serves.

    *services* are those of the workspace of SLACK_BOT_TOKEN, *elsewhere* has all others.
    """
    app.use(make_filter(SeenDeliveries()))
    houses = Houses(services, elsewhere)
    app.use(make_admission(houses))
    app.use(make_injection())
    app.error(handle_error)
    app.listener_runner.listener_start_handler = InteractionStart()
    app.listener_runner.listener_completion_handler = InteractionEnd()
    commands.register(app)
    actions.register(app)
    views.register(app)
    shortcuts.register(app)
    steps.register(app)
    events.register(app)
    return houses
