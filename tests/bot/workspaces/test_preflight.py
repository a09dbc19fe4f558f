"""Both tokens are checked before anything starts."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from slack_playground import Playground

from bot.errors import ConfigError
from bot.workspaces.preflight import check_tokens, identify


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(trust_env=False) as session:
        yield session


async def test_good_tokens_say_who_we_are(playground, session):
    """Workspace, bot user and scopes are known from the first call."""
    found = await check_tokens(
        session, playground.api_url, playground.bot_token, playground.app_token
    )
    assert (found.workspace_id, found.bot_user_id) == ("T0PLAYGRND", "U0SAMPLE001")


async def test_swapped_tokens_are_told(playground, session):
    """Each of the two is named, with a hint that they are swapped."""
    with pytest.raises(ConfigError) as refused:
        await check_tokens(session, playground.api_url, playground.app_token, playground.bot_token)
    assert [problem.split(":")[0] for problem in refused.value.problems] == [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
    ]


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "never_heard_of"])
async def test_the_reason_is_in_the_sentence(playground, session, code):
    """Slack's own code is always there, and the value never."""
    playground.fail("auth.test", error=code)
    with pytest.raises(ConfigError, match=f"SLACK_BOT_TOKEN: .*{code}") as refused:
        await check_tokens(session, playground.api_url, playground.bot_token, playground.app_token)
    assert playground.bot_token not in str(refused.value)


@pytest.mark.parametrize(
    "body", ["<html>", "[]", "null", '{"ok": true}', '{"ok": 1, "team_id": 3}']
)
async def test_what_is_not_slack_is_told(session, body):
    """SLACK_API_URL points at something that answers, but not as Slack does."""

    async def handle(_request: web.Request) -> web.Response:
        return web.Response(text=body, content_type="text/html")

    app = web.Application()
    app.router.add_post("/api/{method}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    with pytest.raises(ConfigError, match="SLACK_BOT_TOKEN"):
        await check_tokens(session, url, "xoxb-1", "xapp-1")
    await runner.cleanup()


async def test_a_token_of_a_whole_organisation_is_told(session):
    """It belongs to no workspace, so nobody could be served."""
    grid = {"ok": True, "team_id": "E1", "user_id": "U1", "is_enterprise_install": True}

    async def handle(_request: web.Request) -> web.Response:
        return web.json_response(grid)

    app = web.Application()
    app.router.add_post("/api/{method}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    with pytest.raises(ConfigError, match="SLACK_BOT_TOKEN: is for a whole organisation"):
        await check_tokens(session, url, "xoxb-1", "xapp-1")
    found = await identify(session, url, "xoxb-1")
    await runner.cleanup()

    assert found.is_org_wide


async def test_a_further_token_names_its_app(two_apps, session):
    """So that one of another app can be refused."""
    found = await identify(session, two_apps.api_url, "xoxb-private")

    assert found.app_id == "A0SAMPLE001"


OTHER_APP = "xapp-1-A0OTHERAPP-1-private"


@pytest.fixture
async def two_apps() -> AsyncIterator[Playground]:
    tokens = {"xoxb-private": "bot", OTHER_APP: "app", "xapp-1-A0SAMPLE001-1-x": "app"}
    async with Playground(limits="off", seed={"tokens": tokens}) as playground:
        yield playground


async def test_tokens_of_two_apps_are_refused(two_apps, session):
    """Commands and clicks would go to the other app, and nobody would say a word."""
    with pytest.raises(ConfigError) as refused:
        await check_tokens(session, two_apps.api_url, "xoxb-private", OTHER_APP)

    (problem,) = refused.value.problems
    assert problem == (
        "SLACK_APP_TOKEN: belongs to app A0OTHERAPP, but SLACK_BOT_TOKEN to app A0SAMPLE001; "
        "copy both from the same app at api.slack.com/apps"
    )


async def test_tokens_of_one_app_are_taken(two_apps, session):
    """The app's id stands in the app-level token and is what Slack says of the bot."""
    found = await check_tokens(session, two_apps.api_url, "xoxb-private", "xapp-1-A0SAMPLE001-1-x")

    assert found.app_id == "A0SAMPLE001"


async def test_without_the_scope_to_ask_the_apps_are_not_compared(two_apps, session):
    """A bot that may not read users cannot know its own app; it starts as before."""
    two_apps.fail("bots.info", error="missing_scope")

    found = await check_tokens(session, two_apps.api_url, "xoxb-private", OTHER_APP)

    assert found.app_id is None


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/xoxb-private/", "http://xoxb-private.invalid/", "http://a b/"]
)
async def test_an_address_that_does_not_answer_is_not_repeated(session, url):
    """A token that was put where the address belongs stays out of the log."""
    with pytest.raises(ConfigError) as refused:
        await check_tokens(session, url, "xoxb-1", "xapp-1")

    said = "\n".join(refused.value.problems)
    assert "SLACK_BOT_TOKEN: cannot be checked, SLACK_API_URL does not answer" in said
    assert url not in said
    assert "private" not in said
