"""Bolt without Socket Mode: requests with Slack's signature, checked by Bolt itself."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.say.async_say import AsyncSay
from slack_playground import HandClock, Playground
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.wire import OPS, Api, actions, button, modal

PATH = "/slack/events"


@pytest.fixture
def bolt(playground: Playground) -> AsyncApp:
    client = AsyncWebClient(token=playground.bot_token, base_url=playground.api_url)
    return AsyncApp(client=client, signing_secret=playground.signing_secret)


async def listening(app: web.Application) -> tuple[web.AppRunner, str]:
    """Serve an app on a free port."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    return runner, f"http://{host}:{port}"


@pytest.fixture
async def running(
    playground: Playground, bolt: AsyncApp, without_proxies: None
) -> AsyncIterator[Playground]:
    """The workspace, with the app's address in it and challenged."""
    runner, address = await listening(bolt.web_app(PATH))
    assert await playground.use_request_url(f"{address}{PATH}")
    yield playground
    await runner.cleanup()


async def test_an_app_lives_without_a_socket(bolt: AsyncApp, running: Playground) -> None:
    """Event, command, modal, click and options all arrive, and their answers count."""

    async def greet(event: Any, say: AsyncSay) -> None:
        await say(text="Hello", thread_ts=event["ts"], blocks=[actions(button("Order", "order"))])

    async def order(ack: AsyncAck, body: Any, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal())

    async def finish(ack: AsyncAck, view: Any) -> None:
        name = view["state"]["values"]["name"]["typed"]["value"]
        if name == "none":
            await ack(response_action="errors", errors={"name": "Say what."})
        else:
            await ack()

    async def menu(ack: AsyncAck) -> None:
        await ack("Soup and bread")

    bolt.event("app_mention")(greet)
    bolt.action("order")(order)
    bolt.view("form")(finish)
    bolt.command("/menu")(menu)

    ts = running.write("ada", "ops", "<@U0SAMPLE001> hi").answer["message"]["ts"]
    (reply,) = await running.wait_for(lambda: running.replies("ops", ts))
    assert (await running.click("ada", "ops", reply["ts"], "Order")).ok
    view = (await running.wait_for(lambda: running.views("ada")))[-1]
    refused = await running.submit("ada", view["id"], {"name": "none"})
    assert refused.errors == {"name": "Say what."}
    assert (await running.submit("ada", view["id"], {"name": "soup"})).ok
    assert running.views("ada") == []
    assert (await running.run_command("ben", "ops", "/menu")).ok
    assert running.ephemerals("ben", "ops")[-1]["text"] == "Soup and bread"
    assert running.connected == 0


async def test_an_address_must_repeat_the_challenge(playground: Playground) -> None:
    """Without that it gets no event; commands and clicks come all the same."""
    runner, address = await listening(web.Application())
    assert await playground.use_request_url(f"{address}{PATH}") is False
    playground.write("ada", "ops", "hi")
    await playground.wait_for(playground.envelopes)
    await playground.wait_for(lambda: playground.envelopes()[0].outcome != "sent")
    assert playground.envelopes()[0].outcome == "no_connection"
    assert (await playground.run_command("ada", "ops", "/menu")).error == "http_client_error"
    await runner.cleanup()
    assert (await playground.run_command("ada", "ops", "/menu")).error == "dispatch_failed"


async def test_an_event_is_sent_again_until_it_is_taken(playground: Playground) -> None:
    """With its number, its reason and the same id; `X-Slack-No-Retry` ends it."""
    heard: list[tuple[str | None, str | None, str]] = []

    async def listen(request: web.Request) -> web.Response:
        sent = await request.json()
        if "challenge" in sent:
            return web.Response(text=sent["challenge"])
        said = request.headers.get
        heard.append((said("X-Slack-Retry-Num"), said("X-Slack-Retry-Reason"), sent["event_id"]))
        if sent["event"]["text"] == "enough":
            return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
        return web.Response(status=200 if len(heard) == 3 else 500)

    app = web.Application()
    app.router.add_post(PATH, listen)
    runner, address = await listening(app)
    assert await playground.use_request_url(f"{address}{PATH}")
    playground.write("ada", "ops", "hi")
    await playground.wait_for(lambda: len(heard) == 3)
    assert [one[:2] for one in heard] == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert len({one[2] for one in heard}) == 1
    # The first redelivery would come at once, before the next message.
    playground.write("ada", "ops", "enough")
    await playground.wait_for(lambda: len(heard) == 4)
    playground.write("ada", "ops", "enough")
    await playground.wait_for(lambda: len(heard) == 5)
    assert len({one[2] for one in heard}) == 3
    await runner.cleanup()


async def test_an_address_that_leads_in_a_circle_is_given_up(playground: Playground) -> None:
    """After a few redirections; the next try says why."""
    reasons: list[str | None] = []

    async def lead_on(request: web.Request) -> web.Response:
        sent = await request.json()
        if "challenge" in sent:
            return web.Response(text=sent["challenge"])
        reasons.append(request.headers.get("X-Slack-Retry-Reason"))
        raise web.HTTPTemporaryRedirect(PATH)

    app = web.Application()
    app.router.add_post(PATH, lead_on)
    runner, address = await listening(app)
    assert await playground.use_request_url(f"{address}{PATH}")
    playground.write("ada", "ops", "hi")
    await playground.wait_for(lambda: "too_many_redirects" in reasons)
    assert reasons[0] is None
    await runner.cleanup()


async def test_the_manifests_addresses_count(clock: HandClock) -> None:
    """Each kind goes where the manifest says; an app in Socket Mode gets nothing over HTTP."""
    heard: list[str] = []

    async def listen(request: web.Request) -> web.Response:
        heard.append(request.path)
        return web.json_response({"options": []} if request.path == "/options" else {})

    app = web.Application()
    app.router.add_post("/{any}", listen)
    runner, address = await listening(app)
    manifest: dict[str, Any] = {
        "display_information": {"name": "Sample"},
        "features": {
            "bot_user": {"display_name": "sample"},
            "slash_commands": [
                {"command": "/menu", "description": "x", "url": f"{address}/command"}
            ],
        },
        "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
        "settings": {
            "interactivity": {
                "is_enabled": True,
                "request_url": f"{address}/acts",
                "message_menu_options_url": f"{address}/options",
            }
        },
    }
    async with Playground(manifest=manifest, limits="off", clock=clock) as playground:
        assert (await playground.run_command("ada", "ops", "/menu")).ok
        async with Api(playground) as api:
            menu = {"type": "external_select", "action_id": "dish"}
            blocks = [actions(button(), menu)]
            ts = (await api("chat.postMessage", channel=OPS, text="x", blocks=blocks))["ts"]
        assert (await playground.click("ada", "ops", ts, "Retry")).ok
        await playground.options("ada", {"type": "message", "channel": OPS, "ts": ts}, "dish", "s")
    assert heard == ["/command", "/acts", "/options"]
    manifest["settings"]["socket_mode_enabled"] = True
    async with Playground(manifest=manifest, limits="off", clock=clock) as playground:
        assert (await playground.run_command("ada", "ops", "/menu")).error == "dispatch_failed"
    await runner.cleanup()
