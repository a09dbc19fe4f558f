"""What is sent to and answered by the endpoints that install the app by OAuth."""

from pydantic import Field

from bot.http.schemas.base import Lenient, Sent, ShownInSnakeCase, Timestamped


class InviteWorkspace(Sent):
    """Nothing needs to be said: the token says for which tenant."""


class ShownInvitation(ShownInSnakeCase):
    """A link with which somebody connects one workspace to the token's tenant."""

    url: str
    expires_at: Timestamped


class InvitationQuery(Lenient):
    """What the link carries."""

    invitation: str = Field("", max_length=200)


class SlackAnswerQuery(Lenient):
    """What Slack sends a browser back with: a code, or why there is none."""

    code: str = Field("", max_length=2_000)
    state: str = Field("", max_length=200)
    error: str = Field("", max_length=200)
