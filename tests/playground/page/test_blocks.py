"""Every block and element that Slack knows, and text that wants to be more than text."""

import pytest
from playwright.async_api import expect
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.blocks.element_gallery import ELEMENTS
from tests.playground.blocks.gallery import BLOCKS, around, block, furnish, surface_of
from tests.playground.page.conftest import OpenPage
from tests.playground.page.desk import Json, button, input_block, plain

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HOSTILE = """<img src=x onerror="window.hit=1"><script>window.hit=1</script>"><svg onload=hit=1>"""


def specimens() -> list[tuple[str, Json]]:
    """What messages may hold: every block, and every element in a block around it."""
    blocks = [(name, block(name)) for name in BLOCKS if surface_of(name) == "message"]
    held = [(name, around(name)) for name in ELEMENTS]
    return blocks + [(name, one) for name, (one, surface) in held if surface == "message"]


def modal_specimens() -> list[Json]:
    blocks = [block(name) for name in BLOCKS if surface_of(name) == "modal"]
    blocks += [one for one, surface in map(around, ELEMENTS) if surface == "modal"]
    return [{**one, "block_id": f"b{number}"} for number, one in enumerate(blocks)]


async def test_a_chart_keeps_its_words_readable_in_a_thread(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """It is drawn for narrow places too, and the one that fits is shown."""
    ops = playground.channel("ops").id
    posted = await desk.chat_postMessage(channel=ops, text="x", blocks=[block("bar")])
    await desk.chat_postMessage(channel=ops, thread_ts=str(posted["ts"]), text="Yes")
    page = await open_page()
    await page.get_by_role("button", name="1 reply").click()
    for place, shown, hidden in (("main", "wide", "narrow"), (".thread", "narrow", "wide")):
        await expect(page.locator(f"{place} .cartesian.is-{shown}")).to_be_visible()
        await expect(page.locator(f"{place} .cartesian.is-{hidden}")).to_be_hidden()


def chart(kind: str, values: list[float], *, label: str = "", y_label: str = "Tasks") -> Json:
    """One series; `label` comes before each category's number."""
    names = [f"{label}{number}" for number in range(len(values))]
    points = [{"label": name, "value": value} for name, value in zip(names, values, strict=True)]
    return {
        "type": "data_visualization",
        "title": "Odd",
        "chart": {
            "type": kind,
            "series": [{"name": "Done", "data": points}],
            "axis_config": {"categories": names, "x_label": "Day", "y_label": y_label},
        },
    }


ODD_CHARTS = [
    chart("line", [number % 7 for number in range(20)], label="Category number "),
    chart("bar", [1e15, 2.5e15], y_label="An axis label that is as long as one may be, fifty"),
    chart("bar", [0.00001, 0.00003]),
    chart("line", [0, 0], label="東京都新宿区西新宿東京都新宿区西新"),
]
# Every pair of words in a chart whose boxes meet, and every word outside of its picture.
CLASHES = """() => [...document.querySelectorAll(".cartesian.is-wide")].flatMap((picture) => {
  const boxOf = (node) => node.getBoundingClientRect();
  const boxes = [...picture.querySelectorAll("text")].map((one) => [one.textContent, boxOf(one)]);
  const around = boxOf(picture);
  const inRow = (a, b) => a.left < b.right - 1 && b.left < a.right - 1;
  const inColumn = (a, b) => a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const isOutside = ({ left, right, top }) =>
    left < around.left - 1 || right > around.right + 1 || top < around.top - 1;
  return boxes.flatMap(([words, box], place) => [
    ...boxes
      .slice(place + 1)
      .filter(([, other]) => inRow(box, other) && inColumn(box, other))
      .map(([others]) => `${words}/${others}`),
    ...(isOutside(box) ? [words] : []),
  ]);
})"""


async def test_no_words_of_a_chart_overlap(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """However long its labels and however large or small its values; small ones are not 0."""
    for one in ODD_CHARTS:
        ops = playground.channel("ops").id
        await desk.chat_postMessage(channel=ops, text="x", blocks=[one])
    page = await open_page()
    charts = page.locator(".cartesian.is-wide")
    await expect(charts).to_have_count(len(ODD_CHARTS))
    assert await page.evaluate(CLASHES) == []
    ticks = await charts.nth(2).locator(".axis-number").all_text_contents()
    assert ticks[:5] == ["0", "1e-5", "2e-5", "3e-5", "4e-5"]


async def test_every_block_of_a_message_is_drawn(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """No specimen of the gallery is beyond the page, and none writes to the console."""
    ops = playground.channel("ops")
    furnish(playground.state)
    for name, one in specimens():
        if "slack_file" not in str(one):  # A file that nobody uploaded cannot be shown.
            await desk.chat_postMessage(channel=ops.id, text=name, blocks=[one])
    page = await open_page()
    await expect(page.get_by_role("article")).to_have_count(len(ops.messages))
    await expect(page.locator(".block")).not_to_have_count(0)
    await expect(page.locator(".cannot-draw")).to_have_count(0)
    for row in await page.get_by_role("article").all():
        assert await row.locator(".message-body > .block").count() == 1


async def test_every_input_of_a_modal_is_drawn(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """All the elements that stand in inputs are drawn, each under its label."""
    page = await open_page()
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Run a task").click()
    sent = await playground.wait_for(lambda: playground.envelopes("interactive"))
    blocks = modal_specimens()
    view = {"type": "modal", "title": plain("All"), "submit": plain("Go"), "blocks": blocks}
    await desk.views_open(trigger_id=sent[-1].payload["trigger_id"], view=view)
    modal = page.get_by_role("dialog", name="All")
    await expect(modal.locator(".modal-body > .block")).to_have_count(len(blocks))
    await expect(modal.locator(".cannot-draw")).to_have_count(0)


async def test_an_unknown_block_stays_visible(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """A block of a type the page has never heard of is a box with its name."""
    ops = playground.channel("ops")
    answer = await desk.chat_postMessage(
        channel=ops.id, text="New", blocks=[{"type": "divider", "block_id": "new"}]
    )
    ops.messages[answer["ts"]].body["blocks"] = [{"type": "hologram"}]
    page = await open_page()
    await expect(page.get_by_text("cannot draw: hologram")).to_be_visible()


async def test_hostile_text_stays_text(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """Markup in any place of a message is shown as it is and runs nothing."""
    ops = playground.channel("ops").id
    label = HOSTILE[:70]
    blocks: list[Json] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": HOSTILE}},
        {"type": "header", "text": plain(HOSTILE)},
        {"type": "markdown", "text": HOSTILE},
        {"type": "table", "rows": [[{"type": "raw_text", "text": HOSTILE}]]},
        {"type": "actions", "elements": [button("retry", label, accessibility_label=label)]},
    ]
    await desk.chat_postMessage(channel=ops, text=HOSTILE, username=HOSTILE, blocks=blocks)
    await desk.chat_postMessage(channel=ops, text=HOSTILE)
    link = {"type": "link", "url": "javascript:window.hit=1", "text": "press"}
    rich = {"type": "rich_text_section", "elements": [link]}
    ts = playground.write("ben", "ops", HOSTILE).answer["message"]["ts"]
    playground.channel("ops").messages[ts].body["blocks"] = [
        {"type": "rich_text", "elements": [rich]}
    ]
    page = await open_page()
    await expect(page.get_by_role("article")).to_have_count(3)
    assert await page.locator("article script, article img, article svg[onload]").count() == 0
    assert await page.locator('a[href^="javascript"]').count() == 0
    assert await page.evaluate("window.hit") is None
    await expect(page.locator(".author").first).to_have_text(HOSTILE)


async def test_a_select_is_searched_and_chosen_by_keyboard(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """Typing narrows the list, Enter chooses, and the app gets the whole option."""
    options = [{"text": plain(word), "value": word.lower()} for word in ("Hour", "Day", "Week")]
    menu = {
        "type": "static_select",
        "action_id": "retry",
        "placeholder": plain("Snooze"),
        "options": options,
    }
    await desk.chat_postMessage(
        channel=playground.channel("ops").id,
        text="Failed",
        blocks=[{"type": "actions", "elements": [menu]}],
    )
    page = await open_page()
    box = page.get_by_role("combobox", name="Snooze")
    await box.focus()
    await box.press_sequentially("we")
    await expect(page.get_by_role("option")).to_have_count(1)
    await box.press("Enter")
    sent = await playground.wait_for(lambda: playground.envelopes("interactive"))
    assert sent[-1].payload["actions"][0]["selected_option"]["value"] == "week"


async def test_what_was_chosen_stays_through_an_edit(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """The app's own options are searched, and a choice stands while its ids stay equal."""
    ops = playground.channel("ops").id
    menu = {
        "type": "external_select",
        "action_id": "subject",
        "placeholder": plain("Subject"),
        "min_query_length": 2,
    }
    blocks: list[Json] = [{"type": "actions", "block_id": "same", "elements": [menu]}]
    answer = await desk.chat_postMessage(channel=ops, text="Choose", blocks=blocks)
    page = await open_page()
    box = page.get_by_role("combobox", name="Subject")
    await box.click()
    await expect(page.get_by_text("Type at least 2 characters")).to_be_visible()
    await box.press_sequentially("No")
    await page.get_by_role("option", name="No 2").click()
    more: Json = {"type": "section", "text": plain("Edited")}
    await desk.chat_update(channel=ops, ts=answer["ts"], text="Choose", blocks=[more, *blocks])
    await expect(page.get_by_text("Edited", exact=True)).to_be_visible()
    await expect(box).to_have_value("No 2")


async def test_a_data_table_is_sorted_and_stays_sorted(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """A column's button sorts its numbers as numbers; an edit does not undo it."""
    page = await open_page()
    ops = playground.channel("ops").id
    people = (("Ada", 9), ("Ben", 10), ("Cleo", 2))
    rows: list[list[Json]] = [
        [{"type": "raw_text", "text": "Name"}, {"type": "raw_text", "text": "Done"}]
    ]
    for name, done in people:
        number = {"type": "raw_number", "value": done, "text": str(done)}
        rows.append([{"type": "raw_text", "text": name}, number])
    table = {"type": "data_table", "block_id": "t", "caption": "Done", "rows": rows}
    answer = await desk.chat_postMessage(channel=ops, text="Done", blocks=[table])
    await page.get_by_role("button", name="Done").click()
    await expect(page.get_by_role("rowheader")).to_have_text(["Cleo", "Ada", "Ben"])
    await desk.chat_update(channel=ops, ts=answer["ts"], text="Done!", blocks=[table])
    await expect(page.get_by_role("button", name="Done")).to_be_focused()
    await expect(page.get_by_role("rowheader")).to_have_text(["Cleo", "Ada", "Ben"])


async def test_the_specimens_cover_both_surfaces():
    """The galleries are not empty by accident."""
    assert len(specimens()) > 30
    assert input_block("a", "A", {"type": "plain_text_input"})["type"] in str(modal_specimens())


async def test_a_select_starts_with_the_conversation_in_view(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """The current conversation is chosen where the app asks for it and its filter allows it."""
    menu = {
        "type": "conversations_select",
        "placeholder": plain("Where to"),
        "default_to_current_conversation": True,
    }
    private = {**menu, "action_id": "private", "filter": {"include": ["private"]}}
    elements = [{**menu, "action_id": "any"}, private]
    await desk.chat_postMessage(
        channel=playground.channel("ops").id,
        text="Move",
        blocks=[{"type": "actions", "elements": elements}],
    )
    page = await open_page()
    boxes = page.get_by_role("combobox", name="Where to")
    await expect(boxes.first).to_have_value("#ops")
    await expect(boxes.last).to_have_value("")
    await playground.run_command("ada", "ops", "/desk list")
    trigger_id = playground.envelopes("slash_commands")[-1].payload["trigger_id"]
    blocks = [input_block("to", "Tell", menu)]
    view = {"type": "modal", "title": plain("Tell"), "submit": plain("Tell"), "blocks": blocks}
    await desk.views_open(trigger_id=trigger_id, view=view)
    await expect(page.get_by_role("combobox", name="Tell")).to_have_value("#ops")
    await page.get_by_role("dialog").get_by_role("button", name="Tell").click()
    sent = await playground.wait_for(lambda: playground.envelopes("interactive"))
    chosen = sent[-1].payload["view"]["state"]["values"]["to"]["it"]
    assert playground.channel("ops").id == chosen["selected_conversation"]
