"""When a run is longer than its kind's own history, over a thousand synthetic histories."""

import math
import random
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from bot.alerts.analysis.expected_duration import (
    MARGIN,
    MAX_RUNS,
    MIN_RUNS,
    ExpectedDuration,
    expect_duration,
)

FOLLOWING_RUNS = 20
Runs = Iterator[float]


def steady(chance: random.Random) -> Runs:
    """Nearly constant, from a second to two hours."""
    usual = math.exp(chance.uniform(0, 9))
    while True:
        yield usual * chance.uniform(0.98, 1.02)


def skewed(chance: random.Random) -> Runs:
    """Log-normal, narrow or very wide."""
    usual, width = math.exp(chance.uniform(1, 8)), chance.uniform(0.05, 1.0)
    while True:
        yield usual * math.exp(chance.gauss(0, width))


def two_modes(chance: random.Random) -> Runs:
    """Mostly one length, sometimes, in 5 % to half of the runs, up to twenty times that."""
    usual, factor = math.exp(chance.uniform(1, 7)), chance.uniform(2, 20)
    share = chance.uniform(0.05, 0.5)
    while True:
        slow = factor if chance.random() < share else 1
        yield usual * slow * math.exp(chance.gauss(0, 0.1))


def growing(chance: random.Random) -> Runs:
    """Longer by up to half a percent from run to run."""
    usual, growth, width = math.exp(chance.uniform(2, 6)), chance.uniform(0, 0.005), 0.15
    while True:
        yield usual * math.exp(chance.gauss(0, width))
        usual *= 1 + growth


def tiny(chance: random.Random) -> Runs:
    """Milliseconds, with hiccups of seconds."""
    while True:
        yield chance.expovariate(10) + (chance.uniform(0, 10) if chance.random() < 0.02 else 0)


SHAPES: list[Callable[[random.Random], Runs]] = [steady, skewed, two_modes, growing, tiny]


def histories() -> Iterator[tuple[ExpectedDuration, list[timedelta], list[timedelta]]]:
    """Yield a thousand times what is expected, from which history, and healthy runs after it."""
    for seed in range(1_000):
        chance = random.Random(seed)
        runs = SHAPES[seed % len(SHAPES)](chance)
        count = chance.randint(MIN_RUNS, 400)
        history = [timedelta(seconds=next(runs)) for _ in range(count)]
        following = [timedelta(seconds=next(runs)) for _ in range(FOLLOWING_RUNS)]
        yield expect_duration(history), history, following


def test_fewer_than_one_healthy_run_in_a_hundred_is_called_too_long():
    """Over all shapes, and the kinds of each shape: false alerts stay below 1 %."""
    false = dict.fromkeys(SHAPES, 0)
    for number, (expected, _, following) in enumerate(histories()):
        shape = SHAPES[number % len(SHAPES)]
        false[shape] += sum(expected.is_exceeded_by(run) for run in following)

    per_shape = 1_000 // len(SHAPES) * FOLLOWING_RUNS
    rates = {shape.__name__: count / per_shape for shape, count in false.items()}
    assert sum(rates.values()) / len(rates) < 0.01
    assert {name for name, rate in rates.items() if rate >= 0.01} == set(), rates


def test_a_run_that_hangs_is_noticed_within_the_bound():
    """The limit is twice the p95, the longest usual run, or a minute, whichever is latest."""
    for expected, history, _ in histories():
        assert expected.limit is not None
        assert expected.p95 is not None
        bound = max(2 * expected.p95, sorted(history[-MAX_RUNS:])[-2], expected.p95 + MARGIN)
        assert expected.p95 < expected.limit <= bound + timedelta(microseconds=1)


@pytest.mark.parametrize("shape", [steady, growing])
def test_a_run_that_hung_once_does_not_hide_the_next(shape):
    """One run of a week in the history leaves the limit where it was."""
    runs = shape(random.Random(7))
    history = [timedelta(seconds=next(runs)) for _ in range(60)]
    without = expect_duration(history)
    with_outlier = expect_duration([*history, timedelta(days=7)])

    assert without.limit is not None
    assert with_outlier.limit is not None
    assert with_outlier.limit < 1.2 * without.limit


def test_too_few_runs_say_nothing():
    """Below the least number of runs there is no limit, and nothing exceeds it."""
    few = expect_duration([timedelta(minutes=1)] * (MIN_RUNS - 1))

    assert few == ExpectedDuration(runs=MIN_RUNS - 1)
    assert not few.is_exceeded_by(timedelta(days=400))
    assert expect_duration([]) == ExpectedDuration(runs=0)


def test_the_figures_are_those_of_the_latest_runs():
    """What is older than the latest 200 runs is forgotten."""
    history = (
        [timedelta(hours=9)] * 100 + [timedelta(minutes=4)] * 190 + [timedelta(minutes=6)] * 10
    )
    found = expect_duration(history)

    assert found.runs == MAX_RUNS
    assert found.usual == timedelta(minutes=4)
    assert timedelta(minutes=4) <= (found.p95 or timedelta()) <= timedelta(minutes=6)
    assert not found.is_exceeded_by(timedelta(minutes=7))
    assert found.is_exceeded_by(timedelta(minutes=20))


def test_runs_of_no_length_and_of_a_clock_set_back_do_no_harm():
    """Zero and negative lengths count as none at all; a minute is always allowed."""
    found = expect_duration([timedelta(0)] * 20 + [timedelta(seconds=-5)] * 5)

    assert found.limit == MARGIN
