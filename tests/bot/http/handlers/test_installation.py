"""Workspaces install the app by OAuth, in a browser, with the local Slack's own pages."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from slack_playground import Playground
from sqlmodel import select

from bot.app import Opsbell
from bot.errors import InvalidError, UnavailableError
from bot.messages.rate_limits.slack_limits import Pacing
from bot.settings import Settings
from bot.workspaces.installation import Installations
from bot.workspaces.models import Workspace, WorkspaceToken
from bot.workspaces.oauth import OAuthApp, read_grant
from tests.bot.http.calling import JWT_SECRET, HandClock, token_for
from tests.bot.workspaces.room import KnownTokens, make_connections
from tests.patience import PATIENT, until

MANIFEST = Path(__file__).parents[4] / "manifest.json"
BRANCH = "T0BRANCH01"
PATH = "/api/workspaces/invitations"


@dataclass
class Browser:
    """A person's browser: cookies, and no redirect followed without being told."""

    session: aiohttp.ClientSession
    bot: Opsbell
    playground: Playground

    async def open(self, url: str) -> aiohttp.ClientResponse:
        response = await self.session.get(url, allow_redirects=False)
        await response.read()
        return response

    async def allow(self, url: str, **form: str) -> str:
        """Press *Allow* for the branch on Slack's page; return where Slack sends the browser."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        answer = {**asked, "workspace": BRANCH, "decision": "allow", **form}
        response = await self.session.post(
            self.playground.authorize_url, data=answer, allow_redirects=False
        )
        assert response.status == 302, await response.text()
        return response.headers["Location"]

    async def invited(self, tenant: str = "cleo") -> str:
        """Return the link of a new invitation."""
        headers = {"Authorization": f"Bearer {token_for(tenant, 'workspaces:write', days=900)}"}
        async with self.session.post(f"{self.bot.url}{PATH}", json={}, headers=headers) as made:
            assert made.status == 201
            return str((await made.json())["url"])


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def playground(tmp_path: Path) -> AsyncIterator[Playground]:
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    manifest["oauth_config"]["redirect_urls"] = ["http://127.0.0.1"]
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    team = {"id": BRANCH, "name": "Branch & <Co>", "domain": "branch"}
    seed = {"workspaces": [{"team": team}]}
    async with Playground(limits="off", manifest=path, seed=seed, **PATIENT) as playground:
        yield playground


@pytest.fixture
async def bot(
    playground: Playground, tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Opsbell]:
    # As in the environment of a real bot, where Bolt reads them too and would take over.
    monkeypatch.setenv("SLACK_CLIENT_ID", playground.client_id)
    monkeypatch.setenv("SLACK_CLIENT_SECRET", playground.client_secret)
    settings = Settings.model_validate(
        {
            "slack_bot_token": playground.bot_token,
            "slack_app_token": playground.app_token,
            "slack_client_id": playground.client_id,
            "slack_client_secret": playground.client_secret,
            "slack_api_url": playground.api_url,
            "slack_default_channel": "C0OPS00002",
            "database_url": f"sqlite:///{tmp_path}/opsbell.db",
            "port": 0,
            "jwt_secret": JWT_SECRET,
            "token_encryption_key": Fernet.generate_key().decode(),
        }
    )
    async with Opsbell(settings, clock=clock, pacing=Pacing(unlimited=True)) as bot:
        yield bot


@pytest.fixture
async def browser(bot: Opsbell, playground: Playground) -> AsyncIterator[Browser]:
    jar = aiohttp.CookieJar(unsafe=True)  # Keeps cookies of addresses without a name.
    async with aiohttp.ClientSession(trust_env=False, cookie_jar=jar) as session:
        yield Browser(session, bot, playground)


def kept(bot: Opsbell) -> Any:
    """Return what is stored of the branch: its workspace and its token, None for neither."""
    return bot.rooms.database.transact(
        lambda session: (session.get(Workspace, BRANCH), session.get(WorkspaceToken, BRANCH))
    )


async def test_a_workspace_is_installed_used_and_removed(
    browser: Browser, bot: Opsbell, playground: Playground
) -> None:
    """The tenant of the invitation gets it; it is served; when it is removed its lane says so."""
    to_slack = await browser.open(await browser.invited())
    back = await browser.allow(to_slack.headers["Location"])
    done = await browser.open(back)

    page = await done.text()
    assert (to_slack.status, done.status) == (302, 200)
    assert "Opsbell is connected to Branch &amp; &lt;Co&gt;" in page
    workspace, token = kept(bot)
    assert (workspace.tenant, workspace.name) == ("cleo", "Branch & <Co>")
    assert "chat:write" in workspace.scopes.split()
    assert "xoxb" not in token.sealed
    branch = playground.elsewhere(BRANCH)
    assert (await branch.run_command("ada", "ops", "/ops help")).ok
    assert branch.ephemerals("ada", "ops")

    branch_token = await bot.rooms.outward.connections.token_of(BRANCH)
    async with aiohttp.ClientSession(trust_env=False) as session:
        sent = {"client_id": playground.client_id, "client_secret": playground.client_secret}
        headers = {"Authorization": f"Bearer {branch_token}"}
        await session.post(f"{playground.api_url}apps.uninstall", data=sent, headers=headers)

    async def is_gone() -> bool:
        return kept(bot)[1] is None

    await until(is_gone)
    assert kept(bot)[0].gone_because in ("app_uninstalled", "token_revoked")


async def test_without_a_key_nobody_is_invited(
    bot: Opsbell, tmp_path: Path, clock: HandClock
) -> None:
    """The person would press *Allow* in vain; who runs Opsbell is told what to set."""
    rooms = bot.rooms
    without = make_connections(rooms.database, clock, KnownTokens(), [], key=None)
    app = OAuthApp("id", SecretStr("secret"), "https://slack.com/api/", "https://ops.example.com")
    installations = Installations(
        rooms.database, clock, without, lambda: app, rooms.outward.exchange
    )

    with pytest.raises(UnavailableError, match="TOKEN_ENCRYPTION_KEY"):
        await installations.invite("cleo", by="ada")
    assert app.authorize_url("s1").startswith("https://slack.com/oauth/v2/authorize?client_id=id&")


async def test_the_app_is_installed_again(browser: Browser, bot: Opsbell) -> None:
    """A second installation replaces the token; an old farewell does not remove the new one."""
    for _ in range(2):
        to_slack = await browser.open(await browser.invited())
        done = await browser.open(await browser.allow(to_slack.headers["Location"]))
        assert done.status == 200
    _, token = kept(bot)
    before = token.set_at.replace(year=token.set_at.year - 1)

    assert not await bot.rooms.outward.connections.lose(BRANCH, "app_uninstalled", before)
    assert kept(bot)[1] is not None


async def test_an_invitation_is_good_once_and_for_an_hour(
    browser: Browser, clock: HandClock
) -> None:
    """A used, an old and an invented one lead to a page that says so."""
    link = await browser.invited()
    to_slack = await browser.open(link)
    back = await browser.allow(to_slack.headers["Location"])
    assert (await browser.open(back)).status == 200
    old = await browser.invited()

    used, twice = await browser.open(link), await browser.open(back)
    clock.pass_by(hours=1)
    refused = [used, twice, await browser.open(old), await browser.open(old[:-3])]

    assert [one.status for one in refused] == [404, 403, 404, 404]
    assert "Ask whoever runs Opsbell" in await refused[0].text()


async def test_an_answer_of_slack_counts_only_in_the_browser_that_asked(
    browser: Browser, bot: Opsbell, clock: HandClock
) -> None:
    """Another browser, another state, a forged cookie and a late answer install nothing."""
    to_slack = await browser.open(await browser.invited())
    back = await browser.allow(to_slack.headers["Location"])

    async with aiohttp.ClientSession(trust_env=False) as other:
        stranger = await other.get(back)
        forged = await other.get(back, headers={"Cookie": "opsbell_install=1.2.3; x=;;"})
    changed = await browser.open(f"{back}x")
    clock.pass_by(minutes=11)
    late = await browser.open(back)

    assert [one.status for one in (stranger, forged, changed, late)] == [403] * 4
    assert kept(bot) == (None, None)


async def test_a_cookie_of_stray_bytes_is_no_cookie(bot: Opsbell) -> None:
    """They arrive as half characters, which no hash takes."""
    host, port = urlsplit(bot.url).netloc.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"GET /slack/oauth_redirect?code=a&state=b HTTP/1.1\r\nHost: bot\r\n"
        b'Cookie: opsbell_install="\xff"\r\nConnection: close\r\n\r\n'
    )

    status_line = await reader.readline()
    writer.close()
    assert b" 403 " in status_line


async def test_who_says_no_may_try_again(browser: Browser, bot: Opsbell) -> None:
    """Slack's refusals change nothing, and the same link still works."""
    link = await browser.invited()
    to_slack = await browser.open(link)
    denied = await browser.open(await browser.allow(to_slack.headers["Location"], decision="deny"))
    state = parse_qs(urlsplit(to_slack.headers["Location"]).query)["state"][0]
    unknown = await browser.open(f"{bot.url}/slack/oauth_redirect?code=nonsense&state={state}")

    again = await browser.open(link)
    done = await browser.open(await browser.allow(again.headers["Location"]))

    assert [one.status for one in (denied, unknown, done)] == [403, 403, 200]
    assert "open the link again" in await unknown.text()


async def test_a_workspace_of_another_tenant_stays_there(browser: Browser, bot: Opsbell) -> None:
    """An invitation of another tenant's does not move it, nor say whose it is."""
    first = await browser.open(await browser.invited("cleo"))
    await browser.open(await browser.allow(first.headers["Location"]))

    second = await browser.open(await browser.invited("ben"))
    refused = await browser.open(await browser.allow(second.headers["Location"]))

    assert refused.status == 403
    assert "cleo" not in await refused.text()
    assert kept(bot)[0].tenant == "cleo"


async def test_of_two_answers_at_once_one_connects(browser: Browser, bot: Opsbell) -> None:
    """The invitation is used up before Slack is asked."""
    to_slack = await browser.open(await browser.invited())
    back = await browser.allow(to_slack.headers["Location"])

    statuses = await asyncio.gather(*(browser.open(back) for _ in range(4)))

    assert sorted(one.status for one in statuses) == [200, 403, 403, 403]
    with_token = bot.rooms.database.transact(
        lambda session: session.exec(select(WorkspaceToken)).all()
    )
    assert len(with_token) == 2


GRANTED: dict[str, Any] = {
    "ok": True,
    "access_token": "xoxb-1-secret",
    "team": {"id": "T1", "name": "Acme"},
    "enterprise": None,
    "is_enterprise_install": False,
    "authed_user": {"id": "U1"},
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_enterprise_install": True, "team": None}, "not in a whole organisation"),
        ({"team": None}, "not in a whole organisation"),
        ({"expires_in": 43200}, "token rotation off"),
        ({"access_token": "xoxp-1"}, "token rotation off"),
        ({"ok": False, "error": "invalid_code"}, "took too long"),
        ({"ok": False, "error": "bad_client_secret"}, "SLACK_CLIENT_SECRET"),
        ({"ok": False, "error": "<b>"}, "unreadable_error"),
        ({"ok": False}, "unreadable_error"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_way_out(changes, words):
    """Organisation-wide installations, expiring tokens and Slack's errors."""
    with pytest.raises(InvalidError, match=words):
        read_grant({**GRANTED, **changes})


@pytest.mark.parametrize("body", [None, [], "ok"])
def test_what_is_no_answer_of_slacks_is_refused(body):
    """A proxy in Slack's place may say anything."""
    with pytest.raises(InvalidError):
        read_grant(body)


def test_a_grant_is_read():
    """With a team, a bot token that stays, and who installed it."""
    grant = read_grant({**GRANTED, "authed_user": None})

    assert (grant.team_id, grant.team_name, grant.token, grant.installed_by) == (
        "T1",
        "Acme",
        SecretStr("xoxb-1-secret"),
        "unknown",
    )
