"""Running the tasks of an alert again: a canary, then waves, and a stop at the first relapse."""

from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.rerun_waves import MAX_WAVE, Rerun, RerunState, SeenRun, advance, begin
from bot.tasks.models import TaskStatus


def tasks(count: int) -> tuple[tuple[str, int], ...]:
    return tuple((f"t{number}", 1) for number in range(count))


def all_seen(rerun: Rerun, status: TaskStatus) -> dict[str, SeenRun]:
    return {task_id: SeenRun(attempt + 1, status) for task_id, attempt in rerun.running}


def test_an_unmended_cause_costs_one_run() -> None:
    """Of five hundred tasks only the canary is started when it fails again."""
    stopped = advance(begin(tasks(500)), {"t0": SeenRun(2, TaskStatus.FAILED)})

    assert stopped.state == RerunState.STOPPED
    assert (stopped.succeeded, stopped.failed, len(stopped.waiting)) == (0, 1, 499)
    assert advance(stopped, {}) == stopped


def test_the_rest_follows_in_growing_waves() -> None:
    """Twice as many each time, up to the limit, until all have completed."""
    rerun, waves = begin(tasks(100)), []
    while not rerun.is_over:
        waves.append(len(rerun.running))
        rerun = advance(rerun, all_seen(rerun, TaskStatus.COMPLETED))

    assert waves == [1, 2, 4, 8, 16, 20, 20, 20, 9]
    assert (rerun.state, rerun.succeeded, rerun.failed) == (RerunState.DONE, 100, 0)


def test_a_wave_waits_for_all_of_the_last() -> None:
    """Nothing is started while one still runs, waits, or was not handed over yet."""
    second = advance(begin(tasks(9)), {"t0": SeenRun(2, TaskStatus.COMPLETED)})
    for status in (TaskStatus.QUEUED, TaskStatus.RUNNING):
        seen = {"t1": SeenRun(2, TaskStatus.COMPLETED), "t2": SeenRun(2, status)}
        waits = advance(second, seen)
        assert (waits.running, waits.succeeded) == ((("t2", 1),), 2)
        assert waits.waiting == second.waiting
    assert (
        advance(second, {"t1": SeenRun(1, TaskStatus.FAILED), "t2": SeenRun(1, TaskStatus.FAILED)})
        == second
    )


def test_the_first_relapse_of_a_wave_stops_it() -> None:
    """A task that fails, is lost, cancelled or gone starts nothing more; those that run go on."""
    second = advance(begin(tasks(9)), {"t0": SeenRun(2, TaskStatus.COMPLETED)})
    for seen in (
        {"t2": SeenRun(2, TaskStatus.FAILED)},
        {"t2": SeenRun(2, TaskStatus.LOST)},
        {"t2": SeenRun(2, TaskStatus.CANCELLED)},
        {},
    ):
        stopped = advance(second, {"t1": SeenRun(2, TaskStatus.RUNNING), **seen})
        assert (stopped.state, stopped.failed) == (RerunState.STOPPED, 1)
        assert stopped.running == (("t1", 1),)
        assert stopped.waiting == second.waiting


def test_one_task_alone_is_its_own_canary() -> None:
    """It is done when that has completed."""
    assert (
        advance(begin(tasks(1)), {"t0": SeenRun(2, TaskStatus.COMPLETED)}).state == RerunState.DONE
    )


@given(st.integers(1, 60), st.lists(st.sampled_from(list(TaskStatus)), max_size=200))
def test_no_task_is_started_twice_and_none_after_a_relapse(
    count: int, story: list[TaskStatus]
) -> None:
    """Whatever becomes of them, each is in one place, and at most a wave runs at a time."""
    rerun = begin(tasks(count))
    for status in story:
        before = rerun
        rerun = advance(rerun, all_seen(rerun, status))
        known = [*rerun.waiting, *rerun.running]
        assert len(known) == len(set(known))
        assert len(known) + rerun.succeeded + rerun.failed == count
        assert len(rerun.running) <= MAX_WAVE
        if before.is_over:
            assert rerun == before
