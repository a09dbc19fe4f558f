"""Where an element stands that a person acts on: a message or a view."""

from dataclasses import dataclass

from slack_playground.conversations.messages import shown
from slack_playground.errors import PageError
from slack_playground.people.payloads import channel_fields, response_url
from slack_playground.state import Channel, Record, User, View
from slack_playground.views.inputs import Values, merged, starting_values
from slack_playground.views.modals import view_record
from slack_playground.workspace import Workspace


@dataclass(slots=True)
class MessageContainer:
    channel: Channel
    body: Record
    is_ephemeral: bool

    @property
    def blocks(self) -> list[Record]:
        attached = [
            block for one in self.body.get("attachments", []) for block in one.get("blocks", [])
        ]
        return [*self.body.get("blocks", []), *attached]

    @property
    def view_id(self) -> str | None:
        return None

    @property
    def execution(self) -> str:
        """The step of a workflow that wrote it."""
        message = self.channel.messages.get(self.body["ts"])
        return "" if message is None else message.execution

    def named(self) -> Record:
        """Return how the page API names this container."""
        return {"type": "message", "channel": self.channel.id, "ts": self.body["ts"]}

    def fields(self, workspace: Workspace, user: User, filled: Values) -> Record:
        """Return the payload's parts that tell where it came from."""
        ts, thread_ts = self.body["ts"], self.body.get("thread_ts")
        secret = workspace.response_urls.issue(
            self.channel.id,
            user.id,
            ts=ts,
            is_ephemeral=self.is_ephemeral,
            thread_ts=thread_ts if thread_ts != ts else None,
        )
        container: Record = {
            "type": "message",
            "message_ts": ts,
            "channel_id": self.channel.id,
            "is_ephemeral": self.is_ephemeral,
        }
        if thread_ts is not None:
            container["thread_ts"] = thread_ts
        fields: Record = {
            "container": container,
            "channel": channel_fields(self.channel),
            "state": {"values": merged(starting_values(self.blocks), filled)},
            "response_url": response_url(workspace, "actions", secret),
        }
        # The app already has what it showed to one person; Slack keeps no copy to send.
        if not self.is_ephemeral:
            fields["message"] = shown(self.channel, self.channel.messages[ts])
        return fields


@dataclass(slots=True)
class ViewContainer:
    view: View

    @property
    def blocks(self) -> list[Record]:
        blocks: list[Record] = self.view.body["blocks"]
        return blocks

    @property
    def view_id(self) -> str | None:
        return self.view.id

    @property
    def execution(self) -> str:
        return self.view.execution

    def named(self) -> Record:
        """Return how the page API names this container."""
        return {"type": "view", "view_id": self.view.id}

    def fields(self, workspace: Workspace, _: User, filled: Values) -> Record:
        """Return the payload's parts that tell where it came from, and keep what was filled in."""
        self.view.values = merged(self.view.values, filled)
        return {
            "container": {"type": "view", "view_id": self.view.id},
            "view": view_record(workspace, self.view),
        }


Container = MessageContainer | ViewContainer


def find_container(workspace: Workspace, user: User, sent: Record) -> Container:
    """Return what `user` acts in; raise PageError if it is not there for this person."""
    if sent.get("type") == "view":
        return ViewContainer(find_view(workspace, user, sent.get("view_id", "")))
    channel = workspace.state.channel(sent.get("channel", ""))
    if channel is None:
        raise PageError("channel_not_found", "There is no such channel.", status=404)
    ts = sent.get("ts", "")
    own = channel.ephemerals.get(user.id, {}).get(ts)
    if own is not None:
        return MessageContainer(channel, own, is_ephemeral=True)
    message = channel.messages.get(ts)
    if message is None:
        raise PageError("message_not_found", f"{channel.name} has no message {ts}.", status=404)
    return MessageContainer(channel, message.body, is_ephemeral=False)


def find_view(workspace: Workspace, user: User, view_id: str) -> View:
    view = workspace.state.views.get(view_id)
    if view is None or view.user != user.id:
        raise PageError("view_not_found", f"{user.name} has no such view.", status=404)
    return view
