"""A person opens the app's Home."""

from slack_playground.conversations.direct_messages import open_im
from slack_playground.delivery.message_events import send_event
from slack_playground.people.outcome import Outcome, failed
from slack_playground.people.permissions import hears, refuse_home
from slack_playground.state import Record, User
from slack_playground.views import modals
from slack_playground.workspace import Workspace


def open_home(workspace: Workspace, user: User, tab: str = "home") -> Outcome:
    """Tell the app that its Home was opened; answer the view that stands there, or None."""
    workspace.did("home", user, tab=tab)
    refusal = refuse_home(workspace, user, tab)
    if refusal is not None:
        return failed(refusal)
    channel = open_im(workspace, user)
    view = modals.home_of(workspace, user.id)
    event: Record = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": channel.id,
        "tab": tab,
        "event_ts": workspace.next_ts(),
    }
    record = None if view is None else modals.view_record(workspace, view)
    if record is not None and tab == "home":
        event["view"] = record
    if is_heard(workspace, user, tab):
        send_event(workspace, event)
    return Outcome(answer={"view": record})


def is_heard(workspace: Workspace, user: User, tab: str) -> bool:
    """Say whether the app hears of it; one that cannot fill its Home is told what to add."""
    if tab == "home":
        return hears(workspace, user, "app_home_opened")
    return workspace.manifest.subscribes("app_home_opened")
