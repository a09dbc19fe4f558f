"""What is left out after Slack refused the blocks, and by what name a post is known."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from bot.messages.delivery.decide import Concession, client_msg_id, concede
from bot.messages.delivery.outcome import Claim
from bot.messages.models import Ambiguous
from bot.messages.policy import SlackResponse
from bot.messages.rendering.refused_blocks import AGAIN, BARE, LATER

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
NAMED = SlackResponse(
    error="invalid_blocks", detail={"errors": ["bad [json-pointer:/blocks/2/image_url]"]}
)
UNNAMED = SlackResponse(error="invalid_blocks")
TOO_LONG = SlackResponse(error="msg_blocks_too_long")
POINTERS = ["/blocks/2/image_url"]

CLAIM = Claim(
    id="m_1",
    revision=1,
    channel="C0OPS",
    parent_id=None,
    thread_ts=None,
    seen_by=None,
    ts=None,
    template="note",
    source=None,
    context={},
    files=(),
    queue="slack-message",
    max_attempts=4,
    ambiguous=Ambiguous.RESEND,
    tries=0,
    answer_lost=False,
    called_at=None,
    possibly_delivered=False,
    generation=0,
    uneditable_ts=None,
    text_only=False,
    refusals=None,
    created_at=NOW,
    claimed_at=NOW,
)


def steps(answer, **claim):
    """Return what is left out step by step, while every try is refused alike."""
    now, found = replace(CLAIM, **claim), []
    while (less := concede(now, answer)) is not None:
        found.append(less)
        now = replace(now, refusals=less.refusals, text_only=less.text_only)
    return found


@pytest.mark.parametrize("answer", [NAMED, UNNAMED])
def test_our_own_blocks_are_tried_once_more_first(answer):
    """They are right, so it may be a moment's trouble; it is waited a little before."""
    assert concede(CLAIM, answer) == Concession([AGAIN], is_pause=True)


def test_a_stored_template_gives_way_at_once_where_blocks_are_named():
    """Three rounds, then the text alone; another refusal ends it."""
    assert steps(NAMED, source="{}") == [
        Concession([POINTERS]),
        Concession([POINTERS] * 2),
        Concession([POINTERS] * 3),
        Concession([POINTERS] * 3, text_only=True),
    ]


def test_a_stored_template_of_which_nothing_is_named_is_tried_once_more():
    """Then its text goes alone."""
    assert steps(UNNAMED, source="{}") == [
        Concession([AGAIN], is_pause=True),
        Concession([AGAIN], text_only=True),
    ]


def test_our_own_controls_go_last():
    """First the text with them, then the text without: an end is shown in any case."""
    assert steps(UNNAMED) == [
        Concession([AGAIN], is_pause=True),
        Concession([AGAIN], text_only=True),
        Concession([AGAIN, BARE], text_only=True),
    ]


def test_too_many_letters_are_no_moments_trouble():
    """The same once more would be refused as well."""
    assert concede(CLAIM, TOO_LONG) == Concession([], text_only=True)


def test_the_later_try_is_the_last():
    """What stands as text stays so; posted anew it goes through all steps again."""
    assert concede(replace(CLAIM, refusals=[LATER], ts="1.2"), NAMED) is None
    assert concede(replace(CLAIM, refusals=[LATER]), TOO_LONG) is not None


def test_a_post_is_named_alike_at_each_try_and_anew_for_another_copy():
    """The name is a UUID, and no two messages share it."""
    names = [client_msg_id("m_1", 0), client_msg_id("m_1", 1), client_msg_id("m_2", 0)]

    assert client_msg_id("m_1", 0) == names[0]
    assert len(set(names)) == 3
    assert {UUID(name).version for name in names} == {5}
