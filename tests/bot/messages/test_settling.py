"""What an outcome leaves of a message whose place in Slack is gone."""

from datetime import UTC, datetime

from bot.messages import choosing, ledger, outbox
from bot.messages.models import EventName, Message
from bot.messages.outbox import Content, Place
from bot.messages.outcome import Outcome
from bot.messages.policy import Answer, Verdict

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
OPS = Place("T0", "default", "C0OPS")


def told(claim, **fields):
    """Return what became of a claim."""
    usual = {"answer": Answer(ok=True), "verdict": Verdict.DELIVERED, "event": EventName.SENT}
    return Outcome(claim=claim, **{**usual, **fields})


def test_a_message_that_is_gone_counts_as_never_delivered(database):
    """
    Its replies wait until it stands there anew, or they would leave the thread.

    Nothing else says that a parent without a place may still get one.
    """

    def work(session):
        parent = outbox.put(session, OPS, Content("note"), now=NOW)
        session.flush()
        [claim] = ledger.claim(session, choosing.ready_posts(session, "T0", 9, []), NOW)
        sent = told(claim, ts="17.000001", delivered_revision=1)
        ledger.record(session, [sent], NOW)
        session.expire_all()
        outbox.edit(session, parent.id, {"text": "newer"}, now=NOW)
        session.flush()
        [claim] = ledger.claim(session, choosing.ready_edits(session, "T0", 9), NOW)
        gone = {"answer": Answer(error="message_not_found"), "verdict": Verdict.REPOST}
        ledger.record(session, [told(claim, ts=None, event=EventName.FAILED, **gone)], NOW)
        session.expire_all()
        outbox.reply(session, session.get_one(Message, parent.id), Content("note"), now=NOW)
        session.flush()
        ready = [row.id for row in choosing.ready_posts(session, "T0", 9, [])]
        return parent.id, session.get_one(Message, parent.id).delivered_revision, ready

    parent_id, delivered, ready = database.transact(work)

    assert (0, [parent_id]) == (delivered, ready)
