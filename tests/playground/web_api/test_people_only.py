"""What only a person's token may do: search, reminders, saved items, who they are."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_playground import HandClock, Playground
from slack_playground.pictures import draw_picture
from slack_playground.state import File

from tests.playground.wire import ADA, BEN, BOARD, BOT, OPS, RANDOM, Api


@pytest.fixture
async def ada(playground: Playground) -> AsyncIterator[Api]:
    """The Web API with Ada's token."""
    async with Api(playground, playground.user_token) as api:
        yield api


@pytest.fixture
def said(playground: Playground) -> dict[str, str]:
    """A few messages here and there, by their text."""
    wrote = {
        "Soup is ready": ("ben", "ops"),
        "Soup is cold": ("cleo", "random"),
        "Secret soup <https://example.com>": ("ben", "board"),
        "Bread": ("ada", "ops"),
    }
    return {
        text: playground.write(user, channel, text).answer["message"]["ts"]
        for text, (user, channel) in wrote.items()
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("soup", ["Secret", "Soup is cold", "Soup is ready"]),
        ("SOUP ready", ["Soup is ready"]),
        ('"is cold"', ["Soup is cold"]),
        ("soup -ready -secret", ["Soup is cold"]),
        ("in:#ops", ["Bread", "Soup is ready"]),
        ("soup in:random", ["Soup is cold"]),
        (f"soup in:<#{BOARD}|board>", ["Secret"]),
        ("from:@ben", ["Secret", "Soup is ready"]),
        ("from:me", ["Bread"]),
        ("soup -from:@ben", ["Soup is cold"]),
        ("soup -in:#board -in:random", ["Soup is ready"]),
        ("soup -has:link -has::eyes:", ["Soup is cold"]),
        ("soup has:link", ["Secret"]),
        ("has::eyes:", ["Soup is ready"]),
        ("has:pin", ["Bread"]),
        ("soup after:2020-01-01 before:2020-01-02", []),
        ("soup on:today", ["Secret", "Soup is cold", "Soup is ready"]),
        ("soup before:lunch", []),
        ("stew", []),
    ],
)
async def test_a_search_finds_what_the_person_sees(
    playground: Playground, ada: Api, said: dict[str, str], query: str, found: list[str]
) -> None:
    """By words, phrases and modifiers, the newest first."""
    playground.react("cleo", "ops", said["Soup is ready"], "eyes")
    playground.pin("ada", "ops", said["Bread"])
    answer = await ada("search.messages", query=query)
    texts = [one["text"] for one in answer["messages"]["matches"]]
    assert [text.startswith(word) for text, word in zip(texts, found, strict=True)] == [
        True for _ in found
    ]
    assert answer["messages"]["total"] == len(found)


async def test_a_search_hides_what_is_private(playground: Playground, said: dict[str, str]) -> None:
    """Cleo is not on the board."""
    token = "xoxp-cleo"
    playground.state.tokens[token] = type(playground.state.tokens[playground.user_token])(
        "user", "U0CLEO0003", frozenset({"search:read"})
    )
    async with Api(playground, token) as cleo:
        answer = await cleo("search.messages", query="soup")
    channels = [one["channel"]["id"] for one in answer["messages"]["matches"]]
    assert channels == [RANDOM, OPS]


async def test_a_search_comes_in_pages(ada: Api, said: dict[str, str]) -> None:
    """With both kinds of paging, in either direction, and marks around what was found."""
    page = {"query": "soup", "count": 2, "page": 2, "sort_dir": "asc", "highlight": True}
    answer = (await ada("search.messages", **page))["messages"]
    assert answer["paging"] == {"count": 2, "total": 3, "page": 2, "pages": 2}
    assert (answer["pagination"]["first"], answer["pagination"]["last"]) == (3, 3)
    (match,) = answer["matches"]
    assert match["text"].startswith("Secret \ue000soup\ue001")
    assert match["permalink"].endswith(f"/archives/{BOARD}/p{match['ts'].replace('.', '')}")
    assert (await ada("search.messages", query=" "))["error"] == "no_query"
    beyond = (await ada("search.messages", query="soup", page=9))["messages"]["pagination"]
    assert (beyond["first"], beyond["last"], beyond["total_count"]) == (0, 0, 3)


async def test_files_are_searched(playground: Playground, api: Api, ada: Api) -> None:
    """By name and by what is in them; of the bot's files those in sight."""
    playground.share_file("ben", "ops", "prices.csv", b"soup,3")
    assert (await api("search.files", query="soup"))["error"] == "not_allowed_token_type"
    for query, total in (
        ("soup in:ops", 1),
        ("prices -from:me", 1),
        ("soup -from:ben", 0),
        ("soup in:random", 0),
        ("soup -in:ops", 0),
    ):
        answer = await ada("search.all", query=query)
        assert (query, answer["files"]["total"]) == (query, total)


async def test_a_reminder_is_kept(ada: Api, clock: HandClock) -> None:
    """Until it is done or taken back; one that repeats is never done."""
    added = (await ada("reminders.add", text="Stir", time="in 5 minutes"))["reminder"]
    assert added["time"] == int(clock.now()) + 300
    assert (added["user"], added["complete_ts"], added["recurring"]) == (ADA, 0, False)
    weekly = (await ada("reminders.add", text="Shop", time="every Thursday"))["reminder"]
    assert (weekly["recurring"], "time" in weekly) == (True, False)
    assert len((await ada("reminders.list"))["reminders"]) == 2
    assert (await ada("reminders.complete", reminder=added["id"]))["ok"] is True
    assert (await ada("reminders.info", reminder=added["id"]))["reminder"]["complete_ts"] > 0
    refused = await ada("reminders.complete", reminder=weekly["id"])
    assert refused["error"] == "cannot_complete_recurring"
    assert (await ada("reminders.delete", reminder=weekly["id"]))["ok"] is True
    assert (await ada("reminders.info", reminder=weekly["id"]))["error"] == "not_found"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"time": "soonish"}, "cannot_parse"),
        ({"time": 1_000_000_000}, "cannot_parse"),
        ({"time": 9_999_999_999}, "cannot_parse"),
        ({"user": BEN}, "cannot_add_others"),
        ({"user": BOT}, "cannot_add_bot"),
        ({"user": "USLACKBOT"}, "cannot_add_slackbot"),
        ({"user": "U0NOBODY00"}, "user_not_found"),
        ({"recurrence": {"frequency": "hourly"}}, "invalid_arguments"),
        ({"text": ""}, "invalid_arguments"),
    ],
)
async def test_a_reminder_is_refused(ada: Api, arguments: dict[str, Any], error: str) -> None:
    """Nobody is reminded by others, and the time must be clear."""
    answer = await ada("reminders.add", **{"text": "Stir", "time": "60", **arguments})
    assert answer["error"] == error


async def test_things_are_saved_for_later(ada: Api, said: dict[str, str]) -> None:
    """A message and a channel, once each, until taken back."""
    message = {"channel": OPS, "timestamp": said["Bread"]}
    for item in (message, {"channel": RANDOM}):
        assert (await ada("stars.add", **item))["ok"] is True
    assert (await ada("stars.add", **message))["error"] == "already_starred"
    listed = await ada("stars.list")
    assert [one["type"] for one in listed["items"]] == ["channel", "message"]
    assert listed["items"][1]["message"]["text"] == "Bread"
    assert (await ada("stars.remove", **message))["ok"] is True
    assert (await ada("stars.remove", **message))["error"] == "not_starred"
    for item, error in (
        ({}, "no_item_specified"),
        ({"file": "F1"}, "file_not_found"),
        ({"channel": OPS, "timestamp": "soon"}, "bad_timestamp"),
        ({"channel": OPS, "timestamp": "1.000000"}, "message_not_found"),
    ):
        assert (await ada("stars.add", **item))["error"] == error


async def test_a_file_of_others_is_not_saved(playground: Playground, ada: Api) -> None:
    """Unless it stands where the person sees it."""
    file = File("F1", "menu.txt", 4, user=BOT, is_complete=True)
    playground.state.files[file.id] = file
    assert (await ada("stars.add", file=file.id))["error"] == "file_not_found"
    file.shares[OPS] = []
    assert (await ada("stars.add", file=file.id))["ok"] is True


@pytest.mark.parametrize(
    ("scopes", "keys", "team_keys"),
    [
        ("identity.basic", {"name", "id"}, {"id"}),
        ("identity.basic identity.email", {"name", "id", "email"}, {"id"}),
    ],
)
async def test_an_identity_is_as_wide_as_its_scopes(
    playground: Playground, scopes: str, keys: set[str], team_keys: set[str]
) -> None:
    """Without them there are a name and two ids."""
    held = playground.state.tokens[playground.user_token]
    held.scopes = frozenset(scopes.split())
    async with Api(playground, playground.user_token) as ada:
        answer = await ada("users.identity")
    assert (set(answer["user"]), set(answer["team"])) == (keys, team_keys)


async def test_a_person_changes_their_picture(playground: Playground, ada: Api) -> None:
    """A picture is served from then on, and after it is taken away the drawn one again."""
    address = (await ada("users.info", user=ADA))["user"]["profile"]["image_48"]
    drawn = await fetched(ada, address)
    photo = draw_picture("photo", 16)
    form = aiohttp.FormData()
    form.add_field("image", photo, filename="me.png")
    _, answer = await ada.raw("users.setPhoto", data=form)
    assert (answer["ok"], await fetched(ada, address)) == (True, photo)
    await ada("users.deletePhoto")
    assert await fetched(ada, address) == drawn


async def fetched(api: Api, address: str) -> bytes:
    async with api.session.get(address) as response:
        return await response.read()


async def test_a_file_is_made_public(playground: Playground, ada: Api) -> None:
    """It has a link of its own until that is taken back."""
    playground.share_file("ada", "ops", "menu.txt", b"Soup")
    file = playground.messages("ops")[-1]["files"][0]["id"]
    shared = (await ada("files.sharedPublicURL", file=file))["file"]
    assert await fetched(ada, shared["permalink_public"]) == b"Soup"
    assert (await ada("files.sharedPublicURL", file=file))["error"] == "already_public"
    revoked = (await ada("files.revokePublicURL", file=file))["file"]
    assert (revoked["public_url_shared"], "permalink_public" in revoked) == (False, False)
