"""Rule: the published tiers hold per method, with 429 and Retry-After; they can be switched off."""

import pytest
from slack_playground import HandClock, Playground
from slack_playground.timing.limits import TIER_2, TIER_3, TIER_4
from slack_playground.web_api import METHODS

from tests.playground.wire import OPS, Api

# https://docs.slack.dev/apis/web-api/rate-limits and each method's own page.
PUBLISHED = {
    TIER_2: "conversations.list users.list reactions.remove usergroups.list"
    " pins.add chat.startStream chat.stopStream",
    TIER_3: "chat.update chat.delete conversations.info conversations.open conversations.join"
    " conversations.history conversations.replies users.lookupByEmail reactions.add team.info"
    " bots.info apps.connections.open chat.scheduleMessage chat.deleteScheduledMessage"
    " chat.scheduledMessages.list",
    TIER_4: "chat.postEphemeral views.open views.update views.push views.publish"
    " files.getUploadURLExternal files.completeUploadExternal files.info users.info"
    " conversations.members chat.appendStream",
    600: "assistant.threads.setStatus",
    None: "chat.postMessage auth.test chat.getPermalink blocks.validate",
}


@pytest.mark.parametrize(
    ("method", "per_minute"),
    [(method, tier) for tier, methods in PUBLISHED.items() for method in methods.split()],
)
def test_a_method_has_its_published_tier(method: str, per_minute: int | None) -> None:
    """The table of served methods says what Slack's pages say."""
    assert METHODS[method].per_minute == per_minute


async def test_one_call_too_many_waits(clock: HandClock) -> None:
    """It is HTTP 429 with whole seconds to wait; only that method, and then it works again."""
    async with Playground(clock=clock) as playground, Api(playground) as api:
        for _ in range(TIER_2):
            assert (await api("users.list"))["ok"] is True
        response, answer = await api.raw("users.list")
        assert (response.status, answer) == (429, {"ok": False, "error": "ratelimited"})
        assert response.headers["Retry-After"] == "60"
        assert (await api("conversations.list"))["ok"] is True
        clock.advance(60)
        assert (await api("users.list"))["ok"] is True


async def test_posts_are_counted_per_channel(clock: HandClock) -> None:
    """A burst of five, then one a second, in each channel by itself."""
    async with Playground(clock=clock) as playground, Api(playground) as api:
        statuses = [
            (await api.raw("chat.postMessage", json={"channel": OPS, "text": "x"}))[0].status
            for _ in range(6)
        ]
        assert statuses == [200] * 5 + [429]
        assert (await api("chat.postMessage", channel="C0GENERAL1", text="x"))["ok"] is True
        clock.advance(1)
        assert (await api("chat.postMessage", channel=OPS, text="x"))["ok"] is True


async def test_limits_can_be_off(clock: HandClock) -> None:
    """For load tests."""
    async with Playground(clock=clock, limits="off") as playground, Api(playground) as api:
        answers = [await api("users.list") for _ in range(TIER_2 + 1)]
        assert all(one["ok"] for one in answers)


async def test_a_long_silence_saves_up_one_burst(clock: HandClock) -> None:
    """After minutes of quiet a channel takes five posts at once again, and no more."""
    async with Playground(clock=clock) as playground, Api(playground) as api:
        await api("chat.postMessage", channel=OPS, text="x")
        clock.advance(600)
        answers = [await api("chat.postMessage", channel=OPS, text="x") for _ in range(6)]
    assert [answer["ok"] for answer in answers] == [True] * 5 + [False]
    assert answers[-1]["error"] == "ratelimited"
