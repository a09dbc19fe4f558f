"""Names of channels and members of groups, asked of a playground."""

import asyncio

import pytest

from bot.errors import InvalidError, UnavailableError


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
