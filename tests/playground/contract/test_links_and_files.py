"""Rule: links are unfurled and files shown as Slack does it."""

from typing import Any

import pytest
from slack_playground import Playground
from slack_playground.pictures import draw_picture

from tests.playground.wire import ADA, OPS, Api, Caller

LINK = "https://example.com/soup"
ENTITY = {
    "app_unfurl_url": LINK,
    "url": "https://example.com/recipes/1",
    "external_ref": {"id": "1"},
    "entity_type": "slack#/entities/item",
    "entity_payload": {
        "attributes": {"title": {"text": "Soup"}, "display_type": "Recipe"},
        "custom_fields": [{"key": "minutes", "label": "Minutes", "value": 12, "type": "integer"}],
    },
}


def linked(playground: Playground) -> dict[str, str]:
    """Let Ada write a link; return what names her message."""
    ts = playground.write("ada", "ops", f"See {LINK}").answer["message"]["ts"]
    return {"channel": OPS, "ts": str(ts)}


async def uploaded(playground: Playground, api: Api, name: str, content: bytes) -> str:
    begun = await api("files.getUploadURLExternal", filename=name, length=len(content))
    async with api.session.post(begun["upload_url"], data=content) as response:
        assert response.status == 200
    await api("files.completeUploadExternal", files=[{"id": begun["file_id"]}])
    return str(begun["file_id"])


async def test_a_work_object_hangs_on_its_link(playground: Playground, api: Api) -> None:
    """`metadata` alone suffices; the page shows its title and fields."""
    place = linked(playground)
    answer = await api("chat.unfurl", metadata={"entities": [ENTITY]}, **place)
    assert answer == {"ok": True}
    (shown,) = playground.message("ops", place["ts"])["attachments"]
    assert (shown["title"], shown["title_link"], shown["from_url"]) == ("Soup", ENTITY["url"], LINK)
    assert shown["fields"] == [{"title": "Minutes", "value": "12"}]
    assert shown["entity"] == ENTITY


@pytest.mark.parametrize(
    "metadata",
    [
        "soup",
        {"entities": []},
        {"event_type": "x"},
        {"entities": [{**ENTITY, "external_ref": {}}]},
        {"entities": [{**ENTITY, "entity_payload": {"attributes": {}}}]},
        {"entities": [{name: ENTITY[name] for name in ENTITY if name != "app_unfurl_url"}]},
    ],
)
async def test_a_work_object_lacks_something(
    playground: Playground, api: Api, metadata: Any
) -> None:
    """It needs its link, its address, a reference, a type and a title."""
    answer = await api("chat.unfurl", metadata=metadata, **linked(playground))
    assert answer["error"] == "invalid_metadata_format"


async def test_a_broken_address_is_answered(playground: Playground, api: Api) -> None:
    """As one that is nowhere; a Work Object without an address or an id cannot be opened."""
    broken = "http://["
    ts = playground.write("ada", "ops", f"see {broken}").answer["message"]["ts"]
    place = {"channel": OPS, "ts": ts}
    assert (await api("chat.unfurl", unfurls={broken: {"text": "x"}}, **place))["ok"] is True
    unfurled = {**ENTITY, "url": broken, "app_unfurl_url": broken}
    assert (await api("chat.unfurl", metadata={"entities": [unfurled]}, **place))["ok"] is True
    assert playground.open_entity("ada", "ops", ts).ok is True
    block = {"type": "image", "alt_text": "x", "slack_file": {"url": "https://["}}
    answer = await api("chat.postMessage", channel=OPS, blocks=[block])
    assert answer["error"] == "invalid_blocks"
    for entity in ({}, {**ENTITY, "external_ref": {"id": ""}}, {**ENTITY, "url": 5}):
        metadata = {"entities": [entity]}
        posted = await api("chat.postMessage", channel=OPS, text="x", metadata=metadata)
        assert playground.open_entity("ada", "ops", posted["ts"]).error == "entity_not_found"


async def test_only_what_the_message_says_is_unfurled(playground: Playground, api: Api) -> None:
    """Whether it comes as an attachment or as a Work Object."""
    place, elsewhere = linked(playground), "https://example.com/stew"
    unfurls = {elsewhere: {"text": "Stew"}}
    metadata = {"entities": [{**ENTITY, "app_unfurl_url": elsewhere}]}
    for said in ({"unfurls": unfurls}, {"metadata": metadata}):
        assert (await api("chat.unfurl", **said, **place))["error"] == "cannot_unfurl_message"


async def test_a_finished_picture_is_shown(playground: Playground, api: Api) -> None:
    """By its id or its address; a table of prices is none."""
    picture = await uploaded(playground, api, "soup.png", draw_picture("soup", 8))
    address = (await api("files.info", file=picture))["file"]["url_private"]
    prices = await uploaded(playground, api, "prices.csv", b"soup,3")
    wanted = [({"id": picture}, True), ({"url": address}, True), ({"id": prices}, False)]
    for named, is_taken in wanted:
        block = {"type": "image", "alt_text": "x", "slack_file": named}
        answer = await api("chat.postMessage", channel=OPS, text="x", blocks=[block])
        assert answer["ok"] is is_taken, answer


async def test_blanks_beside_something_are_fine(playground: Playground, api: Api) -> None:
    """Only where they are all there is they are nothing."""
    attachment = {"title": "Menu"}
    posted = await api("chat.postMessage", channel=OPS, text=" ", attachments=[{}, attachment])
    assert [one["title"] for one in posted["message"]["attachments"]] == ["Menu"]


async def test_a_reaction_goes_by_its_bare_name(playground: Playground, api: Api) -> None:
    """An app leaves the colons out; a person's client does that by itself."""
    place = {"channel": OPS, "timestamp": linked(playground)["ts"]}
    assert (await api("reactions.add", name=":eyes:", **place))["error"] == "invalid_name"
    assert playground.react("ben", "ops", place["timestamp"], ":eyes:").ok is True


async def test_details_of_a_work_object_are_asked_for(
    playground: Playground, api: Api, app: Caller
) -> None:
    """The app hears which one and from whom, and answers that person once, about that one."""
    place = linked(playground)
    await api("chat.unfurl", metadata={"entities": [ENTITY]}, **place)
    assert playground.open_entity("ada", "ops", place["ts"], "https://example.com").ok is False
    assert playground.open_entity("ada", "ops", place["ts"]).ok
    await playground.wait_for(lambda: app.events("entity_details_requested"))
    (event,) = app.events("entity_details_requested")
    assert (event["user"], event["external_ref"], event["message_ts"]) == (
        ADA,
        {"id": "1"},
        place["ts"],
    )
    assert event["link"] == {"url": ENTITY["url"], "domain": "example.com"}
    details = {**ENTITY, "external_ref": {"id": "1"}}
    asked = {"trigger_id": event["trigger_id"]}
    for wrong, error in (
        ({"metadata": {"url": "x"}}, "invalid_metadata"),
        ({"metadata": "{"}, "invalid_metadata"),
        ({"user_auth_required": True}, "user_auth_url_missing"),
    ):
        assert (await api("entity.presentDetails", **asked, **wrong))["error"] == error
    assert (await api("entity.presentDetails", **asked, metadata=details))["ok"] is True
    shown = playground.entity_details("ada")
    assert shown == {"entity": "1", "metadata": details}
    again = await api("entity.presentDetails", **asked, metadata=details)
    assert again["error"] == "exchanged_trigger_id"


async def test_details_are_of_what_was_opened(
    playground: Playground, api: Api, app: Caller
) -> None:
    """Those of another Work Object are refused; a message may bring its own, too."""
    entities = [{**ENTITY, "external_ref": {"id": "7"}}]
    ts = (await api("chat.postMessage", channel=OPS, text="x", metadata={"entities": entities}))[
        "ts"
    ]
    assert (await api.page("entity", user="ada", channel="ops", ts=ts))["ok"] is True
    await playground.wait_for(lambda: app.events("entity_details_requested"))
    trigger_id = app.events("entity_details_requested")[0]["trigger_id"]
    other = await api("entity.presentDetails", trigger_id=trigger_id, metadata=ENTITY)
    assert other["error"] == "entity_metadata_does_not_match_trigger"
    assert playground.entity_details("ada") is None
    # As with views, what is refused leaves the trigger as it was.
    right = await api("entity.presentDetails", trigger_id=trigger_id, metadata=entities[0])
    assert right["ok"] is True
