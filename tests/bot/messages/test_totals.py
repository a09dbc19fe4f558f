"""How many messages there are, without counting them."""

from datetime import UTC, datetime

from sqlmodel import Session, func, select

from bot.messages import outbox
from bot.messages.models import MessageState, MessageTotal
from bot.messages.outbox import Content, Place
from bot.messages.requests.queries import stats
from bot.messages.totals import fold_totals, totals_of

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
OPS = Place("T0", "default", "C0OPS")


def sent_and_waiting(session: Session) -> tuple[int, int]:
    (line,) = [line for line in stats(session, "default", NOW) if line["queue"] == "slack-message"]
    return line["sent"], line["waiting"]


def test_messages_are_counted_by_what_changes_their_number(database):
    """Posts and replies count, what is taken back does not, and folding changes nothing."""

    def work(session):
        parent = outbox.put(session, OPS, Content("note"), now=NOW)
        session.flush()
        outbox.reply(session, parent, Content("note"), now=NOW)
        parent.state = MessageState.IDLE
        taken_back = outbox.put(session, OPS, Content("note"), now=NOW)
        outbox.put(session, Place("T1", "acme", "C0OPS"), Content("note"), now=NOW)
        session.flush()
        outbox.withdraw(session, taken_back.id, now=NOW)
        outbox.withdraw(session, taken_back.id, now=NOW)
        session.flush()
        before = totals_of(session, "default"), sent_and_waiting(session)
        fold_totals(session)
        after = totals_of(session, "default"), sent_and_waiting(session)
        lines = session.exec(select(func.count()).select_from(MessageTotal)).one()
        return before, after, lines

    before, after, lines = database.transact(work)

    assert before == ({"slack-message": 2}, (1, 1))
    assert (after, lines) == (before, 2)
