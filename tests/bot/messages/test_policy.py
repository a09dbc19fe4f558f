"""Slack's errors: the table is whole and says one thing for each; waits stay in bounds."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.error_codes import BY_CODE, VERDICTS, Verdict
from bot.messages.error_fixes import FIXES, fix_for
from bot.messages.policy import (
    BACKOFF_CAP,
    MAX_TRIES,
    SlackResponse,
    backoff,
    classify,
    is_recognised,
)

#: The errors of each method that we call, as its page lists them; `seen` are on no page.
KEPT = json.loads((Path(__file__).parent / "slack_method_errors.json").read_text("utf-8"))
DOCUMENTED = sorted({code for codes in KEPT.values() for code in codes})


@pytest.mark.parametrize("code", DOCUMENTED)
def test_every_documented_error_has_a_verdict(code):
    """No error that Slack documents for the methods a lane calls is unknown to the table."""
    assert code in BY_CODE


def test_no_error_has_two_verdicts():
    """Each code stands under one verdict."""
    counted = Counter(code for codes in VERDICTS.values() for code in codes)

    assert [code for code, times in counted.items() if times > 1] == []


def test_every_verdict_can_come_true():
    """Each verdict is reached by some answer, so none is left over."""
    reached = {Verdict.DELIVERED, Verdict.UNRECOGNISED} | set(BY_CODE.values())

    assert set(Verdict) == reached


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        # Waiting helps and nobody is to blame: never counted.
        ("ratelimited", Verdict.PACED),
        ("rate_limited", Verdict.PACED),
        # The whole workspace is shut: no message may die of it.
        ("invalid_auth", Verdict.LOCKED_OUT),
        ("account_inactive", Verdict.LOCKED_OUT),
        ("token_revoked", Verdict.LOCKED_OUT),
        ("token_expired", Verdict.LOCKED_OUT),
        ("org_login_required", Verdict.LOCKED_OUT),
        ("message_limit_exceeded", Verdict.LOCKED_OUT),
        # "may have partly succeeded", says Slack.
        ("fatal_error", Verdict.AMBIGUOUS),
        ("internal_error", Verdict.AMBIGUOUS),
        ("not_in_channel", Verdict.JOIN),
        ("invalid_blocks", Verdict.REFUSED_BLOCKS),
        ("is_archived", Verdict.FINAL),
        ("channel_not_found", Verdict.FINAL),
        ("never_heard_of", Verdict.UNRECOGNISED),
        ("", Verdict.UNRECOGNISED),
        ("accesslimited", Verdict.LOCKED_OUT),
        ("team_access_not_granted", Verdict.LOCKED_OUT),
        ("enterprise_is_restricted", Verdict.LOCKED_OUT),
        ("cannot_dm_bot", Verdict.FINAL),
        ("user_disabled", Verdict.FINAL),
        ("duplicate_message_not_found", Verdict.NEW_GENERATION),
        ("thread_not_found", Verdict.LEFT_THREAD),
    ],
)
def test_what_a_post_should_do_after_an_error(code, verdict):
    """The errors that matter most mean what they must for a first post."""
    assert verdict == classify(SlackResponse(error=code), is_edit=False)


@pytest.mark.parametrize(
    ("answer", "post", "edit"),
    [
        (SlackResponse(ok=True), Verdict.DELIVERED, Verdict.DELIVERED),
        (SlackResponse(lost=True), Verdict.AMBIGUOUS, Verdict.OUTAGE),
        (SlackResponse(unreachable=True), Verdict.OUTAGE, Verdict.OUTAGE),
        (SlackResponse(status=500), Verdict.AMBIGUOUS, Verdict.OUTAGE),
        (SlackResponse(status=502), Verdict.AMBIGUOUS, Verdict.OUTAGE),
        (SlackResponse(error="internal_error"), Verdict.AMBIGUOUS, Verdict.TRANSIENT),
        (SlackResponse(error="fatal_error"), Verdict.AMBIGUOUS, Verdict.TRANSIENT),
        (SlackResponse(error="request_timeout"), Verdict.AMBIGUOUS, Verdict.TRANSIENT),
        (SlackResponse(error="message_not_found"), Verdict.FINAL, Verdict.REPOST),
        (SlackResponse(error="cant_update_message"), Verdict.FINAL, Verdict.REPLACE),
        (SlackResponse(error="edit_window_closed"), Verdict.FINAL, Verdict.REPLACE),
        (SlackResponse(error="block_mismatch"), Verdict.FINAL, Verdict.REPLACE),
        (SlackResponse(error="left_thread"), Verdict.LEFT_THREAD, Verdict.FINAL),
        (
            SlackResponse(status=429, error="ratelimited", retry_after=3.0),
            Verdict.PACED,
            Verdict.PACED,
        ),
        (SlackResponse(status=503, retry_after=3.0), Verdict.PACED, Verdict.PACED),
    ],
)
def test_an_edit_may_be_repeated_and_a_post_may_not(answer, post, edit):
    """What leaves a post in doubt is only another try for an edit."""
    assert post == classify(answer, is_edit=False)
    assert edit == classify(answer, is_edit=True)


@given(
    st.builds(
        SlackResponse,
        error=st.sampled_from([*DOCUMENTED, "", "never_heard_of"]),
        status=st.sampled_from([200, 400, 403, 404, 429, 500, 502, 503, 504]),
        lost=st.booleans(),
        unreachable=st.booleans(),
        retry_after=st.none() | st.floats(0, 100),
    )
)
def test_no_answer_makes_an_edit_ambiguous_or_a_post_new(answer):
    """Whatever comes back, an edit is never looked up, and only an edit is posted anew."""
    assert Verdict.AMBIGUOUS is not classify(answer, is_edit=True)
    assert Verdict.REPOST is not classify(answer, is_edit=False)
    assert Verdict.DELIVERED is not classify(answer, is_edit=False)


def test_only_a_new_error_is_unrecognised():
    """Codes of the table and answers without any code are no news; a code never seen is."""
    for answer in (
        SlackResponse(ok=True),
        SlackResponse(lost=True),
        SlackResponse(unreachable=True),
        SlackResponse(status=500),
        SlackResponse(error="is_archived"),
    ):
        assert is_recognised(answer)

    assert all(
        is_recognised(SlackResponse(error=code)) for code in ("held", "answer_lost")
    )  # Ours.
    assert not is_recognised(SlackResponse(error="never_heard_of"))


@given(st.integers(1, 100), st.integers())
def test_backoff_stays_in_bounds(tries, seed):
    """A wait doubles from two seconds up to a minute, with full jitter below that."""
    waited = backoff(tries, random.Random(seed))

    assert 0 <= waited.total_seconds() <= min(BACKOFF_CAP.total_seconds(), 2.0**tries)


def test_backoff_is_spread():
    """Many that failed together do not come back together: the waits fill the whole range."""
    chance = random.Random(7)
    waits = [backoff(4, chance).total_seconds() for _ in range(1000)]

    assert min(waits) < 1
    assert max(waits) > 15
    assert pytest.approx(sum(waits) / len(waits), abs=0.5) == 8


def test_giving_up_takes_as_many_tries_as_agreed():
    """The contract says four attempts for Slack messages."""
    assert MAX_TRIES == 4


@pytest.mark.parametrize(
    "code", sorted(VERDICTS[Verdict.FINAL] | {"not_in_channel", "answer_lost"})
)
def test_every_end_says_what_to_do(code):
    """A message that was given up always comes with a sentence that ends in an action."""
    fix = fix_for(code)

    assert fix.endswith(".")
    assert code in FIXES or code in fix


@pytest.mark.parametrize(
    ("needed", "verdict"),
    [
        ("chat:write", Verdict.LOCKED_OUT),
        ("chat:write:bot,chat:write", Verdict.LOCKED_OUT),
        (None, Verdict.LOCKED_OUT),
        ("chat:write.customize", Verdict.FINAL),
        ("im:write", Verdict.FINAL),
    ],
)
def test_a_scope_that_one_message_lacks_is_no_matter_of_the_workspace(needed, verdict):
    """
    A token that may not write pauses the lane; what only one message needs ends that message.

    One message to a person without im:write once paused everything, again and again, although
    the probe of the token found nothing wrong.
    """
    detail = {"needed": needed} if needed else {}
    answer = SlackResponse(error="missing_scope", detail=detail)
    assert verdict is classify(answer, is_edit=False) is classify(answer, is_edit=True)


@pytest.mark.parametrize("error", ["no_permission", "access_denied"])
def test_a_place_that_refuses_us_is_no_matter_of_the_workspace(error):
    """Slack says so of a conversation the app is not in; the other channels go on."""
    assert Verdict.FINAL is classify(SlackResponse(error=error), is_edit=False)
