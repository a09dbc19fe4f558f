"""Names of channels and members of groups, asked of a playground."""

import asyncio

import pytest
from slack_playground.state import Channel
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import InvalidError, UnavailableError
from bot.workspaces.directory import (
    NAMES_KEPT_SECONDS,
    NAMES_KEPT_WITHOUT_SLACK_SECONDS,
    Directory,
    preference,
)
from tests.patience import PATIENCE_SECONDS


@pytest.mark.parametrize("written", ["#ops", "ops", " #ops ", "C0OPS00002", "<#C0OPS00002|ops>"])
async def test_a_channel_is_found_however_it_is_written(directory, written):
    """A name, an id, a mention: all of them are the same channel."""
    assert await directory.channel_id(written) == "C0OPS00002"


async def test_a_link_names_its_channel(directory):
    """What people copy from Slack is understood, and Slack is not asked."""
    link = "https://example.slack.com/archives/C0OPS00002/p1700000000000100"
    assert await directory.channel_id(link) == "C0OPS00002"


@pytest.mark.parametrize("name", ["#random", "#nowhere", "#old-news", "#", ""])
async def test_a_channel_without_the_bot_is_refused_with_the_fix(directory, name):
    """The bot is not in it, it is archived, or there is none: invite the bot."""
    with pytest.raises(InvalidError, match="/invite"):
        await directory.channel_id(name)


async def test_a_person_is_named_by_id(directory, playground):
    """Names of people are not unique, and nobody invites the bot to one."""
    with pytest.raises(InvalidError, match="id, like U0123456789"):
        await directory.channel_id("@ada")


async def test_an_app_is_no_person(directory, playground):
    """Slack delivers no message to the conversation of two apps."""
    await directory.require_person("U0ADA00001")
    with pytest.raises(InvalidError, match="This is an app, not a person"):
        await directory.require_person("U0SAMPLE001")


async def test_a_known_name_is_not_asked_again(directory, playground):
    """Names are kept: Slack lists channels slowly and rarely."""
    for _ in range(3):
        await directory.channel_id("#ops")
    assert len(playground.calls("users.conversations")) == 1


async def test_names_that_nobody_knows_do_not_flood_slack(directory, playground):
    """A program that goes on asking for a channel that is not there costs one call."""
    found = await asyncio.gather(
        *(directory.channel_id(f"#nowhere-{number}") for number in range(50)),
        return_exceptions=True,
    )
    with pytest.raises(InvalidError, match="/invite"):
        await directory.channel_id("#nowhere-0")

    assert {InvalidError} == {type(one) for one in found}
    assert len(playground.calls("users.conversations")) == 1


async def test_a_caller_that_hangs_up_ends_the_reading_for_nobody(directory):
    """Two ask, the first goes: the other has its answer."""
    first, second = (asyncio.create_task(directory.channel_id("#ops")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()

    assert await second == "C0OPS00002"


async def test_a_retry_after_is_obeyed(directory, playground):
    """Nobody's name makes us ask while Slack wants to be left alone; ids are served."""
    playground.fail("users.conversations", "http", status=429, retry_after=30)
    for _ in range(3):
        with pytest.raises(UnavailableError, match="give the channel's id"):
            await directory.channel_id("#ops")

    assert await directory.channel_id("C0OPS00002") == "C0OPS00002"
    assert len(playground.calls("users.conversations")) == 1


@pytest.mark.parametrize(
    "fault", [{"error": "ratelimited"}, {"kind": "http", "status": 503}, {"kind": "refuse"}]
)
async def test_a_slack_that_does_not_tell_is_said_to_be_away(directory, playground, fault):
    """The caller is told to give the id, and the next one is served again."""
    playground.fail("users.conversations", **{"count": 20, **fault})
    with pytest.raises(UnavailableError, match="give the channel's id"):
        await directory.channel_id("#ops")
    playground.heal()
    assert await directory.channel_id("#ops") == "C0OPS00002"


async def test_members_of_a_group_are_kept_a_while(directory, playground):
    """Ada and Ben are operators; a minute long Slack is not asked again."""
    for _ in range(2):
        assert {"U0ADA00001", "U0BEN00002"} == await directory.group_members("S0OPERATOR")
    assert len(playground.calls("usergroups.users.list")) == 1


@pytest.mark.parametrize("fault", [{"error": "missing_scope"}, {"kind": "refuse"}])
async def test_a_group_that_slack_does_not_tell_has_nobody(directory, playground, fault):
    """Nobody gets rights by an error, and the error is forgotten with the next answer."""
    playground.fail("usergroups.users.list", **{"count": 20, **fault})
    assert frozenset() == await directory.group_members("S0OPERATOR")
    playground.heal()
    assert len(await directory.group_members("S0OPERATOR")) == 2


async def test_a_scope_that_is_missing_is_named(directory, playground):
    """To try again would never help."""
    playground.state.scopes = frozenset({"chat:write"})

    with pytest.raises(InvalidError, match="channels:read and groups:read"):
        await directory.channel_id("#ops")
    with pytest.raises(UnavailableError, match="give it the scope users:read"):
        await directory.require_person("U0ADA00001")


class HandClock:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def hand_clock() -> HandClock:
    return HandClock()


@pytest.fixture
def timed(playground, hand_clock) -> Directory:
    client = AsyncWebClient(token=playground.bot_token, base_url=playground.api_url)
    return Directory(client, monotonic=hand_clock, patience_seconds=PATIENCE_SECONDS)


def succeed_ops(playground) -> str:
    """Give #ops another name and its old one to a new channel with the bot; return its id."""
    state = playground.state
    state.rename_channel(state.channels["C0OPS00002"], "ops-2025")
    state.channels["C0NEWOPS09"] = Channel("C0NEWOPS09", "ops", members={state.bot_user_id})
    state.channel_ids["ops"] = "C0NEWOPS09"
    return "C0NEWOPS09"


async def test_a_renamed_channel_loses_its_name_within_a_minute(timed, playground, hand_clock):
    """What is sent to #ops once stood in the channel that had been called so before."""
    assert await timed.channel_id("#ops") == "C0OPS00002"
    successor = succeed_ops(playground)
    hand_clock.at += NAMES_KEPT_SECONDS

    assert await timed.channel_id("#ops") == successor
    assert await timed.channel_id("#ops-2025") == "C0OPS00002"
    assert len(playground.calls("users.conversations")) == 2


async def test_a_name_that_no_channel_has_any_more_is_refused(timed, playground, hand_clock):
    """Never silently in a channel of another name."""
    await timed.channel_id("#ops")
    playground.state.rename_channel(playground.state.channels["C0OPS00002"], "ops-2025")
    hand_clock.at += NAMES_KEPT_SECONDS

    with pytest.raises(InvalidError, match="#ops:"):
        await timed.channel_id("#ops")


async def test_an_event_makes_a_name_be_asked_for_at_once(timed, playground):
    """A rename that Slack tells us of needs no minute; the list may just have been read."""
    await timed.channel_id("#ops")
    successor = succeed_ops(playground)
    timed.forget("C0OPS00002")

    assert await timed.channel_id("#ops") == successor


async def test_an_event_while_names_are_read_makes_them_be_read_again(timed, playground):
    """The answer that is on its way may be from before."""
    playground.fail("users.conversations", "delay", seconds=0.2)
    reading = asyncio.create_task(timed.channel_id("#ops"))
    await playground.wait_for(lambda: playground.calls("users.conversations"))
    successor = succeed_ops(playground)
    timed.forget("C0OPS00002")
    await reading
    playground.heal()

    assert await timed.channel_id("#ops") == successor


async def test_a_slack_that_is_away_does_not_stop_known_names(timed, playground, hand_clock):
    """For ten minutes what was read last is used; after that nobody can know."""
    await timed.channel_id("#ops")
    playground.fail("users.conversations", "refuse", count=20)
    hand_clock.at += NAMES_KEPT_WITHOUT_SLACK_SECONDS - 1
    assert await timed.channel_id("#ops") == "C0OPS00002"
    hand_clock.at += 1

    with pytest.raises(UnavailableError, match="give the channel's id"):
        await timed.channel_id("#ops")


async def test_a_slack_that_hangs_does_not_hold_up_known_names(playground, hand_clock):
    """Its client waits for half a minute, and requests were refused meanwhile."""
    client = AsyncWebClient(token=playground.bot_token, base_url=playground.api_url)
    directory = Directory(client, monotonic=hand_clock, patience_seconds=0.1)
    await directory.channel_id("#ops")
    fault = playground.fail("users.conversations", "hold")
    hand_clock.at += NAMES_KEPT_SECONDS

    assert await directory.channel_id("#ops") == "C0OPS00002"
    playground.let_go(fault)


@pytest.mark.parametrize("written", ["#Ops", "OPS", " #OPS "])
async def test_names_are_understood_in_any_case(directory, written):
    """Slack's names are in small letters, however somebody types them."""
    assert await directory.channel_id(written) == "C0OPS00002"


async def test_capitals_may_be_a_name_or_an_id(directory, playground):
    """A channel of that name is meant; where there is none it is taken for an id, as before."""
    playground.state.rename_channel(playground.state.channels["C0OPS00002"], "deploys")

    assert await directory.channel_id("DEPLOYS") == "C0OPS00002"
    assert await directory.channel_id("CABLE") == "CABLE"
    with pytest.raises(InvalidError, match="#cable"):
        await directory.channel_id("#CABLE")


def test_of_two_channels_of_one_name_the_living_one_is_meant():
    """Then the one of this workspace, then the newer one."""
    archived = {"id": "C1", "is_archived": True, "created": 9}
    shared = {"id": "C2", "is_ext_shared": True, "created": 8}
    old, new = {"id": "C3", "created": 1}, {"id": "C4", "created": 2}

    found = sorted([new, archived, old, shared], key=preference)

    assert [one["id"] for one in found] == ["C1", "C2", "C3", "C4"]


async def test_a_persons_time_zone_is_slacks(playground, directory) -> None:
    """None for somebody whom Slack does not know, or while it is away."""
    assert await directory.timezone_of("U0ADA00001") == playground.user("ada").tz
    assert await directory.timezone_of("U0NOBODY01") is None
    playground.fail("users.info", error="internal_error")
    assert await directory.timezone_of("U0ADA00001") is None
