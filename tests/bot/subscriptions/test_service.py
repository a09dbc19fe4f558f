"""Subscribing, unsubscribing, and how people want to be told."""

import asyncio
from collections import Counter

import pytest

from bot.errors import ConflictError, InvalidError, NotFoundError
from bot.subscriptions.service import MAX_SUBSCRIPTIONS, SubscribeOutcome
from tests.bot.subscriptions.room import Room
from tests.bot.tasks.room import ADA, CLEOS, OURS


async def test_subscribing_again_changes_nothing_or_only_what_is_told(room: Room) -> None:
    """One row for a pattern, with what was said last."""
    wishes = (False, False, True, True, False)
    outcomes = [await room.subscribe("nightly-*", only_failures=wish) for wish in wishes]
    assert [str(outcome) for outcome in outcomes] == [
        "new",
        "already",
        "changed",
        "already",
        "changed",
    ]
    (kept,) = await room.subscriptions.list(OURS, "C0NIGHTLY")
    assert (kept.pattern, kept.only_failures, kept.created_by) == ("nightly-*", False, ADA)


async def test_of_many_at_once_one_is_new(room: Room) -> None:
    """Whoever types at the same moment, on either database."""
    outcomes = await asyncio.gather(*(room.subscribe("a*") for _ in range(8)))
    assert Counter(outcomes) == {SubscribeOutcome.NEW: 1, SubscribeOutcome.ALREADY: 7}


async def test_the_number_of_subscriptions_is_limited(room: Room) -> None:
    """The next one is refused; those that are there can still be changed."""
    for number in range(MAX_SUBSCRIPTIONS):
        await room.subscribe(f"kind-{number}")
    with pytest.raises(ConflictError):
        await room.subscribe("one-more")
    assert await room.subscribe("kind-0", only_failures=True) is SubscribeOutcome.CHANGED


async def test_unsubscribing_ends_exactly_what_is_named(room: Room) -> None:
    """A slip of the pen is answered with the pattern that is meant, and nothing is changed."""
    await room.subscribe("nightly-*")
    with pytest.raises(NotFoundError, match=r"Did you mean `/ops unsubscribe nightly-\*`"):
        await room.subscriptions.unsubscribe(OURS, "C0NIGHTLY", "nigthly-*")
    with pytest.raises(NotFoundError, match="every end"):
        await room.subscriptions.unsubscribe(OURS, "C0NIGHTLY", "nightly-*", only_failures=True)
    with pytest.raises(NotFoundError):
        await room.subscriptions.unsubscribe(OURS, "C0OTHER", "nightly-*")
    with pytest.raises(NotFoundError):
        await room.subscriptions.unsubscribe(CLEOS, "C0NIGHTLY", "nightly-*")
    await room.subscriptions.unsubscribe(OURS, "C0NIGHTLY", "nightly-*")
    assert await room.subscriptions.list(OURS, "C0NIGHTLY") == []


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"quiet_hours": "25:00-07:00"}, "quiet_until"),
        ({"quiet_hours": "07:00-07:00"}, "quiet_until"),
    ],
)
async def test_preferences_that_are_none_name_their_field(
    room: Room, wishes: dict[str, str], field: str
) -> None:
    """And nothing is kept."""
    with pytest.raises(InvalidError) as raised:
        await room.prefer(ADA, **wishes)
    assert [problem.field for problem in raised.value.problems] == [field]
    assert await room.subscriptions.preference(OURS, ADA) is None


async def test_the_last_preference_counts(room: Room) -> None:
    """A person has one."""
    await room.prefer(ADA, quiet_hours="22:00-07:00", timezone="Europe/Berlin")
    await room.prefer(ADA, is_once_a_day=True)
    kept = await room.subscriptions.preference(OURS, ADA)
    assert kept is not None
    assert (kept.quiet_hours, kept.timezone, kept.is_once_a_day) == (None, "UTC", True)
