"""Each measurement runs with tiny numbers, so that it does not rot; its figures are not judged."""

import asyncio
import shutil

import pytest

from benchmarks import (
    accepting,
    doubled,
    engine,
    freshness,
    growth,
    hostile,
    hostile_http,
    housekeeping,
    kill_worker,
    latency,
    outage,
    rankings,
    report_acks,
    report_tick,
    responsiveness,
    scale_out,
    table,
    throughput,
    what_if,
)
from benchmarks.load import Shape
from benchmarks.virtual_time import VirtualLoop
from bot.db import Database

TINY = Shape(live=6, finals_a_minute=20, minutes=0.3, warm_up_seconds=10.0)


@pytest.mark.parametrize("way", freshness.WAYS)
def test_freshness_shows_ends(way):
    """With few live tasks every way shows ends, and Opsbell causes no 429."""
    figures = freshness.virtually(way, TINY)

    assert figures["finals_shown"] + figures["finals_never_shown"] == 6
    assert way == "first_in_first_out" or figures["answers_429"] == 0
    assert way != "opsbell" or figures["final_max_s"] < 5


@pytest.mark.parametrize("way", doubled.WAYS)
def test_doubled_counts_what_stands_twice(way):
    """Nothing is missing; nothing is doubled where Slack knows posts again."""
    figures = doubled.doubled(way, 20)

    assert figures["missing"] == 0
    assert way[0] == "ignored" or figures["doubled"] == 0


def test_the_whole_bot_is_told_over_http():
    """Every report is a request with one token; ends are seen in the playground."""
    shape = Shape(live=4, finals_a_minute=60, minutes=0.05, warm_up_seconds=2.0)
    figures = asyncio.run(freshness.really(shape))

    assert figures["finals_shown"] + figures["finals_never_shown"] == 3
    assert (figures["refused_by_us_429"], figures["other_refusals"]) == (0, 0)


def test_everybody_else_is_served_during_an_attack():
    """A quiet time and each attack have a figure for each thing that somebody does."""
    figures = asyncio.run(hostile_http.measure(0.5, ["half_sent", "unknown_fields"]))

    assert [*figures] == ["quiet", "half_sent", "unknown_fields, with a token"]
    assert all(found["healthz_p99_ms"] > 0 for found in figures.values())


def test_throughput_delivers_all():
    """A worker process delivers what was stored and says what it cost."""
    figures = throughput.measure("opsbell sqlite", 30, 0.0)

    assert figures["delivered"] == 30
    assert figures["worker_cpu_us"] > 0


def test_latency_is_taken_of_every_request():
    """There is one wait for each request, and none is negative."""
    waits = latency.latency("opsbell sqlite", 10)

    assert len(waits) == 10
    assert min(waits) > 0


@pytest.mark.parametrize("size", accepting.CONNECTIONS)
def test_what_is_accepted_is_delivered(size):
    """One by one or in bulks: every request is answered and every message arrives."""
    count = size * accepting.CONNECTIONS[size]
    figures = accepting.measure("sqlite", count, size)

    assert count == figures["delivered"]
    assert figures["answer_p50_ms"] > 0


async def test_responsiveness_knows_the_bots_process():
    """It starts, weighs something, and acknowledges each click."""
    figures = await responsiveness.measure(3, settling_seconds=0.1, idle_seconds=0.1)

    assert figures["idle_rss_mb"] > 10
    assert figures["ack_ms_p50"] > 0


async def test_clicks_are_answered_under_attack():
    """The attack is answered as what it is, and each click is acknowledged."""
    figures = await hostile.measure(3, ["nothing", "a pattern"], least_seconds=1.0)

    assert figures["nothing"]["answers"] == ""
    assert "422: " in figures["a pattern"]["answers"]
    assert figures["a pattern"]["ack_ms_p50"] > 0


def test_processes_share_the_work_of_many_workspaces():
    """Two processes deliver and record everything, each message once."""
    figures = scale_out.throughput(2, 6, 2)

    assert (figures["calls"], figures["recorded"]) == (12, 12)


@pytest.mark.parametrize("case", growth.CASES)
def test_growth_shows_a_plan(database, case):
    """Messages are picked, and the plan names the index they are picked from."""
    took, plan = growth.measure(database, case, 20_000, 2)

    assert took > 0
    assert "message_ready" in plan
    assert "Seq Scan on message" not in plan


def test_an_outage_is_survived():
    """After the outage everything asked for is delivered."""
    way = outage.WAYS["answers 503"]
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        figures = runner.run(outage.run(way, 3, 0.5))

    assert figures["given_up"] == 0
    assert figures["probes"] > 0


def test_a_table_has_a_column_for_each_result():
    """Figures that a result lacks are shown as missing."""
    shown = table.of({"a": {"one_s": 1000}, "b": {"two": None}})

    assert shown == "|  | a | b |\n| --- | --- | --- |\n| one s | 1,000 | - |\n| two | - | - |\n"


def test_nothing_is_lost_or_doubled_by_a_killed_worker():
    """Killed half-way, with answers lost as well: every message is there once."""
    found = kill_worker.measure("opsbell sqlite", 160, 0.2, afterwards_seconds=3.0)

    assert (found["missing"], found["twice"]) == (0, 0)


def test_questions_beside_the_engine_are_timed():
    """Every question and clean-up is done, and what is old is deleted."""
    with engine.folder_in_memory() as folder, engine.database("sqlite", folder) as store:
        housekeeping.fill(store, 200, 50)
        figures = asyncio.run(housekeeping.measure(store, 2))

    assert figures["deleting: longest transaction"] > 0
    assert min(figures.values()) >= 0


def test_rankings_rank_everybody(database):
    """The board is full, and everybody is counted."""
    took, memory, ranking = rankings.measure(database, 4_000, 40, 1)

    assert took > 0
    assert memory > 0
    assert len(ranking.rows) == 10
    assert ranking.subjects == 40
    assert all(row.trend and row.previous_rank for row in ranking.rows)


async def test_ticks_of_reports_are_timed(tmp_path, sqlite_template):
    """With some reports and runs there is a figure for each tick."""
    path = tmp_path / "bench.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    report_tick.fill(database, 20, 0)

    assert len(await report_tick.measure(database)) == report_tick.TICKS
    database.close()


async def test_clicks_are_answered_while_reports_run():
    """All reports end, and somebody clicked meanwhile."""
    figures = await report_acks.measure(2)

    assert figures["clicks"] > 0
    assert figures["ack_ms_longest"] >= figures["ack_ms_p50"] > 0


def test_a_replayed_week_is_what_happened():
    """Nothing that was told differs, and a candidate that asks for more tells less."""
    figures = what_if.measure(1_000)

    assert (figures["checks"], figures["differences"]) == (10_080, 0)
    assert figures["told_by_the_candidate"] < figures["told"]
