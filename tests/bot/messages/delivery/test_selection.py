"""What a lane is offered next: in the order of serving, past all that may not go just now."""

from datetime import UTC, datetime, timedelta

from bot.messages import outbox
from bot.messages.delivery import selection
from bot.messages.models import MessageState, Rank
from bot.messages.outbox import Content, Place

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


def put_many(database, channel, count, **fields):
    """Ask for messages, one a second; return their ids."""

    def work(session):
        place = Place("T0", "default", channel)
        made = [
            outbox.put(
                session, place, Content("note"), now=NOW + timedelta(seconds=number), **fields
            )
            for number in range(count)
        ]
        return [message.id for message in made]

    return database.transact(work)


def offered(database, limit, closed=()):
    """Return the channels of what is offered."""
    rows = database.transact(lambda session: selection.ready_posts(session, "T0", limit, closed))
    return [row.channel for row in rows]


def test_the_longest_waiting_of_the_first_rank_comes_first(database):
    """Ranks come before times, and no more is offered than was asked for."""
    put_many(database, "C0LATE", 3)
    put_many(database, "C0URGENT", 2, rank=Rank.FINAL)

    assert offered(database, 3) == ["C0URGENT", "C0URGENT", "C0LATE"]


def test_what_waits_for_closed_channels_is_passed_over(database):
    """However much waits before them, the first message of each open channel is offered."""
    put_many(database, "C0CLOSED", selection.LOOK_AHEAD + 50, rank=Rank.FINAL)
    put_many(database, "C0BROKEN", 10)
    for channel in ("C0OPS", "C0RANDOM", "C0ALERTS"):
        put_many(database, channel, 3)

    found = offered(database, 50, {"C0CLOSED", "C0BROKEN"})

    assert sorted(found) == ["C0ALERTS", "C0OPS", "C0RANDOM"]


def test_all_that_may_go_is_offered_when_little_is_closed(database):
    """When few messages are to be passed over, none of the others has to wait for a next look."""
    put_many(database, "C0CLOSED", 20)
    put_many(database, "C0OPS", 5)

    assert offered(database, 50, {"C0CLOSED"}) == ["C0OPS"] * 5
    assert offered(database, 2, {"C0CLOSED"}) == ["C0OPS"] * 2


def test_nothing_is_offered_when_all_channels_are_closed(database):
    """A lane whose every channel is closed is offered nothing."""
    put_many(database, "C0CLOSED", selection.LOOK_AHEAD + 1)

    assert offered(database, 50, {"C0CLOSED"}) == []


def test_what_is_due_is_let_go_and_the_next_time_told(database):
    """Delayed messages become ready at their time; the answer is when the next one will."""
    first, second = put_many(database, "C0OPS", 2)

    def delay(session):
        for number, one in enumerate((first, second), 1):
            message = outbox.lock(session, one)
            message.state = MessageState.DELAYED
            message.due_at = NOW + timedelta(minutes=number)

    database.transact(delay)

    def release(at):
        return database.transact(lambda session: selection.look(session, "T0", at).next_due_at)

    assert NOW + timedelta(minutes=1) == release(NOW)
    assert offered(database, 9) == []
    assert NOW + timedelta(minutes=2) == release(NOW + timedelta(seconds=61))
    assert offered(database, 9) == ["C0OPS"]
    assert release(NOW + timedelta(minutes=2)) is None
