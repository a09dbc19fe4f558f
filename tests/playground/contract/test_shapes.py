"""Rule: an answer has the fields that its published type has, and a method its own tier."""

from typing import Any

import pytest
from slack_playground import Playground
from slack_playground.timing.limits import TIER_1, TIER_2, TIER_3, TIER_4
from slack_playground.web_api import METHODS

from tests.playground.wire import ADA, OPS, Api

# https://docs.slack.dev/reference/methods: the pages of methods that Bolt projects call less often.
PUBLISHED = {
    TIER_1: "apps.manifest.create apps.manifest.update apps.manifest.delete",
    TIER_2: "reminders.add reminders.list search.messages search.files stars.add files.remote.add"
    " files.remote.share slackLists.create slackLists.update slackLists.items.list"
    " slackLists.items.delete team.accessLogs bookmarks.add usergroups.create pins.remove"
    " conversations.create conversations.archive conversations.setTopic chat.stopStream",
    TIER_3: "calls.add calls.end calls.update slackLists.items.create slackLists.items.update"
    " slackLists.access.set users.identity conversations.invite conversations.kick"
    " conversations.leave conversations.mark chat.meMessage files.delete reactions.get"
    " entity.presentDetails agents.sessions.setStatus functions.completeError users.profile.set",
    TIER_4: "assistant.threads.setTitle assistant.threads.setSuggestedPrompts openid.connect.token",
}


@pytest.mark.parametrize(
    ("method", "per_minute"),
    [(method, tier) for tier, methods in PUBLISHED.items() for method in methods.split()],
)
def test_a_method_has_the_tier_of_its_page(method: str, per_minute: int) -> None:
    """As its own page says."""
    assert METHODS[method].per_minute == per_minute


@pytest.mark.parametrize(
    ("method", "arguments", "place", "there", "not_there"),
    [
        ("users.conversations", {"user": ADA}, "channels", "id topic", "is_member num_members"),
        ("conversations.list", {}, "channels", "is_member num_members", ""),
        ("usergroups.list", {}, "usergroups", "handle", "user_count users"),
        ("usergroups.list", {"include_count": True}, "usergroups", "user_count", "users"),
        ("team.info", {}, "team icon", "image_34 image_132 image_default", "image_36"),
        ("reactions.list", {}, "paging", "count total page pages", ""),
        ("chat.update", {"ts": "", "text": "y"}, "message", "text user bot_id", "ts"),
        ("chat.postMessage", {"text": "x"}, "message", "ts text user bot_id", ""),
    ],
)
async def test_an_answer_has_its_fields(
    api: Api, method: str, arguments: dict[str, Any], place: str, there: str, not_there: str
) -> None:
    """Those that are there, and those that a sibling has and this one has not."""
    posted = await api("chat.postMessage", channel=OPS, text="x")
    if "ts" in arguments:
        arguments = {**arguments, "ts": posted["ts"]}
    answer = await api(method, **{"channel": OPS, **arguments})
    for name in place.split():
        answer = answer[name]
    one = answer[0] if isinstance(answer, list) else answer
    assert set(there.split()) <= one.keys()
    assert set(not_there.split()).isdisjoint(one)


async def test_a_person_is_told_of_pages_as_of_old(playground: Playground) -> None:
    """Saved items and searches have their own words for pages."""
    async with Api(playground, playground.user_token) as ada:
        paging = (await ada("stars.list"))["paging"]
        assert paging == {"per_page": 100, "spill": 0, "total": 0, "page": 1, "pages": 0}
        assert (await ada("search.all", query="x"))["posts"] == {"matches": [], "total": 0}
