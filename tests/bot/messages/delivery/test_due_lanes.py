"""The sweep's question costs the same however many messages and workspaces are stored."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlmodel import SQLModel

from bot.messages import outbox
from bot.messages.delivery import due_lanes, leases
from bot.messages.models import MessageState
from bot.messages.outbox import Content, Place

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SERIES = {
    True: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) ",
    False: "WITH n(i) AS (SELECT generate_series(1, 20000)) ",
}


WAITING = ("waiting", "'W'", 5000)


def fill(database):
    """Store 20,000 settled messages of 2,000 workspaces, and 5,000 of one that all wait."""

    def work(session):
        message = outbox.put(session, Place("T0", "default", "C0"), Content("note"), now=NOW)
        session.flush()
        columns = SQLModel.metadata.tables["message"].columns.keys()
        for state, workspace, limit in (
            ("idle", "'T' || (i % 2000)", 20000),
            ("waiting", "'W'", 5000),
        ):
            varied = {"id": f"'{state}' || i", "workspace_id": workspace, "state": f"'{state}'"}
            chosen = [varied.get(name, f"message.{name}") for name in columns]
            into = f"{SERIES[database.is_sqlite]} INSERT INTO message ({', '.join(columns)})"
            rows = f"SELECT {', '.join(chosen)} FROM message, n WHERE message.id = :id"
            query = text(f"{into} {rows} AND i <= :most")
            session.execute(query, {"id": message.id, "most": limit})
        session.delete(message)

    database.transact(work)
    with database.connect() as connection:
        connection.exec_driver_sql("COMMIT" if database.is_sqlite else "SELECT 1")
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def plan_of(database):
    """Return how the database goes about it, as text."""
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN (ANALYZE, BUFFERS)"
    question = text(f"{explain} {due_lanes.DUE}").bindparams(
        *due_lanes.DUE_LANES._bindparams.values()
    )

    def work(session):
        rows = session.execute(
            question, {"owner": "p", "now": NOW, "latest": NOW + leases.MAX_AHEAD}
        ).all()
        return "\n".join(str(row[-1]) for row in rows)

    return database.transact(work)


def test_messages_are_never_gone_through(database):
    """Only the partial indexes are jumped through, from one workspace with work to the next."""
    fill(database)

    plan = plan_of(database)

    found = database.transact(lambda session: due_lanes.due_lanes(session, "p", NOW))
    assert found == ["W"]
    if database.is_sqlite:
        assert "SCAN message\n" not in f"{plan}\n"
        assert all(name in plan for name in ("message_ready", "message_delayed", "message_sending"))
    else:
        assert "Seq Scan on message" not in plan
        assert max(rows_of(plan)) < 50


def rows_of(plan):
    """Return how many rows each step has gone through."""
    return [
        float(line.split("actual")[1].split("rows=")[1].split()[0])
        for line in plan.splitlines()
        if "actual" in line
    ]


def test_what_a_fast_clock_made_wait_goes_at_once(database):
    """A clock that was an hour ahead is set right while nothing runs: only plans wait on."""
    hour = timedelta(hours=1)

    def work(session):
        kept = {}
        for name, wait, planned in (
            ("a retry of the fast clock", hour, None),
            ("a retry of ours", timedelta(seconds=60), None),
            ("planned", hour, NOW + hour),
        ):
            message = outbox.put(session, Place("T0", "default", "C0"), Content("note"), now=NOW)
            message.state = MessageState.DELAYED
            message.due_at, message.scheduled_at = NOW + wait, planned
            kept[name] = message
        session.flush()
        due_lanes.end_waits_of_a_fast_clock(session, NOW)
        session.expire_all()
        return {name: message.state for name, message in kept.items()}

    assert database.transact(work) == {
        "a retry of the fast clock": MessageState.WAITING,
        "a retry of ours": MessageState.DELAYED,
        "planned": MessageState.DELAYED,
    }
