import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, ARCHIVE, BEN, BOARD, BOT, GENERAL, OPS, RANDOM, Api


async def test_the_list_shows_what_the_bot_may_know(api: Api) -> None:
    """Public channels, also archived ones unless excluded; private ones only from inside."""
    answer = await api("conversations.list", types="public_channel,private_channel")
    found = {channel["id"]: channel for channel in answer["channels"]}
    assert {GENERAL, OPS, RANDOM, ARCHIVE} <= found.keys()
    assert BOARD not in found
    assert (found[OPS]["is_member"], found[RANDOM]["is_member"]) == (True, False)
    living = await api("conversations.list", exclude_archived=True)
    assert ARCHIVE not in {channel["id"] for channel in living["channels"]}


async def test_the_list_has_pages(api: Api) -> None:
    """Cursors lead through all channels, each once."""
    found: list[str] = []
    cursor = ""
    while True:
        answer = await api("conversations.list", limit=2, cursor=cursor)
        found += [channel["id"] for channel in answer["channels"]]
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert len(found) == len(set(found)) == 5


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"types": "secret"}, "invalid_types"),
        ({"limit": 1001}, "invalid_limit"),
        ({"cursor": "???"}, "invalid_cursor"),
    ],
)
async def test_a_wrong_list_is_refused(api: Api, arguments: dict[str, object], error: str) -> None:
    """Wrong types, limits and cursors have their errors."""
    assert (await api("conversations.list", **arguments))["error"] == error


async def test_private_channels_need_their_scope() -> None:
    """groups:read is not channels:read."""
    seed = {"scopes": ["channels:read"]}
    async with Playground(seed=seed) as playground, Api(playground) as api:
        answer = await api("conversations.list", types="private_channel")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:read")


async def test_info_and_members(api: Api) -> None:
    """A channel by id, and who is in it."""
    info = await api("conversations.info", channel=OPS, include_num_members=True)
    assert (info["channel"]["name"], info["channel"]["num_members"]) == ("ops", 4)
    assert BOT in (await api("conversations.members", channel=OPS))["members"]
    assert (await api("conversations.info", channel=BOARD))["error"] == "channel_not_found"


async def test_joining(playground: Playground, api: Api) -> None:
    """Public channels once, with a warning the second time; archived and direct ones never."""
    assert (await api("conversations.join", channel=RANDOM))["channel"]["is_member"] is True
    assert BOT in playground.channel("random").members
    again = await api("conversations.join", channel=RANDOM)
    assert (again["ok"], again["warning"]) == (True, "already_in_channel")
    assert (await api("conversations.join", channel=ARCHIVE))["error"] == "is_archived"
    direct = await api("conversations.join", channel=playground.im("ada").id)
    assert direct["error"] == "method_not_supported_for_channel_type"


async def test_opening_direct_messages(api: Api) -> None:
    """One person gives a D channel, the same every time; several give a group."""
    first = await api("conversations.open", users=ADA)
    again = await api("conversations.open", users=[ADA])
    assert first["channel"]["id"].startswith("D")
    assert (again["channel"], again["already_open"]) == (first["channel"], True)
    group = await api("conversations.open", users=f"{ADA},{BEN}", return_im=True)
    assert group["channel"]["is_mpim"] is True
    assert (await api("conversations.open"))["error"] == "users_list_not_supplied"
    assert (await api("conversations.open", users="U0NOBODY01"))["error"] == "user_not_found"


async def test_the_channels_of_a_person(api: Api) -> None:
    """users.conversations lists one person's channels that the bot may know of."""
    answer = await api("users.conversations", user=BOT)
    assert {channel["id"] for channel in answer["channels"]} == {
        GENERAL,
        OPS,
        "C0AIOPS003",
        ARCHIVE,
    }
