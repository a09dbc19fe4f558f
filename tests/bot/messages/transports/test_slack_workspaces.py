"""Many workspaces, each with its own token, over the same few connections."""

from datetime import UTC, datetime

from slack_playground import Playground

from bot.messages.rendering.renderer import Rendered
from bot.messages.transports.base import Outgoing
from bot.messages.transports.http_client import Wire
from bot.messages.transports.slack_workspaces import SlackWorkspaces

TOKENS = {"T0PLAYGRND": "xoxb-playground-bot", "T0BRANCH1": "xoxb-branch-bot"}
BRANCH = {
    "team": {"id": "T0BRANCH1", "name": "Branch", "domain": "branch"},
    "tokens": {"xoxb-branch-bot": "bot"},
    "installed": True,
}


async def token_of(workspace_id):
    return TOKENS[workspace_id]


def outgoing(text):
    rendered = Rendered(text, [], None)
    now = datetime.now(UTC)
    return Outgoing("m_1", 1, "C0OPS00002", None, None, rendered, text_only=False, since=now)


async def test_each_workspace_is_written_to_with_its_own_token():
    """What one lane leaves open the next one uses, and what it says stands in its own workspace."""
    async with Playground(limits="off", seed={"workspaces": [BRANCH]}) as playground:
        slack = SlackWorkspaces(playground.api_url, token_of)
        for number, team_id in enumerate([*TOKENS] * 3):
            opened = await slack.open(team_id)
            assert (await opened.transport.post(outgoing(f"{team_id} {number}"))).ok
            opened.close()
        assert isinstance(slack._wire, Wire)
        kept = len(slack._wire._idle)
        slack.close()

        for team_id in TOKENS:
            texts = [one["text"] for one in playground.elsewhere(team_id).messages("ops")]
            assert [team_id] * 3 == [text.split()[0] for text in texts]
    assert kept == 1
