"""What an outcome leaves of a message whose place in Slack is gone, or in doubt."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import outbox
from bot.messages.delivery import claims, selection
from bot.messages.delivery.outcome import Outcome
from bot.messages.error_codes import Verdict
from bot.messages.history.rebuild import verify
from bot.messages.models import EventName, Message
from bot.messages.outbox import Content, Place
from bot.messages.policy import ANSWER_LOST, LOOKUP_DELAY, SlackResponse

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
OPS = Place("T0", "default", "C0OPS")


def told(claim, **fields):
    """Return what became of a claim."""
    usual = {
        "answer": SlackResponse(ok=True),
        "verdict": Verdict.DELIVERED,
        "event": EventName.SENT,
    }
    return Outcome(claim=claim, **{**usual, **fields})


def test_a_message_that_is_gone_counts_as_never_delivered(database):
    """
    Its replies wait until it stands there anew, or they would leave the thread.

    Nothing else says that a parent without a place may still get one.
    """

    def work(session):
        parent = outbox.put(session, OPS, Content("note"), now=NOW)
        session.flush()
        [claim] = claims.claim(session, selection.ready_posts(session, "T0", 9, []), NOW)
        sent = told(claim, ts="17.000001", delivered_revision=1)
        claims.record(session, [sent], NOW)
        session.expire_all()
        outbox.edit(session, parent.id, {"text": "newer"}, now=NOW)
        session.flush()
        [claim] = claims.claim(session, selection.ready_edits(session, "T0", 9), NOW)
        gone = {"answer": SlackResponse(error="message_not_found"), "verdict": Verdict.REPOST}
        claims.record(session, [told(claim, ts=None, event=EventName.FAILED, **gone)], NOW)
        session.expire_all()
        outbox.reply(session, session.get_one(Message, parent.id), Content("note"), now=NOW)
        session.flush()
        ready = [row.id for row in selection.ready_posts(session, "T0", 9, [])]
        return parent.id, session.get_one(Message, parent.id).delivered_revision, ready

    parent_id, delivered, ready = database.transact(work)

    assert (0, [parent_id]) == (delivered, ready)


LOST = {
    "answer": SlackResponse(lost=True),
    "verdict": Verdict.AMBIGUOUS,
    "event": EventName.FAILED,
    "ts": None,
    "answer_lost": True,
    "error": ANSWER_LOST,
    "due_at": NOW,
}
SECOND, THIRD = NOW + timedelta(hours=1), NOW + timedelta(hours=2)


def called_at(database, *steps):
    """Lead a message through claims, each at a time of its own, and return when it was called."""

    def work(session):
        message = outbox.put(session, OPS, Content("note"), now=NOW)
        session.flush()
        for at, step in zip((NOW, SECOND, THIRD), steps, strict=False):
            claimed = claims.claim(session, selection.ready_posts(session, "T0", 9, []), at)
            step(session, *claimed, at)
            session.expire_all()
            selection.look(session, "T0", at + LOOKUP_DELAY)
        return session.get_one(Message, message.id).called_at

    found = database.transact(work)
    assert database.transact(verify).is_clean
    return found


def lose(session, claim, at):
    """The answer to a post is lost."""
    claims.record(session, [told(claim, **LOST)], at)


def lose_again(session, claim, at):
    """The history tells that it is not there, it is posted again, and the answer is lost."""
    claims.record(session, [told(replace(claim, answer_lost=False), **LOST)], at)


def look_in_vain(session, claim, at):
    """The history cannot be read just now; nothing is posted."""
    away = {"answer": SlackResponse(status=503), "verdict": Verdict.TRANSIENT}
    claims.record(session, [told(claim, **LOST | away)], at)


def die(session, _claim, at):
    """The process is killed, and another one goes on."""
    claims.take_over(session, "T0", at)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((lose,), NOW),
        ((die,), NOW),
        ((lose, look_in_vain), NOW),
        ((lose, die), NOW),
        ((lose, lose_again), SECOND),
        ((die, look_in_vain, lose_again), THIRD),
    ],
)
def test_it_is_kept_when_the_post_in_doubt_was_called_for(database, steps, expected):
    """It is looked for from then on, however long that is ago and however often in vain."""
    assert called_at(database, *steps) == expected
