"""What failures have in common, in a thousand planted incidents and a thousand without."""

import random

import pytest

from bot.alerts.analysis.shared_factor import SharedFactor, factors_of, find_shared_factor
from tests.patience import within

NAMES = {
    "region": ["eu", "us", "ap"],
    "host": [f"worker-{number}" for number in range(12)],
    "runner": ["orchestrator", "celery"],
    "attempt": ["1", "1", "1", "2", "3"],
    "environment": ["production", "production", "staging"],
    "version": [f"1.{number}" for number in range(6)],
    "customer": [f"customer {number}" for number in range(60)],
    "order": [f"{number}" for number in range(10**6)],
}


def some_task(chance: random.Random) -> dict[str, str]:
    return {name: chance.choice(values) for name, values in NAMES.items()}


def planted_incident(
    seed: int,
) -> tuple[tuple[str, str], list[dict[str, str]], list[dict[str, str]]]:
    """Return a factor, failures nearly all of which have it, and successes that seldom have it."""
    chance = random.Random(seed)
    name = chance.choice(["region", "host", "runner", "version", "customer"])
    value = chance.choice(NAMES[name])
    failures = [some_task(chance) for _ in range(chance.randint(12, 60))]
    successes = [some_task(chance) for _ in range(chance.randint(60, 300))]
    for task in failures:
        if chance.random() < 0.95:
            task[name] = value
    others = [other for other in NAMES[name] if other != value]
    for task in successes:
        task[name] = value if chance.random() < 0.05 else chance.choice(others)
    return (name, value), failures, successes


def test_a_planted_factor_is_found():
    """In at least 95 of 100 incidents the factor that was planted is the one that is named."""
    found = 0
    for seed in range(1_000):
        planted, failures, successes = planted_incident(seed)
        factor = find_shared_factor(failures, successes)
        found += factor is not None and (factor.name, factor.value) == planted

    assert found >= 950


def test_where_nothing_is_shared_nothing_is_claimed():
    """In at most 1 of 100 incidents without a factor one is named."""
    claimed = 0
    for seed in range(1_000):
        chance = random.Random(seed)
        failures = [some_task(chance) for _ in range(chance.randint(4, 60))]
        successes = [some_task(chance) for _ in range(chance.randint(10, 300))]
        claimed += find_shared_factor(failures, successes) is not None

    assert claimed <= 10


def test_the_factor_says_how_many_share_it():
    """The counts are those of the sentence that people read."""
    failures = [{"region": "eu"}] * 23 + [{"region": "us"}]
    successes = [{"region": "eu"}] * 4 + [{"region": "us"}] * 96

    factor = find_shared_factor(failures, successes)
    assert factor == SharedFactor("region", "eu", 23, 24, 4, 100)
    assert factor.success_share == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("failures", "successes"),
    [
        ([], [{"region": "us"}] * 9),
        ([{"region": "eu"}] * 3, [{"region": "us"}] * 99),  # too few
        ([{"region": "eu"}] * 30, []),  # nothing to compare with
        ([{"region": "eu"}] * 30, [{"region": "eu"}] * 30),  # everything shares it
        ([{"region": "eu"}] * 10 + [{"region": "us"}] * 20, [{"region": "us"}] * 500),  # a third
        ([{"region": "eu"}] * 30, [{"region": "eu"}] * 300 + [{"region": "us"}] * 200),  # frequent
        ([{"id": str(number)} for number in range(30)], [{"id": "x"}] * 30),  # all different
        ([{}] * 30, [{}] * 30),
    ],
)
def test_no_factor_is_claimed_without_a_reason(failures, successes):
    """Too few tasks, a factor that most have, or a minority of the failures: nothing is said."""
    assert find_shared_factor(failures, successes) is None


def test_of_factors_that_always_come_together_the_first_by_name_is_named():
    """The answer does not depend on the order of tasks or of their facts."""
    failures = [{"region": "eu", "host": "a"}] * 10
    successes = [{"host": "b", "region": "us"}] * 40

    factor = find_shared_factor(failures, successes)
    assert factor is not None
    assert (factor.name, factor.value) == ("host", "a")


def test_facts_become_factors_by_their_paths():
    """Scalars count, also inside of objects; lists, long texts and nothing do not."""
    details = {"region": "eu", "db": {"host": "a", "pool": {"size": 5}}, "rows": [1, 2]}
    found = factors_of(attempt=2, environment=None, dry_run=True, text="x" * 200, details=details)

    assert found == {
        "attempt": "2",
        "dry_run": "true",
        "details.region": "eu",
        "details.db.host": "a",
        "details.db.pool.size": "5",
    }


def test_many_tasks_with_many_facts_are_compared_quickly():
    """A thousand failures and successes with twenty facts each take less than a second."""
    chance = random.Random(5)
    tasks = [{str(n): str(chance.randint(0, 10**n)) for n in range(20)} for _ in range(2_000)]

    within(1.0, lambda: find_shared_factor(tasks[:1_000], tasks[1_000:]))
