"""Many rows at a time: both kinds of database store and change the same."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from bot.messages.models import Event, LaneLease
from bot.sql.many_rows import Insert, InsertAbsent, Update

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
EVENTS = Insert(SQLModel.metadata.tables["event"], ["id"])
LEASES = Insert(SQLModel.metadata.tables["lane_lease"])
ABSENT = InsertAbsent(SQLModel.metadata.tables["lane_lease"])
TAKE = Update(
    SQLModel.metadata.tables["lane_lease"],
    ["owner"],
    guards=["owner", "expires_at"],
    cleared=["recent"],
)


def event(name, **changed):
    usual = {"message_id": "m_1", "at": NOW, "revision": 1, "attempt": 0}
    return {**usual, "name": name, "detail": {}, "change": {}, **changed}


def lease(key, owner="a"):
    return {"workspace_id": key, "owner": owner, "expires_at": NOW, "recent": [1], "frozen": []}


def take(key, *, was="a", at=NOW):
    return {"workspace_id": key, "old_owner": was, "old_expires_at": at, "owner": "b"}


def test_values_are_stored_as_they_are(database):
    """Times of any zone, JSON with whatever a text may hold, and quotes come back as they went."""
    east = NOW.astimezone(timezone(timedelta(hours=2)))
    detail = {"text": "ä‮ \\ \" ' %s ? :x \u0000", "list": [1, None, True], "big": 2**70}

    def work(session):
        EVENTS.run(session, [event("'\"%s", detail=detail, at=east)])
        return session.exec(select(Event)).one()

    stored = database.transact(work)

    assert ("'\"%s", NOW, detail, {}) == (stored.name, stored.at, stored.detail, stored.change)


def test_rows_are_inserted_in_their_order(database):
    """The numbers that the database gives them grow from the first row to the last."""
    names = [f"event {number}" for number in range(300)]

    def work(session):
        EVENTS.run(session, [event(name) for name in names])
        return [one.name for one in session.exec(select(Event).order_by(col(Event.id))).all()]

    assert names == database.transact(work)


def test_only_what_is_as_it_was_is_changed(database):
    """A row that has another owner or time by now keeps all it has, and is not among the keys."""

    def work(session):
        LEASES.run(session, [lease("T1"), lease("T2", "c"), lease("T3"), lease("T4")])
        later = NOW + timedelta(microseconds=1)
        rows = [take("T1"), take("T2"), take("T3", at=later), take("T5")]
        return TAKE.run(session, rows), session.exec(select(LaneLease)).all()

    keys, leases = database.transact(work)

    assert keys == {"T1"}
    found = {one.workspace_id: (one.owner, one.recent) for one in leases}
    assert found == {"T1": ("b", None), "T2": ("c", [1]), "T3": ("a", [1]), "T4": ("a", [1])}


def test_no_rows_are_no_statement(database):
    """Nothing is inserted or changed for an empty list."""

    def work(session):
        LEASES.run(session, [])
        return TAKE.run(session, []), session.exec(select(LaneLease)).all()

    assert database.transact(work) == (set(), [])


def test_a_key_twice_is_an_error_like_any_other(database):
    """The driver's error is raised as SQLAlchemy's, which others wait for; nothing is kept."""
    with pytest.raises(IntegrityError):
        database.transact(lambda session: LEASES.run(session, [lease("T1"), lease("T1")]))

    def leases(session: Session) -> list[LaneLease]:
        return [*session.exec(select(LaneLease)).all()]

    assert database.transact(leases) == []


def test_what_is_there_is_not_inserted_again(database):
    """A row whose key is taken, in the table or by a row before it, changes nothing."""

    def work(session):
        first = ABSENT.run(session, [lease("T1"), lease("T2")])
        second = ABSENT.run(session, [lease("T2", "b"), lease("T3"), lease("T3", "b")])
        return first, second, session.exec(select(LaneLease)).all(), ABSENT.run(session, [])

    first, second, leases, nothing = database.transact(work)

    assert (first, second, nothing) == ({"T1", "T2"}, {"T3"}, set())
    assert {one.workspace_id: one.owner for one in leases} == {"T1": "a", "T2": "a", "T3": "a"}


def test_only_the_key_is_excused(database):
    """A row without a value that the table asks for is an error, not one that is there already."""
    with pytest.raises(IntegrityError):
        database.transact(lambda session: ABSENT.run(session, [lease("T1", None)]))
