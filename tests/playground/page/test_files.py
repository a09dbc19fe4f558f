"""What people do with files in a modal."""

import pytest
from playwright.async_api import FilePayload, expect
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.page.conftest import OpenPage
from tests.playground.page.desk import input_block, plain
from tests.playground.wire import ADA

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_files_are_chosen_and_taken_back(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """Chosen files are listed by name, one is removed again, and the modal holds the other."""
    page = await open_page()
    workspace = playground.workspace
    view = {
        "type": "modal",
        "callback_id": "run",
        "title": plain("Proof"),
        "submit": plain("Send"),
        "blocks": [input_block("proof", "Receipts", {"type": "file_input", "filetypes": ["txt"]})],
    }
    await desk.views_open(trigger_id=workspace.triggers.issue(workspace.state, ADA), view=view)
    modal = page.get_by_role("dialog", name="Proof")
    files: list[FilePayload] = [
        {"name": name, "mimeType": "text/plain", "buffer": b"x" * 100_000}
        for name in ("one.txt", "two.txt")
    ]
    await modal.get_by_label("Receipts").set_input_files(files)
    await expect(modal.get_by_role("listitem")).to_have_count(2)
    await modal.get_by_role("button", name="Remove one.txt").click()
    await expect(modal.get_by_role("listitem")).to_have_text(["two.txt"])
    await modal.get_by_role("button", name="Send").click()
    (envelope,) = await playground.wait_for(lambda: playground.envelopes("interactive"))
    (sent,) = envelope.payload["view"]["state"]["values"]["proof"]["it"]["files"]
    assert (sent["name"], sent["size"]) == ("two.txt", 100_000)


async def test_typing_into_a_menu_keeps_every_letter(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """The first letter opens the list and stays."""
    page = await open_page()
    workspace = playground.workspace
    element = {"type": "users_select"}
    view = {
        "type": "modal",
        "title": plain("Who"),
        "submit": plain("Send"),
        "blocks": [input_block("who", "For whom", element)],
    }
    await desk.views_open(trigger_id=workspace.triggers.issue(workspace.state, ADA), view=view)
    field = page.get_by_role("dialog", name="Who").get_by_role("combobox")
    await field.focus()
    await page.keyboard.type("cle")
    await expect(field).to_have_value("cle")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(field).to_have_value("Cleo")
