"""The guard: one SELECT that only reads gets through, in every dialect, and nothing else does."""

import pytest

from bot.errors import InvalidError
from bot.sources.guard import MAX_QUERY_CHARACTERS, guard_select, written
from tests.bot.sources.analytic_selects import SELECTS
from tests.bot.sources.room import readable

DIALECTS = ["sqlite", "postgres", "duckdb"]

HOSTILE = [
    # Several statements, and none.
    *("SELECT 1; DROP TABLE orders", "SELECT 1;;SELECT 2", "", " ", ";", "-- nothing"),
    # What is no SELECT.
    *("DELETE FROM orders", "UPDATE orders SET total = 0", "INSERT INTO orders VALUES (1)"),
    *("DROP TABLE orders", "CREATE TABLE x AS SELECT 1", "ALTER TABLE orders ADD x int"),
    *("TRUNCATE orders", "VACUUM", "BEGIN", "COMMIT", "SET x = 1", "CALL f()", "DO $$ $$"),
    *(
        "COPY orders TO '/tmp/x'",
        "COPY orders FROM PROGRAM 'id'",
        "EXPLAIN ANALYZE DELETE FROM orders",
    ),
    *("PRAGMA writable_schema = 1", "PRAGMA table_info(orders)", "ATTACH 'x.db' AS x", "DETACH x"),
    *("INSTALL httpfs", "LOAD httpfs", "EXPORT DATABASE 'x'", "IMPORT DATABASE 'x'", "USE x"),
    *("GRANT ALL ON orders TO ben", "LISTEN x", "NOTIFY x", "LOCK TABLE orders", "VALUES (1)"),
    *("MERGE INTO orders USING customers ON true WHEN MATCHED THEN DELETE", "RESET ALL"),
    "WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM x",
    "WITH x AS (UPDATE orders SET total = 0 RETURNING id) SELECT id FROM x",
    "WITH x AS (INSERT INTO orders VALUES (1) RETURNING id) SELECT id FROM x",
    "WITH x AS (SELECT 1) DELETE FROM orders",
    *("SELECT * INTO copied FROM orders", "SELECT * INTO TEMP copied FROM orders"),
    *("SELECT * FROM orders FOR UPDATE", "SELECT * FROM orders FOR SHARE", "SELECT"),
    "SELECT * FROM (SELECT * FROM orders FOR UPDATE) AS o",
    # Files and networks.
    *("SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_csv_auto('x')"),
    *("SELECT * FROM read_parquet('s3://x')", "SELECT * FROM read_json('x')"),
    *("SELECT * FROM read_text('x')", "SELECT * FROM read_blob('x')", "SELECT * FROM glob('*')"),
    *("SELECT * FROM '/etc/passwd'", "SELECT * FROM 'data.csv'", 'SELECT * FROM "data.parquet"'),
    *("SELECT * FROM parquet_scan('x')", "SELECT * FROM sniff_csv('x')"),
    *("SELECT pg_read_file('/etc/passwd')", "SELECT pg_catalog.pg_read_file('x')"),
    *(
        "SELECT \"pg_read_file\"('x')",
        "SELECT PG_READ_FILE('x')",
        "SELECT pg_read_binary_file('x')",
    ),
    *("SELECT pg_ls_dir('/')", "SELECT * FROM pg_ls_logdir()", "SELECT pg_stat_file('x')"),
    *("SELECT lo_import('x')", "SELECT lo_export(1, 'x')", "SELECT lo_get(1)"),
    *("SELECT * FROM dblink('host=x', 'SELECT 1') AS t(a int)", "SELECT dblink_exec('x')"),
    *("SELECT load_extension('x')", "SELECT readfile('x')", "SELECT writefile('x', 'y')"),
    *("SELECT edit('x')", "SELECT fts3_tokenizer('x')", "SELECT getenv('HOME')"),
    # Effects, and queries inside of functions.
    *("SELECT nextval('s')", "SELECT setval('s', 1)", "SELECT currval('s')", "SELECT lastval()"),
    *("SELECT set_config('a', 'b', false)", "SELECT current_setting('x')", "SELECT setseed(0.5)"),
    *("SELECT pg_advisory_lock(1)", "SELECT pg_try_advisory_lock(1)", "SELECT pg_sleep(9)"),
    *("SELECT pg_terminate_backend(1)", "SELECT pg_cancel_backend(1)", "SELECT pg_reload_conf()"),
    *("SELECT pg_notify('a', 'b')", "SELECT pg_logical_emit_message(true, 'a', 'b')"),
    *("SELECT pg_create_restore_point('a')", "SELECT pg_switch_wal()", "SELECT txid_current()"),
    *(
        "SELECT query_to_xml('SELECT 1', true, true, '')",
        "SELECT table_to_xml('x', true, true, '')",
    ),
    *("SELECT database_to_xml(true, true, '')", "SELECT cursor_to_xml('x', 1, true, true, '')"),
    *("SELECT * FROM query('SELECT 1')", "SELECT * FROM query_table('users')", "SELECT * FROM f()"),
    *("SELECT * FROM pragma_table_info('orders')", "SELECT * FROM duckdb_secrets()"),
    *("SELECT * FROM duckdb_settings()", "SELECT * FROM crosstab('SELECT 1') AS t(a int)"),
    *("SELECT last_insert_rowid()", "SELECT changes()", "SELECT randomblob(1000000000)"),
    *("SELECT zeroblob(1000000000)", "SELECT evil.lower('x')", "SELECT my_own_function(1)"),
    *("SELECT * FROM evil.generate_series(1, 2)", "SELECT * FROM a.b.lower('x')"),
    *("SELECT * FROM orders, evil.unnest(1) AS x", "SELECT * FROM a.pg_catalog.unnest(1) AS x"),
    "SELECT * FROM ROWS FROM (evil.lower('x'), pg_ls_dir('.')) AS t",
    *("SELECT ts_stat('SELECT 1')", "SELECT * FROM ts_stat('SELECT 1')"),
    "SELECT id FROM orders WHERE total > (SELECT pg_sleep(9))",
    "SELECT id FROM orders ORDER BY nextval('s')",
    "SELECT count(*) FILTER (WHERE pg_sleep(9) IS NULL) FROM orders",
    # Tables that may not be read, also where a WITH seems to define them.
    *("SELECT * FROM pg_shadow", "SELECT * FROM pg_catalog.pg_authid", "SELECT * FROM users"),
    *(
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM dbstat",
    ),
    *(
        "SELECT * FROM secret.orders",
        "SELECT * FROM other.main.orders",
        "SELECT * FROM duckdb_tables",
    ),
    "SELECT id FROM orders WHERE id IN (SELECT id FROM users)",
    "SELECT (SELECT max(id) FROM users) FROM orders",
    "SELECT * FROM (WITH users AS (SELECT 1) SELECT * FROM users) AS x, users",
    "WITH users AS (SELECT * FROM users) SELECT * FROM users",
    "WITH a AS (SELECT * FROM users), users AS (SELECT 1) SELECT * FROM a",
    "SELECT * FROM orders UNION ALL SELECT * FROM users",
    "SELECT * FROM orders, LATERAL (SELECT * FROM users) AS u",
    # Parameters have no values.
    *("SELECT ?", "SELECT $1", "SELECT @a", "SELECT * FROM orders WHERE id = ?"),
    # What cannot be read.
    *("SELECT 'a", "SELECT (1", "SELEC 1", "SELECT * FORM orders", "SELECT 1 FROM", "🦊", "\0"),
    *("(" * 5_000 + "1", "SELECT " + "(" * 3_000 + "1" + ")" * 3_000),
    "SELECT " + "1," * MAX_QUERY_CHARACTERS + "1",
]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_whatever_is_not_one_reading_select_is_refused(dialect):
    """Writes, files, networks, effects, foreign tables and nonsense are refused by the field."""
    passed, fields = [], set()
    for sql in HOSTILE:
        try:
            passed.append(written(guard_select(sql, dialect, readable(dialect)), dialect))
        except InvalidError as error:
            fields |= {one.field for one in error.problems}

    assert (passed, fields) == ([], {"query"})


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_ordinary_select_is_refused(dialect):
    """Some two hundred analytic SELECTs pass, and stay the same when they pass again."""
    refused = []
    for sql in SELECTS["all"] + SELECTS[dialect]:
        try:
            once = written(guard_select(sql, dialect, readable(dialect)), dialect)
            again = written(guard_select(once, dialect, readable(dialect)), dialect)
            assert once == again
        except InvalidError as error:
            refused.append((sql, str(error)))

    assert refused == []


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            "SELECT id\nFROM order",
            "line 2, column 6: there is no table `order` to read; did you mean `orders`?",
        ),
        (
            "SELECT contry FROM orders",
            "line 1, column 8: there is no column `contry`; did you mean `country`?",
        ),
        (
            "SELECT o.totl FROM orders o",
            "line 1, column 8: there is no column `o.totl`; did you mean `total`?",
        ),
        (
            "SELECT x.id FROM orders o",
            "line 1, column 8: there is no table `x` in the query; known: o, orders",
        ),
        (
            'SELECT id FROM orders WHERE country = "DE"',
            "line 1, column 39: there is no column `DE`; known: at, country, customer_id, details,"
            " id, orders, status, total (text stands in single quotes)",
        ),
        (
            "SELECT sume(total) FROM orders",
            "line 1, column 8: reports may not call `sume`; did you mean `sum`?",
        ),
        (
            "SELECT pg_sleep(1)",
            "line 1, column 8: reports may not call `pg_sleep`: only functions that compute may",
        ),
        (
            "SELECT 1; SELECT 2",
            "there are 2 statements: write one SELECT, which may begin with WITH; reports only"
            " read",
        ),
        (
            "SELECT total FROM orders WHERE (",
            "line 1, column 32: it cannot be read as SQL near `(`",
        ),
    ],
)
def test_a_refusal_names_the_place_and_the_fix(sql, message):
    """Who wrote the query is told where it fails and which name was probably meant."""
    with pytest.raises(InvalidError) as caught:
        guard_select(sql, "sqlite", readable("sqlite"))

    assert str(caught.value) == message


def test_what_cannot_be_written_is_refused():
    """A tree that sqlglot reads and cannot write is an error at the field, like any other."""
    query = guard_select("SELECT datetime(SELECT at) FROM orders", "duckdb", readable("duckdb"))

    with pytest.raises(InvalidError, match="it cannot be said in the dialect duckdb"):
        written(query, "duckdb")


def test_brackets_around_the_whole_are_left_out():
    """SQLite takes no SELECT in brackets; what stands behind them stays."""
    for sql, run in (
        ("((SELECT id FROM orders))", "SELECT id FROM orders"),
        ("(WITH a AS (SELECT 1) SELECT * FROM a)", "WITH a AS (SELECT 1) SELECT * FROM a"),
    ):
        assert written(guard_select(sql, "sqlite", readable("sqlite")), "sqlite") == run


def test_what_is_run_has_no_comments():
    """Nothing that one database reads as a comment, and another does not, is passed on."""
    sql = "SELECT id /*! , (SELECT 1) */ FROM orders -- ; DROP TABLE orders"

    assert (
        written(guard_select(sql, "sqlite", readable("sqlite")), "sqlite")
        == "SELECT id FROM orders"
    )


def test_postgresql_tells_quoted_names_apart():
    """`"Users"` defines another table than `users`, which is still the one of the database."""
    with pytest.raises(InvalidError):
        guard_select(
            'WITH "USERS" AS (SELECT 1) SELECT * FROM users', "postgres", readable("postgres")
        )
    with pytest.raises(InvalidError):
        guard_select('SELECT * FROM "ORDERS"', "postgres", readable("postgres"))


def test_a_remainder_may_stand_in_a_limit():
    """`LIMIT 2 - 5 % 2` computes; only DuckDB reads a percentage there."""
    sql = "SELECT id FROM orders ORDER BY id LIMIT 2 - (SELECT count(*) FROM orders) % 2 OFFSET 1"

    text = written(guard_select(sql, "sqlite", readable("sqlite")), "sqlite")

    assert text.endswith("LIMIT (2 - (SELECT COUNT(*) FROM orders) % 2) OFFSET 1")
