"""Bolt for JavaScript, unmodified, as a client that shares no code with the Python SDK."""

import json
from pathlib import Path

import pytest
from slack_playground import Playground

pytestmark = pytest.mark.node


async def test_a_modal_from_command_to_message(served: Playground) -> None:
    """Command, external menu, field error, post, click, edit and response URL."""
    assert (await served.run_command("ada", "ops", "/order")).ok
    (view,) = await served.wait_for(lambda: served.views("ada"))
    container = {"type": "view", "view_id": view["id"]}
    (option,) = (await served.options("ada", container, "tables")).answer["options"]
    refused = await served.submit("ada", view["id"], {"dish": "nothing", "tables": option})
    assert refused.errors == {"dish": "The kitchen knows no such dish."}
    assert (await served.submit("ada", view["id"], {"dish": "soup", "tables": option})).ok
    (message,) = await served.wait_for(lambda: served.messages("ops"))
    assert message["text"] == "soup for window"
    assert message["metadata"]["event_payload"] == {"by": served.user("ada").id}
    assert (await served.click("ben", "ops", message["ts"], "Serve")).ok
    await served.wait_for(lambda: served.ephemerals("ben", "ops"))
    assert served.message("ops", message["ts"])["text"] == "served"


async def test_events_shortcuts_and_pages(served: Playground) -> None:
    """Mention, message, Home and a shortcut that reads a list page by page."""
    mention = served.write("ada", "ops", "@sample").answer["message"]["ts"]
    (reply,) = await served.wait_for(lambda: served.replies("ops", mention))
    assert reply["text"] == f"Yes, <@{served.user('ada').id}>?"
    echoed = served.write("ada", "ops", "echo").answer["message"]["ts"]
    await served.wait_for(lambda: "reactions" in served.message("ops", echoed))
    served.open_home("cleo")
    await served.wait_for(lambda: served.home("cleo"))
    assert (await served.run_shortcut("ada", "count")).ok
    await served.wait_for(lambda: served.messages("ops")[-1]["text"] == "4 people")


async def test_it_comes_back_after_a_refresh(served: Playground) -> None:
    """Slack's request to reconnect leads to a new socket on which it works."""
    await served.upset_sockets("refresh")
    await served.wait_for(lambda: len(served.calls("apps.connections.open")) > 1)
    await served.wait_for_app()
    assert (await served.run_command("ada", "ops", "/order")).ok


async def test_a_limit_is_waited_for(served: Playground) -> None:
    """The SDK honours Retry-After and tries again by itself."""
    served.fail("chat.update", "http", status=429, retry_after=1)
    await served.run_command("ada", "ops", "/order")
    (view,) = await served.wait_for(lambda: served.views("ada"))
    container = {"type": "view", "view_id": view["id"]}
    (option,) = (await served.options("ada", container, "tables")).answer["options"]
    await served.submit("ada", view["id"], {"dish": "soup", "tables": option})
    (message,) = await served.wait_for(lambda: served.messages("ops"))
    await served.click("ben", "ops", message["ts"], "Serve")
    await served.wait_for(lambda: served.messages("ops")[0]["text"] == "served")
    assert [call.status for call in served.calls("chat.update")] == [429, 200]


def test_the_lock_file_names_no_registry() -> None:
    """It pins what is installed by its contents, not by where somebody once got it."""
    lock = json.loads((Path(__file__).parent / "package-lock.json").read_text(encoding="utf-8"))
    packages = [one for path, one in lock["packages"].items() if path]
    assert not any("resolved" in one for one in packages)
    assert all(one["integrity"].startswith("sha512-") for one in packages)
