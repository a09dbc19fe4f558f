"""A whole Slack in this process, for tests."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from slack_playground import snapshots
from slack_playground.config import PlaygroundConfig
from slack_playground.delivery.signing import SIGNING_SECRET
from slack_playground.hands import Hands
from slack_playground.page_api import recording
from slack_playground.platform import Platform, Snapshot
from slack_playground.seed import CLIENT_ID, CLIENT_SECRET
from slack_playground.server import make_app
from slack_playground.state import Record
from slack_playground.timing.clock import MovableClock

#: Of the event loop, from a connection's arrival until aiohttp knows it; and one more.
ACCEPTING_TURNS = 4


class Playground(Hands):
    """
    A local Slack: `async with Playground() as playground: …`.

    It acts in the first workspace; `elsewhere("annex")` acts in another one.
    """

    client_id = CLIENT_ID
    client_secret = CLIENT_SECRET

    def __init__(self, config: PlaygroundConfig | None = None, /, **settings: Any) -> None:
        self.config = config or PlaygroundConfig(**settings)
        self.platform = Platform(self.config)
        super().__init__(self.platform.first)
        self._listening: Sequence[Any] = ()  # the sockets
        self._runner = web.AppRunner(
            make_app(self.platform), access_log=None, handle_signals=False, shutdown_timeout=1.0
        )

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen; from here on the addresses below are known."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.config.host, self.config.port)
        await site.start()
        # aiohttp shows its server to nobody.
        self._listening = site._server.sockets  # type: ignore[union-attr]
        host, port = self._runner.addresses[0][:2]
        self.platform.address = f"http://{host}:{port}"

    async def stop(self) -> None:
        # asyncio drops a connection, unclosed, that it is just accepting when its server closes:
        # so the last ones come in first, and nobody after them.
        for one in self._listening:
            asyncio.get_running_loop().remove_reader(one.fileno())
        self._listening = ()
        for _ in range(ACCEPTING_TURNS):
            await asyncio.sleep(0)
        await self._runner.cleanup()

    @property
    def page_url(self) -> str:
        return f"{self.platform.address}/"

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"{self.platform.address}/api/"

    @property
    def authorize_url(self) -> str:
        """Where an app sends people to install it."""
        return f"{self.platform.address}/oauth/v2/authorize"

    @property
    def bot_token(self) -> str:
        return self._token("bot")

    @property
    def app_token(self) -> str:
        return self._token("app")

    @property
    def environment(self) -> dict[str, str]:
        """What an app of its own process reads: Slack's address, the tokens, the secret."""
        return {
            "SLACK_API_URL": self.api_url,
            "SLACK_BOT_TOKEN": self.bot_token,
            "SLACK_APP_TOKEN": self.app_token,
            "SLACK_SIGNING_SECRET": self.signing_secret,
        }

    @property
    def user_token(self) -> str:
        """A token of the first person who has one: Ada, unless the seed says otherwise."""
        return self._token("user")

    @property
    def signing_secret(self) -> str:
        """What requests over HTTP are signed with."""
        return SIGNING_SECRET

    @property
    def config_token(self) -> str:
        return self._token("config")

    def elsewhere(self, workspace: str) -> Hands:
        """Return hands in another workspace, named by id, domain or name."""
        found = self.platform.find(workspace)
        if found is None:
            raise LookupError(f"There is no workspace {workspace!r}.")
        return Hands(found)

    def advance(self, seconds: float) -> None:
        """
        Let the clock jump forward.

        What becomes due, such as a redelivery, happens as soon as the event loop runs.
        """
        if not isinstance(self.config.clock, MovableClock):
            raise TypeError("This clock cannot jump.")
        self.config.clock.advance(seconds)

    async def use_request_url(self, url: str | None) -> bool:
        """
        Send what the app is to hear over HTTP to this address; None: over its sockets again.

        Says whether the address answered Slack's challenge, without which it gets no events.
        """
        self.platform.requests.url = url
        return url is None or await self.platform.requests.verify(url)

    def snapshot(self) -> Snapshot:
        """Return everything the workspaces remember, to go back to with `restore`."""
        return snapshots.take(self.platform)

    def restore(self, snapshot: Snapshot) -> None:
        snapshots.restore(self.platform, snapshot)

    def recording(self) -> str:
        """Return what people did and the app said so far, as JSON lines."""
        return recording.write(self.platform)

    async def replay(self, lines: str, *, patience: float = 2.0) -> list[Record]:
        """Do again what people did in a recording; return how the app differed."""
        return await recording.replay(self.platform, lines, patience=patience)

    def _token(self, kind: str) -> str:
        return next(token for token, one in self.state.tokens.items() if one.kind == kind)
