"""Statements that are made once: they say and find the same as SQLAlchemy's own way."""

from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import bindparam, insert, literal_column, select, update
from sqlmodel import SQLModel

from bot.messages.models import DeadLetter
from bot.sql.statements import OneOf, Statement

EVENT = SQLModel.metadata.tables["event"]
LETTERS = SQLModel.metadata.tables["dead_letter"]
NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
ADD = Statement(
    insert(EVENT).inline().values({c.name: bindparam(c.name) for c in EVENT.c if c.name != "id"})
)
FIND = Statement(
    select(EVENT.c.message_id, EVENT.c.at, EVENT.c.detail, literal_column("1").label("one"))
    .where(OneOf(EVENT.c.message_id, "ids"))
    .order_by(EVENT.c.id)
)


def row(message_id, **changed):
    usual = {"name": "x", "at": NOW, "revision": 1, "attempt": 0, "detail": {}, "change": {}}
    return {"message_id": message_id, **usual, **changed}


def test_values_come_back_as_they_went(database):
    """Times, JSON and texts are converted as the columns' types say, in both directions."""
    east = NOW.astimezone(timezone(timedelta(hours=2)))
    detail = {"text": 'ä‮ \\ " %s ? :x', "list": [1, None, True]}

    def work(session):
        ADD.run_each(session, [row("m_1", detail=detail, at=east), row("m_2")])
        return FIND.rows(session, ids='["m_1", "m_2", "m_3"]')

    first, second = database.transact(work)

    assert ("m_1", NOW, detail, 1) == (first.message_id, first.at, first.detail, first.one)
    assert first.at.tzinfo is not None
    assert (second.message_id, second.detail) == ("m_2", {})


def test_no_texts_find_nothing(database):
    """An empty array is a parameter like any other."""
    assert database.transact(lambda session: FIND.rows(session, ids="[]")) == []


def test_constants_are_part_of_the_statement(database):
    """What a statement says itself needs no parameter; None is a value too."""
    told = Statement(
        update(LETTERS)
        .where(LETTERS.c.message_id == bindparam("id"), LETTERS.c.error == "x")
        .values(notice_group=bindparam("group"), fix="f")
    )

    def work(session):
        session.add(
            DeadLetter(
                message_id="m_1",
                workspace_id="T0",
                channel="C0",
                error="x",
                fix="",
                died_at=NOW,
                notice_group="g",
            )
        )
        session.flush()
        told.run(session, id="m_1", group=None)
        session.expire_all()
        letter = session.get(DeadLetter, "m_1")
        return letter.fix, letter.notice_group

    assert database.transact(work) == ("f", None)


def test_no_rows_are_no_statement(database):
    """Executing for each of no rows does nothing."""

    def work(session):
        ADD.run_each(session, [])
        return FIND.rows(session, ids='["m_1"]')

    assert database.transact(work) == []
