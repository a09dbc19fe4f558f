"""What a test does and sees in one workspace."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeVar

from slack_playground.app.installations import add_webhook
from slack_playground.conversations.direct_messages import named_conversation
from slack_playground.conversations.files import keep
from slack_playground.conversations.messages import shown
from slack_playground.faults import Fault, FaultKind, read_fault
from slack_playground.journal import Call, Envelope
from slack_playground.page_api import controls, inspection, reading
from slack_playground.people import (
    actions,
    assistants,
    channels,
    commands,
    editing,
    entities,
    home,
    reacting,
    shortcuts,
    views,
    workflows,
    writing,
)
from slack_playground.people.choices import choice, filled_in, named_element, pressed
from slack_playground.people.containers import Container, ViewContainer, find_container, find_view
from slack_playground.people.outcome import Outcome
from slack_playground.state import Channel, Execution, Record, State, User
from slack_playground.workspace import Workspace

Found = TypeVar("Found")

#: More than the busiest machine needs.
PATIENCE_SECONDS = 120.0


class Hands:
    """
    The people of one workspace, and eyes on it.

    People are named by id or name ("ada"), channels by id or name ("ops").
    What people do goes through the same use cases as a click on the page and
    returns an Outcome; nothing is raised for what Slack would show a person.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @property
    def state(self) -> State:
        return self.workspace.state

    @property
    def connected(self) -> int:
        """How many sockets are open."""
        return self.workspace.sockets.count

    def channel(self, name: str) -> Channel:
        found = self.state.channel(name)
        if found is None:
            raise LookupError(f"There is no channel {name!r}.")
        return found

    def user(self, name: str) -> User:
        found = self.state.user(name)
        if found is None:
            raise LookupError(f"There is nobody called {name!r}.")
        return found

    def im(self, user: str, other: str = "app") -> Channel:
        """Return a person's direct message with the app or somebody else, opened if need be."""
        found = named_conversation(self.workspace, self.user(user), other)
        if found is None or not found.is_im:
            raise LookupError(f"There is nobody called {other!r}.")
        return found

    def messages(self, channel: str) -> list[Record]:
        """Return what stands in a channel, oldest first, without replies in threads."""
        found = self.channel(channel)
        return [shown(found, found.messages[ts]) for ts in found.timeline]

    def message(self, channel: str, ts: str) -> Record:
        found = self.channel(channel)
        return shown(found, found.messages[ts])

    def replies(self, channel: str, ts: str) -> list[Record]:
        """Return the replies under a message, oldest first, without the message."""
        found = self.channel(channel)
        thread = found.threads.get(ts)
        return [] if thread is None else [found.messages[one].body for one in thread.replies]

    def ephemerals(self, user: str, channel: str) -> list[Record]:
        """Return what only `user` sees in a channel, oldest first."""
        return list(self.channel(channel).ephemerals.get(self.user(user).id, {}).values())

    def history(self, channel: str, ts: str) -> list[Record]:
        """Return what a message said at each edit: {at, text, blocks}, oldest first."""
        history: list[Record] = inspection.read_history(self.channel(channel), ts)["history"]
        return history

    def views(self, user: str) -> list[Record]:
        """Return a person's open modals, the top one last."""
        return reading.open_views(self.workspace, self.user(user))

    def home(self, user: str) -> Record | None:
        return reading.read_home(self.workspace, self.user(user))

    def calls(self, method: str | None = None) -> list[Call]:
        """Return the Web API calls that were made, oldest first."""
        return [one for one in self.workspace.journal.calls if method in (None, one.method)]

    def envelopes(self, kind: str | None = None) -> list[Envelope]:
        return [one for one in self.workspace.journal.envelopes if kind in (None, one.type)]

    async def wait_for(  # its own timeout, to say in the error what was seen last
        self,
        predicate: Callable[[], Found],
        timeout: float = PATIENCE_SECONDS,  # noqa: ASYNC109
    ) -> Found:
        """
        Return the first true value of `predicate`, or raise TimeoutError.

        It is generous on purpose: only a test that fails waits as long.
        """
        end = time.monotonic() + timeout
        while not (found := predicate()):
            if time.monotonic() > end:
                raise TimeoutError(f"Still {found!r} after {timeout} s.")
            await asyncio.sleep(0.005)
        return found

    async def wait_for_app(self, timeout: float = PATIENCE_SECONDS) -> None:  # noqa: ASYNC109 - as above
        """Wait until the app has a socket open."""
        await self.wait_for(lambda: self.connected, timeout)

    def write(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Outcome:
        """
        Post as a person; the message is in `answer["message"]`.

        Besides a channel, `channel` may be a person, or "app", for a direct message.
        """
        place = self._place(user, channel)
        return writing.write(self.workspace, self.user(user), place, text, thread_ts)

    def react(
        self, user: str, channel: str, ts: str, name: str, *, is_removed: bool = False
    ) -> Outcome:
        """Give an emoji to a message, or take it back."""
        found = self.channel(channel)
        return reacting.react(
            self.workspace, self.user(user), found, ts, name, is_removed=is_removed
        )

    def edit(self, user: str, channel: str, ts: str, text: str) -> Outcome:
        """Change what a person wrote."""
        return editing.edit(self.workspace, self.user(user), self._place(user, channel), ts, text)

    def delete(self, user: str, channel: str, ts: str) -> Outcome:
        """Take back what a person wrote; an owner may take back anybody's."""
        return editing.delete(self.workspace, self.user(user), self._place(user, channel), ts)

    def pin(self, user: str, channel: str, ts: str, *, is_removed: bool = False) -> Outcome:
        place = self._place(user, channel)
        return editing.pin_message(
            self.workspace, self.user(user), place, ts, is_removed=is_removed
        )

    def share_file(
        self, user: str, channel: str, name: str, content: bytes, text: str = ""
    ) -> Outcome:
        """Post a file into a channel."""
        place = self._place(user, channel)
        return editing.share_file(self.workspace, self.user(user), place, name, content, text)

    def create_channel(self, user: str, name: str, *, is_private: bool = False) -> Outcome:
        """Make a channel; only the person is in it."""
        return channels.create(self.workspace, self.user(user), name, is_private=is_private)

    def join(self, user: str, channel: str) -> Outcome:
        return channels.join(self.workspace, self.user(user), self.channel(channel))

    def leave(self, user: str, channel: str) -> Outcome:
        return channels.leave(self.workspace, self.user(user), self.channel(channel))

    def invite(self, user: str, channel: str, *invited: str) -> Outcome:
        """Bring people into a channel; "app" is the app's bot."""
        found = [self._invited(one) for one in invited]
        return channels.invite(self.workspace, self.user(user), self.channel(channel), found)

    def kick(self, user: str, channel: str, other: str) -> Outcome:
        place = self.channel(channel)
        return channels.kick(self.workspace, self.user(user), place, self._invited(other))

    def archive(self, user: str, channel: str, *, is_brought_back: bool = False) -> Outcome:
        place = self.channel(channel)
        return channels.archive(
            self.workspace, self.user(user), place, is_brought_back=is_brought_back
        )

    def upload(self, user: str, name: str, content: bytes) -> str:
        """Keep a file of a person; return its id, by which a file input is filled."""
        return keep(self.workspace, self.user(user), name, content).id

    async def run_command(self, user: str, channel: str, line: str) -> Outcome:
        """Run a slash command such as "/ops help"; returns after the acknowledgement."""
        return await commands.run_command(
            self.workspace, self.user(user), self.channel(channel), line
        )

    async def click(
        self,
        user: str,
        channel: str,
        ts: str,
        what: str,
        chosen: Any = None,
        values: dict[str, Any] | None = None,
    ) -> Outcome:
        """
        Act on an element of a message, named by its label, its action_id, its
        block_id or, where many are alike, by "block_id/action_id".

        `chosen` is what was picked: an option's value (or values), a user,
        channel, date or time, or the text typed. A button needs none. `values` is what
        stands in the message's other inputs by then, as for `submit`.
        """
        container = self._message(user, channel, ts)
        return await self._act(user, container, what, chosen, values)

    async def click_in_view(
        self, user: str, view_id: str, what: str, chosen: Any = None
    ) -> Outcome:
        """Act on an element of a modal or of the Home, as `click` does in a message."""
        return await self._act(user, self._view(user, view_id), what, chosen)

    async def submit(
        self, user: str, view_id: str, values: dict[str, Any] | None = None
    ) -> Outcome:
        """
        Fill in and submit a modal.

        `values` maps a block_id or action_id to what was typed or chosen, or is
        the `state.values` themselves. The inputs refused are in `errors`.
        """
        view = self._view(user, view_id).view
        filled = filled_in(self.state, view.body["blocks"], values or {})
        return await views.submit(self.workspace, self.user(user), view, filled)

    async def close_view(self, user: str, *, all: bool = False) -> Outcome:
        return await views.close(self.workspace, self.user(user), is_all=all)

    def open_home(self, user: str, tab: str = "home") -> Outcome:
        """Open the app's Home; what it publishes then is in `home(user)`."""
        return home.open_home(self.workspace, self.user(user), tab)

    def run_function(
        self, user: str, callback_id: str, inputs: dict[str, Any] | None = None
    ) -> Outcome:
        """Start a workflow with one step of the app's; see `execution`."""
        return workflows.run_function(self.workspace, self.user(user), callback_id, inputs or {})

    def execution(self, execution_id: str) -> Execution:
        """Return how a step of a workflow went."""
        return self.state.executions[execution_id]

    def open_assistant(self, user: str, beside: str | None = None) -> Outcome:
        """Start a thread with the assistant; `answer` has its channel and thread_ts."""
        place = None if beside is None else self.channel(beside)
        return assistants.open_assistant(self.workspace, self.user(user), place)

    def look_at(self, user: str, thread_ts: str, beside: str) -> Outcome:
        """Go to another channel with the assistant's thread open."""
        place = self.channel(beside)
        return assistants.look_at(self.workspace, self.user(user), thread_ts, place)

    def open_entity(self, user: str, channel: str, ts: str, url: str | None = None) -> Outcome:
        """Open the details of a message's Work Object; `entity_details` has the app's answer."""
        place = self.channel(channel)
        return entities.open_entity(self.workspace, self.user(user), place, ts, url)

    def entity_details(self, user: str) -> Record | None:
        """Return what the app showed a person of the Work Object they opened last."""
        return self.state.entity_details.get(self.user(user).id)

    def prompts(self, user: str, thread_ts: str = "") -> list[Record]:
        """Return what the app suggests to a person in their direct message with it."""
        known = self.state.assistant_threads.get((self.im(user).id, thread_ts))
        return [] if known is None else known.prompts

    async def run_shortcut(
        self, user: str, callback_id: str, channel: str | None = None, ts: str | None = None
    ) -> Outcome:
        """Use a global shortcut, or with a message, that message's."""
        found = None if channel is None else self.channel(channel)
        return await shortcuts.run_shortcut(self.workspace, self.user(user), callback_id, found, ts)

    async def options(self, user: str, container: Record, what: str, typed: str = "") -> Outcome:
        """Ask for an external menu's options; they are in `answer`."""
        found = find_container(self.workspace, self.user(user), container)
        block, element = named_element(found.blocks, what)
        sent = {
            "block_id": block["block_id"],
            "action_id": element["action_id"],
            "value": typed,
        }
        return await actions.ask_options(self.workspace, self.user(user), found, sent)

    def webhook(self, channel: str) -> str:
        """Return the address of a new incoming webhook into a channel."""
        return add_webhook(self.workspace, self.channel(channel).id)

    def fail(self, method: str, kind: FaultKind = "error", **details: Any) -> Fault:
        """Order a failure, once unless `count` or `probability` says otherwise."""
        return self.workspace.faults.add(read_fault({"method": method, "kind": kind, **details}))

    def let_go(self, fault: Fault, *, lost: bool = False) -> None:
        """
        End a `hold` or `hold_answer`: what is held goes on.

        *lost*: a held request was never read, whoever sent it.
        """
        self.workspace.faults.remove(fault.id, lost=lost)

    def heal(self) -> None:
        """Take back every ordered failure."""
        self.workspace.faults.reset()

    async def upset_sockets(self, kind: str, *, seconds: float = 0.0) -> None:
        """Make every socket `disconnect` (refresh), `deaf`, `close` and more: see `upset`."""
        await controls.upset(self.workspace, kind, seconds=seconds)

    def reset(self) -> None:
        self.workspace.reset()

    async def _act(
        self,
        user: str,
        container: Container,
        what: str,
        chosen: Any,
        values: dict[str, Any] | None = None,
    ) -> Outcome:
        block, element = named_element(container.blocks, what)
        sent = {
            "block_id": block["block_id"],
            "action_id": element["action_id"],
            **choice(self.state, element, pressed(element, what, chosen)),
        }
        filled = filled_in(self.state, container.blocks, values or {})
        return await actions.act(self.workspace, self.user(user), container, sent, filled)

    def _place(self, user: str, channel: str) -> Channel:
        """Return a channel, or the direct message that a person calls so."""
        found = named_conversation(self.workspace, self.user(user), channel)
        if found is None:
            raise LookupError(f"There is no channel {channel!r}.")
        return found

    def _invited(self, name: str) -> User:
        return self.user(self.state.bot_user_id if name == "app" else name)

    def _message(self, user: str, channel: str, ts: str) -> Container:
        sent = {"type": "message", "channel": self.channel(channel).id, "ts": ts}
        return find_container(self.workspace, self.user(user), sent)

    def _view(self, user: str, view_id: str) -> ViewContainer:
        return ViewContainer(find_view(self.workspace, self.user(user), view_id))
