"""Bookmarks, profiles, user groups, emoji, marks, steps of workflows."""

from slack_playground import Playground

from tests.playground.wire import ADA, BEN, OPS, RANDOM, Api


async def test_bookmarks(api: Api) -> None:
    """Added, changed, listed and removed, where the app is."""
    link = {"type": "link", "title": "Menu", "link": "https://example.com"}
    made = (await api("bookmarks.add", channel_id=OPS, **link))["bookmark"]
    named = {"channel_id": OPS, "bookmark_id": made["id"]}
    edited = (await api("bookmarks.edit", **named, title="Today", emoji=":soup:"))["bookmark"]
    assert (edited["title"], edited["link"], edited["emoji"]) == (
        "Today",
        "https://example.com",
        ":soup:",
    )
    assert (await api("bookmarks.list", channel_id=OPS))["bookmarks"] == [edited]
    assert (await api("bookmarks.remove", **named))["ok"] is True
    assert (await api("bookmarks.remove", **named))["error"] == "not_found"
    for changes, error in (
        ({"link": "menu"}, "invalid_link"),
        ({"type": "file"}, "invalid_bookmark_type"),
        ({"channel_id": RANDOM}, "not_in_channel"),
    ):
        answer = await api("bookmarks.add", **{"channel_id": OPS, **link, **changes})
        assert answer["error"] == error


async def test_profiles(playground: Playground, api: Api) -> None:
    """Everybody's can be read; a person sets their own, a bot none."""
    async with Api(playground, playground.user_token) as ada:
        status = {"status_text": "Lunch", "status_emoji": ":soup:"}
        changed = await ada("users.profile.set", profile=status)
        assert (changed["username"], changed["profile"]["status_text"]) == ("ada", "Lunch")
        assert (await ada("users.profile.set", name="title", value="Cook"))["ok"] is True
        failed = await ada("users.profile.set", profile={"team": "T1"})
        assert failed["error"] == "profile_set_failed"
    profile = (await api("users.profile.get", user=ADA))["profile"]
    assert (profile["status_emoji"], profile["title"]) == (":soup:", "Cook")
    assert profile == (await api("users.info", user=ADA))["user"]["profile"]
    refused = await api("users.profile.set", profile=status)
    assert refused["error"] == "not_allowed_token_type"


async def test_user_groups_are_made(api: Api) -> None:
    """Names and handles are given once; people are replaced as a whole."""
    made = (await api("usergroups.create", name="Cooks", handle="cooks"))["usergroup"]
    taken = await api("usergroups.create", name="Cooks")
    assert taken["error"] == "name_already_exists"
    taken = await api("usergroups.update", usergroup=made["id"], handle="operators")
    assert taken["error"] == "handle_already_exists"
    users = await api("usergroups.users.update", usergroup=made["id"], users=f"{ADA},{BEN}")
    assert users["usergroup"]["users"] == [ADA, BEN]
    wrong = await api("usergroups.users.update", usergroup=made["id"], users="U0NOBODY00")
    assert wrong["error"] == "invalid_users"
    await api("usergroups.disable", usergroup=made["id"])
    names = [one["name"] for one in (await api("usergroups.list"))["usergroups"]]
    assert names == ["Operators"]
    await api("usergroups.enable", usergroup=made["id"])
    assert len((await api("usergroups.list"))["usergroups"]) == 2


async def test_emoji_and_reactions_are_listed(playground: Playground, api: Api) -> None:
    """The workspace's own emoji, and what somebody reacted to."""
    playground.state.emoji["ada"] = "https://example.com/ada.png"
    assert (await api("emoji.list"))["emoji"] == {"ada": "https://example.com/ada.png"}
    first, second = (
        playground.write("ada", "ops", text).answer["message"]["ts"] for text in ("a", "b")
    )
    for ts in (first, second):
        playground.react("ben", "ops", ts, "eyes")
    page = await api("reactions.list", user=BEN, limit=1)
    assert [one["message"]["text"] for one in page["items"]] == ["b"]
    cursor = page["response_metadata"]["next_cursor"]
    page = await api("reactions.list", user=BEN, limit=1, cursor=cursor)
    assert [one["message"]["text"] for one in page["items"]] == ["a"]
    assert (await api("reactions.list"))["items"] == []


async def test_conversations_are_marked_and_closed(playground: Playground, api: Api) -> None:
    """A mark is a message's; only direct messages are closed."""
    ts = playground.write("ada", "ops", "x").answer["message"]["ts"]
    assert (await api("conversations.mark", channel=OPS, ts=ts))["ok"] is True
    assert (await api("conversations.mark", channel=OPS, ts="1.0"))["error"] == "invalid_timestamp"
    closed = await api("conversations.close", channel=OPS)
    assert closed["error"] == "method_not_supported_for_channel_type"
    assert (await api("conversations.close", channel=playground.im("ada").id))["ok"] is True


async def test_a_step_ends_once(playground: Playground, api: Api) -> None:
    """What is unknown, over, or lacks its outputs is refused."""
    unknown = await api("functions.completeSuccess", function_execution_id="Fx1", outputs={})
    assert unknown["error"] == "function_execution_not_found"
    answer = playground.run_function("ada", "cook").answer
    assert (await api("functions.completeSuccess", **answer))["error"] == (
        "parameter_validation_failed"
    )
    assert (await api("functions.completeError", error="Burnt", **answer))["ok"] is True
    late = await api("functions.completeSuccess", outputs={}, **answer)
    assert late["error"] == "execution_not_in_running_state"
