"""What Bolt for Python's guides show first, each in a few lines, against the playground."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_playground import Playground
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.wire import ADA, OPS, section

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk would send even loopback traffic to a proxy."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def bolt(playground: Playground) -> AsyncApp:
    client = AsyncWebClient(token=playground.bot_token, base_url=playground.api_url)
    return AsyncApp(client=client, logger=logging.getLogger("bolt"))


@pytest.fixture
async def running(playground: Playground, bolt: AsyncApp) -> AsyncIterator[Playground]:
    handler = AsyncSocketModeHandler(bolt, playground.app_token)
    await handler.connect_async()
    await playground.wait_for_app()
    yield playground
    await handler.close_async()


async def test_a_greeting_is_answered(bolt: AsyncApp, running: Playground) -> None:
    """A message listener with a pattern, global middleware, and say with a button."""
    seen: list[str] = []

    async def note(body: Any, next: Any) -> None:
        seen.append(body["event"]["type"])
        await next()

    async def greet(message: Any, say: Any, context: Any) -> None:
        await say(text=f"{context['matches'][0]}, <@{message['user']}>", blocks=[section("hi")])

    bolt.use(note)
    bolt.message(re.compile(r"^(hi|hello)"))(greet)
    running.write("ada", "ops", "hello there")
    await running.wait_for(lambda: len(running.messages("ops")) == 2)
    assert running.messages("ops")[-1]["text"] == f"hello, <@{ADA}>"
    assert "message" in seen


async def test_a_menu_is_filled_and_chosen_from(bolt: AsyncApp, running: Playground) -> None:
    """External options in a message, then the action with what was chosen."""
    chosen: list[str] = []

    async def offer(ack: Any, payload: Any) -> None:
        name = payload["value"]
        await ack(options=[{"text": {"type": "plain_text", "text": name}, "value": name}])

    async def choose(ack: Any, action: Any) -> None:
        await ack()
        chosen.append(action["selected_option"]["value"])

    bolt.options("pick")(offer)
    bolt.action("pick")(choose)
    element = {"type": "external_select", "action_id": "pick", "min_query_length": 1}
    blocks = [{"type": "actions", "block_id": "b", "elements": [element]}]
    ts = (await bolt.client.chat_postMessage(channel=OPS, text="x", blocks=blocks))["ts"]
    container = {"type": "message", "channel": OPS, "ts": ts}
    (option,) = (await running.options("ada", container, "pick", "import")).answer["options"]
    assert (await running.click("ada", "ops", ts, "pick", option)).ok
    assert chosen == ["import"]


async def test_a_modal_is_updated_and_pushed_on(bolt: AsyncApp, running: Playground) -> None:
    """views.update on a click inside, a push as the answer to a submission, and closing."""
    closed: list[str] = []
    title = {"type": "plain_text", "text": "Form"}
    button = {
        "type": "button",
        "action_id": "more",
        "text": {"type": "plain_text", "text": "More"},
    }

    def view(name: str) -> dict[str, Any]:
        actions = {"type": "actions", "elements": [button]}
        fields = {"callback_id": name, "title": title, "submit": title, "notify_on_close": True}
        return {"type": "modal", **fields, "blocks": [section(name), actions]}

    async def open_form(ack: Any, command: Any, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=view("first"))

    async def show_more(ack: Any, body: Any, client: AsyncWebClient) -> None:
        await ack()
        await client.views_update(
            view_id=body["view"]["id"], hash=body["view"]["hash"], view=view("second")
        )

    async def push(ack: Any) -> None:
        await ack(response_action="push", view=view("third"))

    async def note(ack: Any, view: Any) -> None:
        await ack()
        closed.append(view["callback_id"])

    bolt.command("/form")(open_form)
    bolt.action("more")(show_more)
    bolt.view("second")(push)
    bolt.view_closed("third")(note)
    await running.run_command("ada", "ops", "/form")
    (first,) = await running.wait_for(lambda: running.views("ada"))
    assert (await running.click_in_view("ada", first["id"], "More")).ok
    await running.wait_for(lambda: running.views("ada")[0]["callback_id"] == "second")
    assert (await running.submit("ada", first["id"])).ok
    assert [one["callback_id"] for one in running.views("ada")] == ["second", "third"]
    await running.close_view("ada")
    assert closed == ["third"]


async def test_an_agent_streams_its_answer(bolt: AsyncApp, running: Playground) -> None:
    """The SDK's chat_stream buffers, starts, appends and stops."""
    ts = running.write("ada", "ops", "why?").answer["message"]["ts"]
    stream = await bolt.client.chat_stream(
        channel=OPS,
        thread_ts=ts,
        recipient_team_id=running.state.team_id,
        recipient_user_id=ADA,
        buffer_size=4,
    )
    for word in ("Because ", "it ", "failed."):
        await stream.append(markdown_text=word)
    await stream.stop()
    (reply,) = running.replies("ops", ts)
    assert (reply["text"], reply["streaming_state"]) == ("Because it failed.", "completed")


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # slack_sdk's own use of aiohttp
async def test_the_app_is_installed_by_oauth(playground: Playground, tmp_path: Path) -> None:
    """Bolt's own OAuth flow ends with a token by which it serves the second workspace."""
    settings = AsyncOAuthSettings(
        client_id=playground.client_id,
        client_secret=playground.client_secret,
        scopes=["chat:write", "commands"],
        redirect_uri="http://127.0.0.1:1/slack/oauth_redirect",
        authorization_url=playground.authorize_url,
        installation_store=FileInstallationStore(base_dir=str(tmp_path)),
        state_store=FileOAuthStateStore(expiration_seconds=60, base_dir=str(tmp_path)),
    )
    client = AsyncWebClient(base_url=playground.api_url)
    app = AsyncApp(client=client, oauth_settings=settings, signing_secret="s")
    app.enable_token_revocation_listeners()

    async def answer(ack: Any, context: Any) -> None:
        await ack(f"here in {context.team_id}")

    app.command("/ops")(answer)
    flow = app.oauth_flow
    assert flow is not None
    assert flow.client.base_url == playground.api_url
    request = AsyncBoltRequest(body="")
    address = await flow.build_authorize_url("s1", request)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    form = {**asked, "workspace": "annex", "decision": "allow"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(playground.authorize_url, data=form, allow_redirects=False) as response,
    ):
        code = parse_qs(urlsplit(response.headers["Location"]).query)["code"][0]
    installation = await flow.run_installation(code)
    assert installation is not None
    await flow.store_installation(request, installation)

    handler = AsyncSocketModeHandler(app, playground.app_token)
    await handler.connect_async()
    await playground.wait_for_app()
    annex = playground.elsewhere("annex")
    assert (await annex.run_command("ada", "general", "/ops")).ok
    assert annex.ephemerals("ada", "general")[-1]["text"] == "here in T0ANNEX002"
    await client.auth_revoke(token=installation.bot_token)
    await playground.wait_for(lambda: not any(tmp_path.glob("*/*bot-latest")))
    await asyncio.sleep(0)
    await handler.close_async()
