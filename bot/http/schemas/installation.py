"""What is sent to and answered by the endpoints that install the app by OAuth."""

from bot.http.schemas.base import Lenient, Sent, ShownInSnakeCase, Timestamped


class InviteWorkspace(Sent):
    """Nothing needs to be said: the token says for which tenant."""


class ShownInvitation(ShownInSnakeCase):
    """A link with which somebody connects one workspace to the token's tenant."""

    url: str
    expires_at: Timestamped


class InvitationQuery(Lenient):
    """What the link carries."""

    invitation: str = ""


class SlackAnswerQuery(Lenient):
    """What Slack sends a browser back with: a code, or why there is none."""

    code: str = ""
    state: str = ""
    error: str = ""
