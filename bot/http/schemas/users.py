"""What is sent to and answered by the endpoint of people who registered; in snake_case."""

from typing import Annotated, Literal

from pydantic import Field

from bot.http.schemas.base import Sent, Shown
from bot.http.schemas.constraints import Whole
from bot.http.schemas.fields import Channel, Name

MAX_USERS = 2**53


class RegisteredUser(Sent):
    """Somebody who registered with an application."""

    user_id: Name = Field(description="The application's own id; told of once")
    email: Name | None = None
    display_name: Name | None = None
    total_users: Annotated[int, Whole(0, MAX_USERS)] | None = None
    environment: Name | None = Field(None, description="Default: ENVIRONMENT")
    channel: Channel | None = Field(
        None, description="Default: SLACK_USERS_CHANNEL, else SLACK_DEFAULT_CHANNEL"
    )


class ToldUser(Shown):
    """The message about the user; `ts` is not known before it stands in Slack."""

    ok: Literal[True]
    user_id: str
    message_id: str
    channel: str
    ts: str | None
