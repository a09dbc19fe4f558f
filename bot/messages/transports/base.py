"""The interface of transports: post, edit, look up, join, probe."""

import base64
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.messages.policy import SlackResponse
from bot.messages.rendering.renderer import Rendered

#: The line in a possible second copy, so that nobody takes it for another message.
REPEAT = "This may be a repeat: nobody said whether the first copy arrived."


class FileEncoding(StrEnum):
    """How the content of a file is written as text."""

    TEXT = "text"
    BASE64 = "base64"  #: bytes that are no text, such as those of a picture


@dataclass(frozen=True)
class File:
    """A file; its fields are JSON, so that a row can keep them."""

    name: str
    content: str
    encoding: str = FileEncoding.TEXT
    alt_text: str = ""  # what a picture says, for those who do not see it

    @classmethod
    def of_bytes(cls, name: str, content: bytes, alt_text: str = "") -> "File":
        """Return a file of bytes that are no text."""
        encoded = base64.b64encode(content).decode("ascii")
        return cls(name, encoded, FileEncoding.BASE64, alt_text)

    def encoded(self) -> bytes:
        """Return what is stored."""
        if self.encoding == FileEncoding.BASE64:
            return base64.b64decode(self.content)
        return self.content.encode()

    def as_context(self) -> dict[str, str]:
        """Return what `File(**…)` makes it of again; fields that are as usual are left out."""
        usual = {"encoding": FileEncoding.TEXT, "alt_text": ""}
        return {
            name: str(value)
            for name, value in asdict(self).items()
            if name not in usual or value != usual[name]
        }


@dataclass(frozen=True)
class Outgoing:
    """A message for a transport to post or edit."""

    message_id: str
    revision: int
    channel: str
    thread_ts: str | None
    ts: str | None
    rendered: Rendered
    text_only: bool
    since: datetime
    file: File | None = None  # what is to be uploaded, with no message but itself
    files: Sequence[File] = ()  # what goes along with the message
    seen_by: str | None = None  # the one person who is to see it
    client_msg_id: str | None = None  # by which Slack may know a post that it has taken before


def not_carried(files: Sequence[File], by: str) -> list[str]:
    """Return what is to be said of files that a way out does not take."""
    names = ", ".join(file.name for file in files)
    return [f"Not sent: {names}, for {by} takes no files: send them to a workspace or by mail."]


@dataclass(frozen=True)
class Found:
    """The result of looking in the history for a post whose response was lost."""

    ts: str | None = None  # None: it is not there
    revision: int = 0
    channel: str | None = None  # the actual channel, if it differs
    thread_gone: bool = False  # the thread that it was looked for in has lost its first message
    left_thread: bool = False  # so it is in the channel
    readable: bool = True  # False: the history may not be read
    answer: SlackResponse = field(
        default_factory=lambda: SlackResponse(ok=True)
    )  # why the look itself failed
    pages: int = 1  # how many calls it took


class Transport(Protocol):
    """
    The few calls a lane makes. They never raise for what the other side answers.

    A yes without a timestamp means that the message cannot be edited: each change is a new post.
    """

    #: How many messages may be on their way at once.
    at_a_time: int
    #: Whether it delivers what had no room in the blocks itself.
    takes_overflow: bool

    async def post(self, outgoing: Outgoing) -> SlackResponse:
        """Bring a new message there."""
        ...

    async def edit(self, outgoing: Outgoing) -> SlackResponse:
        """Edit a message."""
        ...

    async def find(self, outgoing: Outgoing) -> Found:
        """Look for a post whose answer was lost."""
        ...

    async def delete(self, channel: str, ts: str) -> SlackResponse:
        """Delete a message of ours."""
        ...

    async def join(self, channel: str) -> SlackResponse:
        """Enter a public channel."""
        ...

    async def probe(self) -> SlackResponse:
        """Ask whether anybody is there and knows us."""
        ...
