"""Sources of all three databases: exact values, limits that hold, and no way to write."""

import asyncio
import sqlite3
from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import uuid4

import duckdb
import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.config_sections.reports import DIALECTS, SourceSettings
from bot.errors import InvalidError
from bot.sources.base import QueryError
from bot.sources.reader_program import open_reader
from bot.sources.readers.base import SourceSpec
from bot.sources.readers.sqlite import SqliteReader
from bot.sources.registry import Sources
from bot.sources.result import ColumnKind, ResultTable
from tests.postgresql import in_database, run_sql

TABLES = """
CREATE TABLE orders (id bigint PRIMARY KEY, country text, total numeric(12, 2), sold_on date);
CREATE TABLE secret (word text);
CREATE VIEW big AS SELECT * FROM orders WHERE total > 15;
CREATE SEQUENCE numbers;
INSERT INTO orders VALUES
  (9007199254740993, 'DE', 10.10, '2026-03-28'),
  (2, 'FR', 20.20, '2026-03-29'),
  (3, NULL, NULL, NULL);
"""
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n{}) SELECT {} FROM n"
ENDLESS = NUMBERS.format("", "count(*)")
MANY = NUMBERS.format(" WHERE i < 1001", "n.i") + ", n AS m"


@pytest.fixture(params=["sqlite", "postgresql", "duckdb"])
def address(request, tmp_path):
    """The address of a database with three orders, on each kind of database."""
    path = tmp_path / "shop.db"
    match request.param:
        case "sqlite":
            with sqlite3.connect(path) as connection:
                connection.executescript(TABLES.replace("CREATE SEQUENCE numbers;", ""))
            connection.close()
        case "duckdb":
            with duckdb.connect(str(path)) as duck:
                duck.execute(TABLES)
        case "postgresql":
            server = request.getfixturevalue("postgresql_server")
            name = f"shop_{uuid4().hex}"
            run_sql(server, f"CREATE DATABASE {name}")
            run_sql(in_database(server, name), TABLES)
            yield in_database(server, name)
            run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")
            return
    yield f"{request.param}:///{path}"


def sources_of(workers, **addresses):
    """Return sources by these names; of their tables `secret` may not be read."""
    settings = {
        name: SourceSettings(
            url=SecretStr(address),
            tables=["orders", "big"],
            row_limit=1_000,
            timeout_seconds=1 if name == "hasty" else 60,
        )
        for name, address in addresses.items()
    }
    return Sources(settings, database_url="sqlite:////none", clock=SystemClock(), workers=workers)


@pytest.fixture
def shop(workers, address):
    """The source."""
    return sources_of(workers, shop=address).get("shop")


async def fetched(source, sql):
    """Check a query and return its result."""
    return await source.fetch(await source.check(sql))


async def test_values_arrive_digit_for_digit(shop, address):
    """64-bit integers, exact decimals where there are any, dates and NULL are what they were."""
    result = await fetched(shop, "SELECT id, country, total, sold_on FROM orders ORDER BY id DESC")

    kinds = [column.kind for column in result.columns]
    assert kinds == [ColumnKind.NUMBER, ColumnKind.TEXT, ColumnKind.NUMBER, ColumnKind.DATE]
    money = float if address.startswith("sqlite") else Decimal
    assert result.rows == (
        (9007199254740993, "DE", money("10.10"), date(2026, 3, 28)),
        (3, None, None, None),
        (2, "FR", money("20.20"), date(2026, 3, 29)),
    )
    assert ResultTable.from_json(result.as_json()) == result


async def test_two_columns_of_one_name_stay_two(shop):
    """A result is a table, not a dictionary."""
    result = await fetched(shop, "SELECT id AS x, country AS x FROM orders WHERE id = 2")

    assert [column.name for column in result.columns] == ["x", "x"]
    assert result.rows == ((2, "FR"),)


async def test_tables_are_those_of_the_allow_list(shop):
    """Others are not listed, cannot be read, and stay so in a stored query."""
    assert sorted(table.name for table in await shop.tables()) == ["big", "orders"]
    with pytest.raises(InvalidError, match="there is no table `secret` to read"):
        await shop.check("SELECT * FROM secret")
    with pytest.raises(QueryError) as caught:
        await shop.fetch("SELECT * FROM secret")
    assert caught.value.code == "refused"
    assert (await fetched(shop, "SELECT country FROM big")).rows == (("FR",),)


async def test_generic_sql_runs_everywhere(shop):
    """What a dialect does not know is read as generic SQL and said in the dialect's own words."""
    sql = (
        "SELECT DATE_TRUNC('quarter', sold_on), EXTRACT(year FROM sold_on) FROM orders"
        " WHERE id = 2 AND sold_on < CURRENT_DATE + INTERVAL 2 DAY"
    )

    ((quarter, year),) = (await fetched(shop, sql)).rows

    assert str(quarter)[:10] == "2026-01-01"
    assert int(year) == 2026


async def test_an_endless_query_is_stopped(workers, address):
    """A query ends at its source's timeout, and the error says so."""
    source = sources_of(workers, hasty=address).get("hasty")
    with pytest.raises(QueryError, match="took longer than 1 s") as caught:
        await source.fetch(ENDLESS)

    assert caught.value.code == "timeout"


async def test_too_many_rows_are_refused(shop):
    """A million rows are an error and never a part of them."""
    with pytest.raises(QueryError, match="more than 1,000 rows") as caught:
        await shop.fetch(MANY)

    assert caught.value.code == "too_many_rows"


async def test_a_huge_result_is_stopped(shop, address):
    """A hundred megabytes in few rows are too large, whatever makes them."""
    wide = (
        "replace(printf('%1000000d', 0), ' ', 'x')"
        if "sqlite" in address
        else "repeat('x', 1000000)"
    )
    sql = NUMBERS.format(" WHERE i < 100", wide)

    with pytest.raises(QueryError) as caught:
        await shop.fetch(sql)

    assert caught.value.code in ("too_large", "memory")


async def test_an_unknown_column_is_named(shop):
    """The guard or the database says what there is not, at the field `query`."""
    with pytest.raises(InvalidError) as caught:
        await shop.check("SELECT x.countri FROM (SELECT country FROM orders) AS x")

    assert [problem.field for problem in caught.value.problems] == ["query"]
    assert "countri" in str(caught.value)


async def test_a_stored_write_is_refused(shop):
    """Not even a query that was never checked can write."""
    for sql in ("DELETE FROM orders", "CREATE TABLE x (a int)", "SELECT 1; DELETE FROM orders"):
        with pytest.raises(QueryError, match="SELECT") as caught:
            await shop.fetch(sql)
        assert caught.value.code == "refused"

    assert (await fetched(shop, "SELECT count(*) FROM orders")).rows == ((3,),)


WRITES = {
    "all": ("DELETE FROM orders", "CREATE TABLE x (a int)", "DROP TABLE orders"),
    "sqlite": (
        "ATTACH 'x.db' AS x",
        "PRAGMA writable_schema = 1",
        "SELECT word FROM secret",
        "SELECT * FROM orders, secret",
        "SELECT load_extension('x')",
        "SELECT name FROM sqlite_master",
    ),
    "postgresql": (
        "SELECT nextval('numbers')",
        "SELECT * FROM orders FOR UPDATE",
        "SET TRANSACTION READ WRITE",
        "WITH gone AS (DELETE FROM orders RETURNING id) SELECT id FROM gone",
    ),
    "duckdb": (
        "ATTACH 'x.db' AS x",
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY orders TO '/tmp/opsbell-orders.csv'",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
        "INSTALL httpfs",
    ),
}


def test_readers_cannot_write_whatever_the_guard_lets_through(address):
    """Behind the guard stands a connection that neither writes nor leaves the database."""
    dialect = DIALECTS[address.partition(":")[0]]
    for sql in WRITES["all"] + WRITES[address.partition(":")[0]]:
        reader = open_reader(SourceSpec("shop", dialect, address, 1_000, 60))
        if isinstance(reader, SqliteReader):
            reader.allow_only(["orders", "big"])
        with pytest.raises(QueryError):
            reader.read(sql)
        reader.close()

    reader = open_reader(SourceSpec("shop", dialect, address, 1_000, 60))
    assert len(reader.read("SELECT id FROM orders").rows) == 3
    reader.close()


async def test_a_source_that_is_away_is_unavailable(workers, address, tmp_path):
    """A missing file or a server that is down is told without the password."""
    away = {
        "sqlite": f"sqlite:///{tmp_path}/none.db",
        "duckdb": f"duckdb:///{tmp_path}/none.db",
    }.get(address.partition(":")[0], "postgresql://ada:lovelace@127.0.0.1:1/shop")
    with pytest.raises(QueryError, match="The source `shop` cannot be reached") as caught:
        await sources_of(workers, shop=away).get(None).tables()

    assert caught.value.code == "unavailable"
    assert "lovelace" not in str(caught.value)


async def test_a_duckdb_file_that_somebody_writes_is_said_to_be_open(workers, tmp_path):
    """In plain words, without the processes and paths of this machine."""
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)), pytest.raises(QueryError) as caught:
        await sources_of(workers, shop=f"duckdb:///{path}").get(None).tables()

    assert str(caught.value) == (
        "The source `shop` cannot be reached: another program has the file open for writing; "
        "close it there, or name a copy"
    )


#: An hour that no clock in Berlin shows, and that no zone may move.
WALL_TIME = datetime.fromisoformat("2026-03-29 02:30:00")
POSTGRESQL_VALUES = """
SELECT 'NaN'::numeric AS a, 'Infinity'::float8 AS b, 1.10::numeric AS c,
       'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS d, '{"b": 1, "a": 2}'::json AS e,
       '\\xdeadbeef'::bytea AS f, '2026-03-29 02:30:00'::timestamp AS g,
       '2026-03-29 02:30:00+02'::timestamptz AS h, 'infinity'::date AS i,
       interval '1 day 2 hours' AS j, ARRAY[1, 2] AS k, time '09:00' AS l, true AS m,
       0.1::float4 AS n, 123456789012345678901234567890::numeric AS o
"""


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_postgresql_values_are_exact_or_words(shop):
    """What Python has no exact type for arrives as PostgreSQL writes it, and bytes as bytes."""
    (row,) = (await fetched(shop, POSTGRESQL_VALUES)).rows

    assert row == (
        *("NaN", "Infinity", Decimal("1.10")),
        *("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", '{"b": 1, "a": 2}', "0xdeadbeef (4 bytes)"),
        *(WALL_TIME, datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
        *("infinity", "P1DT2H", "{1,2}", time(9), True, 0.1),
        Decimal("123456789012345678901234567890"),
    )


@pytest.mark.parametrize("address", ["duckdb"], indirect=True)
async def test_duckdb_values_are_exact_or_words(shop):
    """Huge integers, nanoseconds, lists and instants arrive without a loss."""
    sql = (
        "SELECT 170141183460469231731687303715884105727::hugeint AS a,"
        " TIMESTAMP_NS '2026-03-29 02:30:00.123456789' AS b, [1, 2] AS c,"
        " '2026-03-29 02:30:00+02'::timestamptz AS d, 'nan'::double AS e, 1.10::decimal(9, 2) AS f"
    )

    (row,) = (await fetched(shop, sql)).rows

    assert row == (
        *(170141183460469231731687303715884105727, "2026-03-29 02:30:00.123456789", "[1, 2]"),
        *(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "NaN", Decimal("1.10")),
    )


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_sqlite_values_are_exact_or_words(shop):
    """SQLite declares nothing: a column is what all its values are, and no date is made up."""
    sql = (
        "SELECT x'00ff' AS a, 1e400 AS b, '2026-02-30' AS c, '2026-03-29 02:30:00' AS d,"
        " 0.1 + 0.2 AS e, '007' AS f"
    )

    result = await fetched(shop, sql)

    assert result.rows == (
        (
            *("0x00ff (2 bytes)", "Infinity", "2026-02-30", WALL_TIME),
            *(0.30000000000000004, "007"),
        ),
    )
    assert [column.kind.value for column in result.columns] == [
        *("text", "text", "text", "timestamp", "number", "text")
    ]


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_source_is_read_while_it_is_written(shop, address):
    """A SQLite file in WAL mode that another program has open is read, and stays writable."""
    connection = sqlite3.connect(address.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("DELETE FROM orders")

    result = await fetched(shop, "SELECT count(*) FROM orders")

    connection.execute("COMMIT")
    connection.close()
    assert result.rows == ((3,),)


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_slow_source_leaves_room_for_others(address):
    """Queries that take long wait for each other, and a short one of another source does not."""
    sources = sources_of(None, slow=address, quick=address)
    slow = [asyncio.create_task(sources.get("slow").fetch(ENDLESS)) for _ in range(4)]

    result = await fetched(sources.get("quick"), "SELECT count(*) FROM orders")

    are_done = [task.done() for task in slow]
    sources.close()
    for task in slow:
        with suppress(QueryError):
            await task
    assert result.rows == ((3,),)
    assert are_done == [False] * 4
