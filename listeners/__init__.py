"""Everything that handles requests from Slack: parse, call one service, answer."""

from slack_bolt.async_app import AsyncApp

from listeners import actions, commands, events, shortcuts, steps, views
from listeners.admission import make_admission
from listeners.errors import handle_error
from listeners.fallback import StartCount
from listeners.home import HomeRefresh, Homes
from listeners.injection import make_injection
from listeners.redelivery import SeenDeliveries, make_filter
from listeners.services import ListenerServices

__all__ = ["ListenerServices", "register"]


def register(app: AsyncApp, services: ListenerServices) -> None:
    """Make *app* answer to everything the manifest offers; call it once."""
    app.use(make_filter(SeenDeliveries()))
    app.use(make_admission(services.gate, services.rights))
    homes = Homes(services)
    app.use(make_injection(services, homes))
    app.error(handle_error)
    app.listener_runner.listener_start_handler = StartCount()
    app.listener_runner.listener_completion_handler = HomeRefresh(homes)
    commands.register(app)
    actions.register(app)
    views.register(app)
    shortcuts.register(app)
    steps.register(app)
    events.register(app)
