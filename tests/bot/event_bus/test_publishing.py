"""What happens to messages is published from the event table: at least once, and in order."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import Session

from bot.alerts.incident_lifecycle import TroubleType
from bot.alerts.models import Alert
from bot.event_bus.brokers.broker import BrokerError
from bot.event_bus.brokers.choice import broker_maker
from bot.event_bus.change_publisher import ChangePublisher
from bot.event_bus.lease import LeaseLostError, TopicLease
from bot.event_bus.models import BusCursor
from bot.event_bus.publisher import Publisher
from bot.messages import outbox
from bot.messages.history.projection import snapshot
from bot.messages.models import EventName
from bot.messages.outbox import Content, Place, put
from bot.reports.models import ReportRun, RunStatus, Trigger
from bot.telemetry.bus_figures import BusFigures
from tests.bot.http.calling import ONE_DATABASE
from tests.patience import until

OPS = Place("T1", "default", "C0OPS")
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
ONE_BROKER = pytest.mark.parametrize("bus_settings", ["redis"], indirect=True)


class Process:
    """One process that may publish, driven by hand."""

    def __init__(self, bus):
        self.figures = BusFigures(bus.services.clock)
        database, clock = bus.services.database, bus.services.clock
        self.lease = TopicLease(database, clock, bus.settings.events)
        kept = timedelta(days=30)
        self.changes = ChangePublisher(database, clock, bus.settings, kept, self.figures)
        self.publisher = Publisher(database, bus.settings, self.lease, self.changes, self.figures)
        self.broker = broker_maker(bus.settings)()

    async def begin(self) -> bool:
        await self.broker.open(receives=False)
        return await self.lease.hold()

    async def publish(self) -> int:
        """Look once; return how many events there were to publish."""
        return await self.publisher.publish_next(self.broker)


@pytest.fixture
async def process(bus):
    process = Process(bus)
    assert await process.begin()
    yield process
    await process.broker.close()


def request_message(session, clock, place=OPS):
    return put(session, place, Content("text", {"text": "Hi"}), now=clock.now()).id


def commit_message(database, clock, place=OPS):
    return database.transact(lambda session: request_message(session, clock, place))


@contextmanager
def other_transaction(database):
    """Open a transaction that is committed or rolled back by hand."""
    with database.connect() as connection, Session(connection) as session:
        yield session


async def subjects(bus, count):
    return [(await bus.next_event())["subject"] for _ in range(count)]


@ONE_DATABASE
async def test_an_event_says_what_happened_to_which_message(bus, process, database, clock):
    """It has a name, a time and the message's place, but not what the message says."""
    message = commit_message(database, clock)
    await process.publish()

    event = await bus.next_event()
    assert event["id"].startswith(f"{message}-")
    assert {**event, "id": "", "data": {}} == {
        "specversion": "1.0",
        "id": "",
        "source": "/opsbell",
        "type": "opsbell.SlackMessageRequested",
        "subject": message,
        "time": "2026-11-20T10:00:00+00:00",
        "partitionkey": message,
        "datacontenttype": "application/json",
        "data": {},
    }
    assert event["data"]["messageId"] == message
    assert (event["data"]["tenant"], event["data"]["channel"]) == ("default", "C0OPS")
    assert "Hi" not in str(event)


@ONE_BROKER
async def test_each_event_of_the_tenant_is_published_once_in_order(bus, process, database, clock):
    """Those of other tenants stay at home; the next look begins where the last one ended."""
    first = commit_message(database, clock)
    commit_message(database, clock, Place("T2", "cleo", "C0CLEO"))
    second = commit_message(database, clock)
    assert await process.publish() == 3
    assert await process.publish() == 0
    third = commit_message(database, clock)
    assert await process.publish() == 1

    assert await subjects(bus, 3) == [first, second, third]
    assert process.figures.published == 3


@ONE_BROKER
@ONE_DATABASE
async def test_what_happened_before_there_was_a_bus_stays_at_home(bus, database, clock):
    """Nobody wants a month of history the first time."""
    commit_message(database, clock)
    process = Process(bus)
    await process.begin()
    later = commit_message(database, clock)

    assert await process.publish() == 1
    assert await subjects(bus, 1) == [later]
    await process.broker.close()


@ONE_BROKER
@ONE_DATABASE
async def test_what_the_broker_did_not_take_is_published_later_by_the_same_id(
    bus, process, database, clock
):
    """The cursor stays, and the lag shows since when."""
    message = commit_message(database, clock)
    nowhere = bus.settings.model_copy(update={"url": SecretStr("redis://127.0.0.1:9")})
    there, process.broker = process.broker, broker_maker(nowhere)()
    with pytest.raises(BrokerError):
        await process.publish()
    clock.pass_by(seconds=5)
    assert process.figures.lag_seconds == 5
    process.broker = there
    await process.publish()

    assert await subjects(bus, 1) == [message]
    assert process.figures.lag_seconds == 0


@ONE_BROKER
@ONE_DATABASE
async def test_the_lag_grows_while_the_broker_is_away_from_the_start(bus, database, clock):
    """Also after a restart, when nothing has been tried to publish yet."""
    nowhere = bus.settings.model_copy(update={"url": SecretStr("redis://127.0.0.1:9")})

    async with replace(bus, settings=nowhere).running() as services:
        commit_message(database, clock)
        clock.pass_by(seconds=5)

        async def is_seen():
            return "opsbell_bus_lag_seconds 5.0" in services.meters.exposition()

        await until(is_seen)


@ONE_BROKER
@POSTGRESQL
async def test_who_does_not_publish_tells_no_lag(bus, process, database, clock):
    """Or a process that lost the lease would show its last figure for ever."""
    other = Process(bus)
    other.figures.oldest_unpublished_at = clock.now()
    commit_message(database, clock)
    clock.pass_by(seconds=5)
    await other.publisher.measure_lag()
    await process.publisher.measure_lag()

    assert (other.figures.lag_seconds, process.figures.lag_seconds) == (0, 5)


@pytest.mark.parametrize("bus_settings", ["nats"], indirect=True)
@ONE_DATABASE
async def test_an_event_that_the_broker_finds_too_large_goes_without_its_detail(
    bus, process, database, clock
):
    """NATS takes a megabyte; what follows must not wait for ever."""

    def note(session):
        message = put(session, OPS, Content("text", {"text": "Hi"}), now=clock.now())
        detail = {"answer": "x" * 1_100_000}
        event = outbox.event(message, EventName.FAILED, clock.now(), snapshot(message))
        session.add(event)
        event.detail = detail

    database.transact(note)
    assert await process.publish() == 2

    events = [await bus.next_event() for _ in range(2)]
    assert [event["type"] for event in events] == [
        "opsbell.SlackMessageRequested",
        "opsbell.SlackMessageFailed",
    ]
    assert events[1]["data"]["detail"] == {"leftOut": "too large for the broker"}


@ONE_BROKER
@POSTGRESQL
async def test_one_process_publishes_and_another_takes_over(bus, process, database, clock):
    """If the first one comes back, it does not move the cursor any more."""
    other = Process(bus)
    assert not await other.begin()
    clock.pass_by(seconds=13)
    assert await other.begin()
    commit_message(database, clock)

    with pytest.raises(LeaseLostError):
        await process.publish()
    assert process.figures.published == 0
    assert await other.publish() == 1
    with pytest.raises(LeaseLostError):
        await process.lease.advance(7)
    await other.lease.release()
    assert await process.lease.hold()
    await other.broker.close()


@ONE_BROKER
@ONE_DATABASE
async def test_on_sqlite_nobody_waits_for_a_process_that_was_killed(bus, process):
    """There is one process, so another one's lease is a dead one's."""
    other = Process(bus)

    assert await other.begin()
    await other.broker.close()


@ONE_BROKER
@POSTGRESQL
async def test_what_is_committed_late_is_published_before_what_follows(
    bus, process, database, clock
):
    """Its id is lower: what has a higher one waits until it is committed."""
    with other_transaction(database) as session:
        first = request_message(session, clock)
        session.flush()
        second = commit_message(database, clock)
        assert [await process.publish() for _ in range(3)] == [0, 0, 0]
        session.commit()
    assert await process.publish() == 2

    assert await subjects(bus, 2) == [first, second]


@ONE_BROKER
@POSTGRESQL
async def test_what_is_rolled_back_holds_up_nothing(bus, process, database, clock):
    """Its ids stay missing, and that is known once its transaction has ended."""
    with other_transaction(database) as session:
        request_message(session, clock)
        session.flush()
        message = commit_message(database, clock)
        assert [await process.publish() for _ in range(2)] == [0, 0]
        session.rollback()
    assert await process.publish() == 1
    assert await subjects(bus, 1) == [message]

    with other_transaction(database) as session:  # One that had ended before anybody looked.
        request_message(session, clock)
        session.flush()
        session.rollback()
    commit_message(database, clock)
    assert [await process.publish() for _ in range(2)] == [0, 1]


@ONE_BROKER
@ONE_DATABASE
async def test_the_bus_publishes_by_itself(bus, database, clock):
    """Whatever happens once it runs."""
    async with bus.running():

        async def has_begun():
            return database.snapshot(lambda one: one.get(BusCursor, bus.settings.events))

        await until(has_begun)
        message = commit_message(database, clock)
        assert await subjects(bus, 1) == [message]


@ONE_BROKER
async def test_changes_of_alerts_are_published_once(bus, process, database, clock):
    """Opened, resolved, and opened once more; those of others and of before stay at home."""
    clock.pass_by(minutes=1)
    opened_at = clock.now() - timedelta(seconds=30)
    keep(database, alert("a_1", opened_at), alert("a_2", opened_at, tenant="cleo"))
    keep(database, alert("a_0", opened_at - timedelta(hours=1)))
    assert await process.changes.publish_new(process.broker) == 1
    clock.pass_by(seconds=30)
    keep(database, alert("a_1", opened_at, state="resolved", resolved_at=clock.now()))
    counts = [await process.changes.publish_new(process.broker) for _ in range(2)]
    assert counts == [1, 0]
    clock.pass_by(minutes=20)
    keep(database, alert("a_1", clock.now()))
    assert await process.changes.publish_new(process.broker) == 1

    events = [await bus.next_event() for _ in range(3)]
    told = [(one["type"], one["subject"], one["data"]["state"]) for one in events]
    assert told == [
        ("opsbell.AlertOpened", "a_1", "open"),
        ("opsbell.AlertResolved", "a_1", "resolved"),
        ("opsbell.AlertOpened", "a_1", "open"),
    ]
    assert len({event["id"] for event in events}) == 3


@ONE_BROKER
@ONE_DATABASE
async def test_a_change_is_published_after_the_clock_was_set_back(bus, process, database, clock):
    """Its time is before the last look."""
    clock.pass_by(hours=2)
    assert await process.changes.publish_new(process.broker) == 0
    clock.pass_by(hours=-1)
    keep(database, alert("a_1", clock.now()))

    assert await process.changes.publish_new(process.broker) == 1


def alert(alert_id, opened_at, **more):
    found = {"tenant": "default", "opened_at": opened_at, "label": "import", **more}
    return Alert(id=alert_id, type=TroubleType.FAILED, task=alert_id, fingerprint="", **found)


def keep(database, *rows):
    """Store rows, or replace those that are there."""

    def work(session):
        for row in rows:
            session.merge(row)

    database.transact(work)


@ONE_BROKER
@ONE_DATABASE
async def test_the_end_of_a_report_run_is_published_once(bus, process, database, clock):
    """Also by the process that takes over after a crash, and not while the run is going on."""
    clock.pass_by(minutes=1)
    now = clock.now()
    keep(database, report_run(now, RunStatus.RUNNING))
    assert await process.changes.publish_new(process.broker) == 0
    keep(database, report_run(now, RunStatus.FAILED, completed_at=now))
    clock.pass_by(seconds=13)
    assert await process.changes.publish_new(process.broker) == 1
    other = Process(bus)
    await other.begin()
    assert await other.changes.publish_new(other.broker) == 0
    await other.broker.close()

    event = await bus.next_event()
    assert (event["type"], event["subject"]) == ("opsbell.ReportRunFinished", "x_1")
    assert (event["data"]["reportId"], event["data"]["status"]) == ("r_1", "failed")


def report_run(at, status, completed_at=None):
    return ReportRun(
        id="x_1",
        report_id="r_1",
        tenant="default",
        trigger=Trigger.MANUAL,
        due_at=at,
        created_at=at,
        status=status,
        completed_at=completed_at,
    )


@ONE_DATABASE
async def test_ids_of_deleted_events_are_not_given_again(database, clock):
    """SQLite would, and a new event would be behind the cursor."""

    def delete_all(session):
        session.connection().exec_driver_sql("DELETE FROM event")

    def newest(session):
        return session.connection().exec_driver_sql("SELECT MAX(id) FROM event").scalar()

    commit_message(database, clock)
    before = database.snapshot(newest)
    database.transact(delete_all)
    commit_message(database, clock)

    assert database.snapshot(newest) > before
