"""Bots share several workspaces; when one is killed the other serves all of them."""

import asyncio
from collections import Counter
from functools import partial

import aiohttp
import pytest
from cryptography.fernet import Fernet

from bot.clock import SystemClock
from bot.tokens import Tokens
from tests.patience import PATIENCE_SECONDS, PATIENT, until
from tests.scenarios.conftest import ROOT, SECRET, Bot

KEY = Fernet.generate_key().decode()
BRANCHES = [f"T0BRANCH{number}" for number in range(1, 6)]
CHANNELS = ("general", "ops", "ai-ops")
CLEO = Tokens(SECRET, SystemClock()).mint(
    subject="cleo", tenant="cleo", scopes=frozenset({"admin"})
)


def branch(team_id):
    """Return the seed of a workspace in which the app is installed."""
    team = {"id": team_id, "name": team_id, "domain": team_id.lower()}
    return {"team": team, "tokens": {token_of(team_id): "bot"}, "installed": True}


def token_of(team_id):
    return f"xoxb-{team_id.lower()}-bot"


@pytest.fixture
def playground_settings():
    """Five more workspaces, the app's own manifest and Slack's published limits."""
    seed = {"workspaces": [branch(team_id) for team_id in BRANCHES]}
    return {"manifest": ROOT / "manifest.json", "seed": seed, **PATIENT}


@pytest.fixture
async def bots(nursery, playground, database_url, tmp_path):
    """Two bots that can keep tokens; not started yet."""
    made = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        extra = {"TOKEN_ENCRYPTION_KEY": KEY}
        made.append(Bot(playground, folder, database_url, nursery=nursery, extra=extra))
    yield made
    for bot in made:
        if bot.process is not None and bot.process.returncode is None:
            await bot.kill()


async def call(bot, method, path, body=None, status=(200, 201, 202)):
    """Call the API as Cleo and return its answer."""
    headers = {"Authorization": f"Bearer {CLEO}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, f"{bot.url}{path}", json=body) as answer,
    ):
        found = await answer.json()
        assert answer.status in status, found
        return found


async def set_up(bot):
    """Connect the branches for Cleo's tenant, with a sender for each."""
    for team_id in BRANCHES:
        body = {"team_id": team_id, "team_name": team_id, "bot_token": token_of(team_id)}
        await call(bot, "POST", "/api/scheduling/slack/workspace", body)
        await call(bot, "PUT", f"/api/senders/{team_id}", {"workspace": team_id})


async def send(bot, playground, team_id, count):
    """Ask for messages in a branch, spread over its channels, all at once."""
    channels = [playground.elsewhere(team_id).channel(name).id for name in CHANNELS]
    orders = [
        {
            "configCode": team_id,
            "templateCode": "text",
            "payload": {"text": f"{team_id} {number}"},
            "channel": channels[number % len(channels)],
        }
        for number in range(count)
    ]
    await call(bot, "POST", "/api/messages/request/bulk", orders)


def standing(playground, team_id):
    """Return how often each text stands in a branch."""
    hands = playground.elsewhere(team_id)
    return Counter(message["text"] for name in CHANNELS for message in hands.messages(name))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_the_survivor_delivers_for_every_workspace(bots, playground):
    """After a SIGKILL all lanes go on by themselves; nothing is lost, nothing comes twice."""
    first, second = bots
    await asyncio.gather(first.start(), second.start())
    await set_up(first)
    playground.fail("chat.postMessage", "delay", seconds=0.4, count=1000)

    await asyncio.gather(
        *(send(first, playground, team_id, 9) for team_id in BRANCHES[:4]),
        send(second, playground, BRANCHES[4], 9),
    )
    await playground.wait_for(lambda: sum(standing(playground, BRANCHES[0]).values()) > 1)
    await first.kill()

    def everything():
        return all(len(standing(playground, team_id)) == 9 for team_id in BRANCHES)

    # The lease of twelve seconds, a look, and what was under way is awaited.
    await playground.wait_for(everything, PATIENCE_SECONDS)
    await asyncio.sleep(1.5)

    wanted = {team_id: {f"{team_id} {n}": 1 for n in range(9)} for team_id in BRANCHES}
    assert wanted == {team_id: dict(standing(playground, team_id)) for team_id in BRANCHES}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_workspace_without_its_token_waits_and_harms_nobody(bots, playground):
    """It is stuck with the reason, the others are served, and with a new token all arrives."""
    bot, _ = bots
    await bot.start()
    await set_up(bot)
    lost, well = BRANCHES[:2]
    await send(bot, playground, lost, 1)
    await playground.wait_for(lambda: standing(playground, lost))
    playground.fail("chat.postMessage", "http", status=503, count=1000)
    await send(bot, playground, lost, 2)
    await call(bot, "DELETE", f"/api/scheduling/slack/workspace/{lost}")
    await until(partial(stuck_lanes, bot))
    playground.heal()
    await send(bot, playground, well, 1)
    await playground.wait_for(lambda: standing(playground, well))

    stuck = await until(partial(stuck_lanes, bot))
    health = await call(bot, "GET", "/api/health")
    readiness = await call(bot, "GET", "/readyz")
    body = {"team_id": lost, "team_name": lost, "bot_token": token_of(lost)}
    await call(bot, "POST", "/api/scheduling/slack/workspace", body)

    assert [{"workspaceId": lost, "state": "stuck", "reason": "no_token"}] == stuck
    # Its tenant is told, and the process stays in service for all others.
    assert (health["ready"], readiness["ready"]) == (False, True)
    await playground.wait_for(lambda: len(standing(playground, lost)) == 2)


async def stuck_lanes(bot):
    """Return what health says of the lanes that are stuck."""
    health = await call(bot, "GET", "/api/health")
    return [one for one in health["lanes"] if one["state"] == "stuck"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_key_is_changed_without_sending_tokens_again(bots, playground):
    """New key first, restart, old key away, restart: messages go out all the same."""
    bot, _ = bots
    await bot.start()
    await set_up(bot)
    new = Fernet.generate_key().decode()

    for keys in (f"{new},{KEY}", new):
        await bot.stop()
        bot.extra = {"TOKEN_ENCRYPTION_KEY": keys}
        await bot.start()
    await send(bot, playground, BRANCHES[0], 1)

    await playground.wait_for(lambda: standing(playground, BRANCHES[0]))
    logs = "".join(path.read_text() for path in bot.folder.glob("*.log"))
    assert not [team_id for team_id in BRANCHES if token_of(team_id) in logs]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_tenants_do_not_meet(bots, playground):
    """Cleo can address nothing of the home workspace, and cannot see what happens in it."""
    bot, _ = bots
    await bot.start()
    await set_up(bot)
    home = {"channel": playground.channel("ops").id, "templateCode": "text"}
    await bot.post(
        "/api/messages/request", {**home, "payload": {"text": "x"}, "correlationId": "c"}
    )

    await call(bot, "GET", "/api/messages/c", status=(404,))
    await call(bot, "PUT", "/api/senders/home", {"workspace": "T0PLAYGRND"}, status=(422,))
    order = {**home, "payload": {"text": "for home"}}
    await call(bot, "POST", "/api/messages/request", order, status=(422,))
    await call(bot, "GET", "/api/scheduling/slack/test/T0PLAYGRND", status=(404,))

    await playground.wait_for(lambda: playground.messages("ops"))
    assert [message["text"] for message in playground.messages("ops")] == ["x"]
