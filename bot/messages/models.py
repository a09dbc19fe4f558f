"""The message and its events, as tables."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.ids import new_id
from bot.messages.destinations import is_destination
from bot.sql.partial_index import partial_index


class MessageState(StrEnum):
    """The state of a message in its lane."""

    IDLE = "idle"  #: Slack shows the newest revision, or nothing is wanted
    WAITING = "waiting"  #: may be delivered as soon as a budget allows
    DELAYED = "delayed"  #: may be delivered from `due_at` on
    BLOCKED = "blocked"  #: a reply whose parent is not in Slack yet
    SENDING = "sending"  #: claimed; Slack is being called
    SUSPENDED = "suspended"  #: its channel is suspended; delivered once that is resumed
    DEAD = "dead"  #: given up; listed and replayable
    WITHDRAWN = "withdrawn"  #: taken back before it was sent


class Rank(IntEnum):
    """The order of delivery: smallest first, and within a rank the longest waiting."""

    FINAL = 0
    FIRST_POST = 1
    URGENT = 2
    ALERT = 3
    NORMAL = 4
    PROGRESS = 5


class EventName(StrEnum):
    """What can happen to a message; outside names, the same everywhere."""

    REQUESTED = "SlackMessageRequested"
    QUEUED = "SlackMessageQueued"
    SENT = "SlackMessageSent"
    EDITED = "SlackMessageEdited"
    FAILED = "SlackMessageFailed"
    RETRIED = "SlackMessageRetried"
    DEAD = "SlackMessageDead"
    REPLAYED = "SlackMessageReplayed"
    WITHDRAWN = "SlackMessageWithdrawn"


class Ambiguous(StrEnum):
    """What to do with a post that may have arrived, if the history may not be read."""

    RESEND = "resend"  #: post again and say that it may be a repeat
    HOLD = "hold"  #: a dead letter until somebody replays it


class Message(SQLModel, table=True):
    """The wanted content of one message in Slack, and how much of it was delivered."""

    __table_args__ = (
        # For lanes: only the few messages that are ready, in the order of delivery.
        partial_index(
            "message_ready",
            "workspace_id",
            "is_posted",
            "rank",
            "turn",
            "waiting_since",
            where="state = 'waiting'",
        ),
        # The same, channel by channel: what waits for a channel that is closed is passed over.
        Index(
            "message_ready_in_channel",
            "workspace_id",
            "channel",
            "rank",
            "turn",
            "waiting_since",
            sqlite_where=text("state = 'waiting' AND is_posted IS 0"),
            postgresql_where=text("state = 'waiting' AND is_posted IS FALSE"),
        ),
        partial_index("message_delayed", "workspace_id", "due_at", where="state = 'delayed'"),
        partial_index("message_sending", "workspace_id", where="state = 'sending'"),
        # Of the few that have one: it costs the others nothing.
        partial_index("message_request", "request_id", where="request_id IS NOT NULL"),
        partial_index("message_dead", "tenant", "dead_at", where="state = 'dead'"),
        partial_index(
            "message_place", "workspace_id", "channel", "ts", where="ts IS NOT NULL", unique=True
        ),
        partial_index("message_parent", "parent_id", where="parent_id IS NOT NULL"),
        Index("message_created", "created_at", "id"),  # retention begins with the oldest
        # Few wait for a parent or a suspended channel; they are counted, and freed together.
        partial_index("message_aside", "tenant", where="state IN ('blocked', 'suspended')"),
        partial_index(
            "message_former_place",
            "workspace_id",
            "channel",
            "former_ts",
            where="former_ts IS NOT NULL",
        ),
    )

    id: str = Field(default_factory=lambda: new_id("m"), primary_key=True)
    workspace_id: str
    tenant: str
    channel: str
    parent_id: str | None = None  # the message of ours that this one replies to
    thread_ts: str | None = None  # a thread of others; for a reply, that of its post
    seen_by: str | None = None  # the one person who is shown it, for a moment
    template: str
    context: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    # What goes along where there are no threads; into a workspace each file is a reply.
    files: list[dict[str, str]] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True))
    )
    template_id: str | None = None  # the stored version meant; None: one of our own
    correlation_id: str | None = Field(default=None, index=True)
    request_id: str | None = None  # what the caller called its call, if that is another id
    sender: str | None = None
    requested_by: str | None = None  # who is notified if it is given up, if it is a Slack user id
    queue: str = "slack-message"
    priority: int = 10
    turn: int = -10  # minus the priority: within a rank the smallest first, as an index sorts
    max_attempts: int = 4
    ambiguous: Ambiguous = Field(default=Ambiguous.RESEND, sa_type=String)
    scheduled_at: datetime | None = None

    revision: int = 1
    delivered_revision: int = 0
    is_final: bool = False  # the newest revision is an end; only a new attempt may follow
    ts: str | None = None
    is_posted: bool = False  # `ts` is known: what is left to do is an edit

    state: MessageState = Field(default=MessageState.WAITING, sa_type=String)
    rank: Rank = Field(default=Rank.FIRST_POST, sa_type=Integer)
    post_rank: Rank = Field(default=Rank.FIRST_POST, sa_type=Integer)  # while it is not posted
    edit_rank: Rank = Field(default=Rank.NORMAL, sa_type=Integer)  # the rank once it is posted
    waiting_since: datetime
    due_at: datetime
    tries: int = 0  # counted attempts at the present revision
    answer_lost: bool = False  # a post may have reached Slack: look before posting again
    called_at: datetime | None = None  # and when it was called for, the first time
    possibly_delivered: bool = False
    generation: int = 0  # with the id it names a post to Slack; a new one is meant to be another
    former_ts: str | None = None  # its timestamp before it was posted anew; callers may know it
    uneditable_ts: str | None = None  # the message that Slack no longer lets us edit
    text_only: bool = False  # Slack refused the blocks of this revision, whatever was left out
    # What was left out of this revision's blocks, round by round (`refused_blocks`).
    refusals: list[list[str]] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True))
    )
    error: str | None = None
    claimed_revision: int | None = None
    claimed_at: datetime | None = None
    sent_at: datetime | None = None
    dead_at: datetime | None = None
    created_at: datetime

    @property
    def is_told(self) -> bool:
        """Tell whether some revision was delivered, even where there is no timestamp."""
        return self.is_posted or self.delivered_revision > 0

    @property
    def is_uneditable(self) -> bool:
        """Tell whether it is in Slack and can no longer be edited."""
        return self.ts is not None and self.ts == self.uneditable_ts

    @property
    def would_repeat(self) -> bool:
        """Tell whether an edit would be a new post that differs only in its percentage."""
        on_its_way = max(self.delivered_revision, self.claimed_revision or 0)
        return is_destination(self.workspace_id) and self.revision == on_its_way


class Event(SQLModel, table=True):
    """One immutable line of a message's history."""

    __table_args__ = (
        Index("event_message", "message_id", "id"),
        # Else SQLite gives the ids of deleted events again, which the bus has passed already.
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(
        default=None,
        # SQLite counts up by itself only in a column that is called INTEGER.
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    )
    message_id: str
    name: str
    at: datetime
    revision: int
    attempt: int
    detail: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    # What the event set in the message's row, so that the row can be rebuilt (`projection`).
    change: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, server_default="{}")
    )


class MessageTotal(SQLModel, table=True):
    """A change of the number of a tenant's messages in a queue; their sum is the number."""

    __tablename__ = "message_total"
    __table_args__ = (Index("message_total_tenant", "tenant"),)

    id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    )
    tenant: str
    queue: str
    change: int


class LaneLease(SQLModel, table=True):
    """Which process may write to a workspace, and until when unless it renews."""

    __tablename__ = "lane_lease"

    workspace_id: str = Field(primary_key=True)
    owner: str
    expires_at: datetime
    # The calls of the last minute; they count against Slack's limits whichever process made them.
    recent: list[Any] | None = Field(default_factory=list, sa_column=Column(JSON))
    # What Slack has rate-limited, and until when; it applies to every process.
    frozen: list[Any] | None = Field(default_factory=list, sa_column=Column(JSON))


class StoredTemplate(SQLModel, table=True):
    """One version of a tenant's template; versions are never changed."""

    __tablename__ = "stored_template"
    __table_args__ = (UniqueConstraint("tenant", "code", "version"),)

    id: str = Field(default_factory=lambda: new_id("tpl"), primary_key=True)
    tenant: str
    code: str
    version: int
    body: str
    payload_schema: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    description: str | None = None
    created_by: str
    created_at: datetime


class Sender(SQLModel, table=True):
    """A tenant's named delivery settings; None leaves the choice to the request or the queue."""

    tenant: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    workspace_id: str | None = None
    channel: str | None = None
    queue: str = "slack-message"
    priority: int | None = None
    max_attempts: int | None = None
    allowed_channels: list[str] | None = Field(default=None, sa_column=Column(JSON))
    ambiguous: Ambiguous = Field(default=Ambiguous.RESEND, sa_type=String)
    created_by: str
    updated_at: datetime


class DeadLetter(SQLModel, table=True):
    """A dead letter whose owner has to be notified; notices themselves have none."""

    __tablename__ = "dead_letter"
    __table_args__ = (
        partial_index("dead_letter_untold", "died_at", where="told_at IS NULL"),
        Index("dead_letter_channel", "workspace_id", "channel", "died_at"),
    )

    message_id: str = Field(primary_key=True)
    workspace_id: str
    channel: str
    error: str
    fix: str
    died_at: datetime
    told_at: datetime | None = None
    notice_group: str | None = Field(default=None, index=True)


class SuspendedChannel(SQLModel, table=True):
    """A channel that refused messages again and again."""

    __tablename__ = "suspended_channel"

    workspace_id: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    error: str
    suspended_at: datetime | None = (
        None  # since when nothing is delivered there; None: it is on again
    )
    counted_from: datetime | None = None  # earlier failures are forgiven


class RefusedKind(SQLModel, table=True):
    """A kind of block, or a file, that Slack refused in a workspace; later messages do without."""

    __tablename__ = "refused_kind"

    workspace_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)  # `data_visualization`, `data_table`, `table`, `file`
    refused_at: datetime
