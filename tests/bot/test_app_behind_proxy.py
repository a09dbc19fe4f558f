"""The whole bot behind an HTTP proxy: it starts, hears and delivers through it, or around it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_playground import Playground

from bot.errors import ConfigError
from tests.bot.test_app import opsbell, playground
from tests.http_proxy import HttpProxy

__all__ = ["playground"]


@pytest.fixture
async def proxy() -> AsyncIterator[HttpProxy]:
    """A proxy that takes everything."""
    async with HttpProxy() as proxy:
        yield proxy


async def hear_and_deliver(playground: Playground) -> None:
    """Wait for the socket, type a command, and see its answer and a message."""
    await playground.wait_for_app()
    outcome = await playground.run_command("ada", "ops", "/ops health")
    assert outcome.ok
    await playground.wait_for(lambda: playground.ephemerals("ada", "ops"))


async def test_everything_goes_through_the_proxy(
    playground: Playground, tmp_path: Path, proxy: HttpProxy
) -> None:
    """The checks of the tokens, the socket, and what listeners answer."""
    async with opsbell(playground, tmp_path, http_proxy=proxy.url):
        await hear_and_deliver(playground)

    asked = "\n".join(proxy.seen)
    assert "/api/auth.test" in asked
    assert "/api/apps.connections.open" in asked
    assert "/link/" in asked


async def test_nothing_goes_through_a_proxy_that_slack_is_excepted_from(
    playground: Playground, tmp_path: Path, proxy: HttpProxy
) -> None:
    """NO_PROXY names the playground's host."""
    excepted = {"http_proxy": proxy.url, "no_proxy": "localhost,127.0.0.1"}
    async with opsbell(playground, tmp_path, **excepted):
        await hear_and_deliver(playground)

    assert proxy.seen == []


async def test_a_proxy_that_refuses_us_is_named_at_the_start(
    playground: Playground, tmp_path: Path
) -> None:
    """The tokens cannot be checked, and the reason is said without the password."""
    async with HttpProxy(login="ada:ada-secret") as proxy:
        bare = proxy.url.replace("ada:ada-secret", "ada:wrong-secret")
        with pytest.raises(ConfigError) as refused:
            async with opsbell(playground, tmp_path, http_proxy=bare):
                pass

    assert "SLACK_BOT_TOKEN" in str(refused.value)
    assert "secret" not in str(refused.value)
