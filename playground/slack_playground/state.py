"""Everything the workspace remembers, as plain data."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]

SLACKBOT_ID = "USLACKBOT"


@dataclass(slots=True)
class User:
    id: str
    name: str
    real_name: str
    email: str = ""
    tz: str = "Etc/UTC"
    tz_offset: int = 0
    is_bot: bool = False
    is_owner: bool = False
    deleted: bool = False
    # A guest of many channels, of a single one.
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    # A member of another team, in a shared channel, and the organisation of that team.
    team_id: str = ""
    enterprise_id: str = ""
    # What they set in their profile: `status_text` and more.
    profile: Record = field(default_factory=dict)
    photo: bytes = b""


@dataclass(slots=True)
class Token:
    """
    What a token is worth: `kind` is bot, user, app, config, or what ended it.

    A user token acts as `user` with `scopes` of its own; a bot's are the
    installation's.
    """

    kind: str
    user: str = ""
    scopes: frozenset[str] = frozenset()
    expires_at: float | None = None
    # The step of a workflow that it was given for.
    execution: str = ""


@dataclass(slots=True)
class UserGroup:
    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    description: str = ""
    created_by: str = ""
    created: int = 1_700_000_000
    disabled_at: int = 0


@dataclass(slots=True)
class Revision:
    at: float
    text: str
    blocks: list[Record]


@dataclass(slots=True)
class Stream:
    """What an agent is writing bit by bit: words, tasks and blocks in their order."""

    parts: list[Record] = field(default_factory=list)
    mode: str = "timeline"
    # What it was started with, `markdown_text` or `chunks`: it goes on with the same.
    said_in: str = ""


@dataclass(slots=True)
class Message:
    """
    One stored message.

    `body` is replaced on every change and never changed in place, so whoever
    holds an old one (the call log, an event) keeps what was true then.
    """

    body: Record
    # Who may edit it; dressed up as somebody else, its body does not tell.
    author: str = ""
    history: list[Revision] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    stream: Stream | None = None
    # The step of a workflow that wrote it; clicks on it tell of that step.
    execution: str = ""


@dataclass(slots=True)
class Thread:
    """The replies under a message, oldest first, and how many each person wrote."""

    replies: list[str] = field(default_factory=list)
    writers: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Channel:
    id: str
    name: str
    is_private: bool = False
    is_im: bool = False
    is_mpim: bool = False
    is_archived: bool = False
    topic: str = ""
    purpose: str = ""
    # Who set them last, and when.
    topic_set: tuple[str, int] = ("", 0)
    purpose_set: tuple[str, int] = ("", 0)
    creator: str = ""
    created: int = 1_700_000_000
    members: set[str] = field(default_factory=set)
    messages: dict[str, Message] = field(default_factory=dict)
    timeline: list[str] = field(default_factory=list)
    threads: dict[str, Thread] = field(default_factory=dict)
    ephemerals: dict[str, dict[str, Record]] = field(default_factory=dict)
    # Pinned messages, the last one last; and who pinned each, and when.
    pins: list[str] = field(default_factory=list)
    pinned_by: dict[str, tuple[str, int]] = field(default_factory=dict)
    bookmarks: dict[str, Record] = field(default_factory=dict)
    # The canvases in its tabs, and which of them is the channel's own.
    canvases: list[str] = field(default_factory=list)
    canvas: str = ""
    read_up_to: dict[str, str] = field(default_factory=dict)

    @property
    def is_public(self) -> bool:
        return not (self.is_private or self.is_im or self.is_mpim)


@dataclass(slots=True)
class View:
    """An open modal or a published Home; `body` is what Slack sends, without its state."""

    id: str
    user: str
    body: Record
    values: dict[str, Record]
    previous: str | None = None
    root: str = ""
    # As of a message.
    execution: str = ""


@dataclass(slots=True)
class File:
    id: str
    name: str
    length: int
    user: str = ""
    title: str = ""
    content: bytes | None = None
    created: int = 0
    # Where it was shared: channel → the messages that hold it.
    shares: dict[str, list[str]] = field(default_factory=dict)
    is_complete: bool = False
    # Whether a person handed it to the app in a modal.
    is_handed: bool = False
    # The secret in the link by which anybody may read it.
    public_secret: str = ""
    # Of a file that lies elsewhere: the app's own id for it, and its address there.
    external_id: str = ""
    external_url: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, paragraph, list item, quote, table or code of a canvas; `kind` is its HTML tag."""

    id: str
    kind: str
    markdown: str


Sections = tuple[Section, ...]


@dataclass(slots=True)
class Canvas:
    """A document; `access` has what people and channels may do: `read` or `write`."""

    id: str
    title: str
    owner: str
    sections: Sections = ()
    created: int = 0
    access: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class SlackList:
    """A List: its columns as Slack answers them, and its rows, each with its cells by column."""

    id: str
    title: str
    owner: str
    columns: list[Record]
    created: int = 0
    description: list[Record] = field(default_factory=list)
    is_todo: bool = False
    items: dict[str, Record] = field(default_factory=dict)
    access: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Scheduled:
    """A message to be posted later; `body` is what chat.scheduleMessage was sent."""

    id: str
    channel: str
    post_at: int
    created: int
    body: Record


@dataclass(slots=True)
class AgentSession:
    """A conversation of an agent with a person, in a thread or a direct message."""

    channel: str
    thread_ts: str
    status: str = "active"
    title: str = ""


@dataclass(slots=True)
class AssistantThread:
    """A person's conversation with an assistant: what they look at, what it suggests."""

    channel: str
    thread_ts: str
    user: str
    context: Record = field(default_factory=dict)
    title: str = ""
    prompts_title: str = ""
    prompts: list[Record] = field(default_factory=list)


@dataclass(slots=True)
class Execution:
    """A step of a workflow that the app was asked to do: `running`, `completed` or `failed`."""

    id: str
    callback_id: str
    user: str
    inputs: Record
    token: str = ""
    status: str = "running"
    outputs: Record = field(default_factory=dict)
    error: str = ""


@dataclass(slots=True)
class Status:
    """What an assistant shows that it is doing, until then at the latest."""

    text: str
    loading_messages: list[str]
    until: float


@dataclass(slots=True)
class Refused:
    """Something the manifest does not allow, what to add to it, and how often it was tried."""

    what: str
    add: str
    count: int = 0


@dataclass(slots=True)
class State:
    """The whole workspace. Ids are Slack-shaped and unique."""

    team_id: str
    team_name: str
    team_domain: str
    app_id: str
    bot_id: str
    bot_user_id: str
    tokens: dict[str, Token]
    scopes: frozenset[str]
    refresh_tokens: dict[str, Token] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    # Until when somebody does not want to be disturbed.
    snoozes: dict[str, float] = field(default_factory=dict)
    usergroups: dict[str, UserGroup] = field(default_factory=dict)
    # The workspace's own emoji: name → address of the picture, or `alias:` and another name.
    emoji: dict[str, str] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    channel_ids: dict[str, str] = field(default_factory=dict)
    ims: dict[frozenset[str], str] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    modals: dict[str, list[str]] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    external_ids: dict[str, str] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    deleted_files: set[str] = field(default_factory=set)
    canvases: dict[str, Canvas] = field(default_factory=dict)
    deleted_canvases: set[str] = field(default_factory=set)
    lists: dict[str, SlackList] = field(default_factory=dict)
    # Calls of other services, people's reminders, and what each person saved for later.
    calls: dict[str, Record] = field(default_factory=dict)
    reminders: dict[str, Record] = field(default_factory=dict)
    stars: dict[str, list[Record]] = field(default_factory=dict)
    scheduled: dict[str, Scheduled] = field(default_factory=dict)
    agent_sessions: dict[str, AgentSession] = field(default_factory=dict)
    # What an app last showed each person of a Work Object: its data, an error, or a sign-in.
    entity_details: dict[str, Record] = field(default_factory=dict)
    statuses: dict[tuple[str, str], Status] = field(default_factory=dict)
    assistant_threads: dict[tuple[str, str], AssistantThread] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    webhooks: dict[str, str] = field(default_factory=dict)
    # The manifests of apps that were made by one, by their ids.
    manifests: dict[str, Record] = field(default_factory=dict)
    # What was posted under a client's own id: where it stands.
    client_msg_ids: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    is_installed: bool = True
    refused: dict[str, Refused] = field(default_factory=dict)
    unsupported: Counter[str] = field(default_factory=Counter)
    last_ts: int = 0
    last_number: int = 0

    def next_id(self, prefix: str) -> str:
        self.last_number += 1
        return f"{prefix}{self.last_number:08X}N"

    def rename_channel(self, channel: Channel, name: str) -> None:
        """Give a channel another name; the old one is free from now on."""
        self.channel_ids.pop(channel.name, None)
        self.channel_ids[name] = channel.id
        channel.name = name

    def channel(self, reference: str) -> Channel | None:
        """Find a channel by its id, `name` or `#name`."""
        found = self.channels.get(reference)
        if found is None:
            found = self.channels.get(self.channel_ids.get(reference.removeprefix("#"), ""))
        return found

    def user(self, reference: str) -> User | None:
        """Find a user by id or by name."""
        found = self.users.get(reference)
        if found is None:
            name = reference.removeprefix("@")
            found = next((user for user in self.users.values() if user.name == name), None)
        return found
