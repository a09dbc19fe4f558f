"""What a report changes: any order, any repetition, only forwards."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.tasks.creation import NewTask, Owner, make_task
from bot.tasks.models import ENDS, TaskStatus
from bot.tasks.updates import (
    BEATING_LEASE,
    SILENT_LEASE,
    ReportOutcome,
    StatusReport,
    apply,
    hear,
    start_over,
)
from tests.bot.tasks.room import START

TOLD = [
    TaskStatus.QUEUED,
    TaskStatus.RUNNING,
    TaskStatus.COMPLETED,
    TaskStatus.FAILED,
    TaskStatus.CANCELLED,
]
PERCENT = st.none() | st.integers(0, 100)
SECOND = timedelta(seconds=1)

reports = st.builds(
    StatusReport,
    status=st.sampled_from(TOLD),
    progress=PERCENT,
    error=st.none() | st.just("Boom"),
    attempt=st.none() | st.integers(1, 3),
    seq=st.none() | st.integers(0, 5),
)
unnumbered = st.builds(StatusReport, status=st.sampled_from(TOLD), progress=PERCENT)


@st.composite
def numbered(draw: st.DrawFn) -> list[StatusReport]:
    """Reports with a number each, in any order, some of them more than once."""
    statuses = draw(st.lists(st.sampled_from(TOLD), min_size=1, max_size=8))
    sent = [
        StatusReport(status=status, seq=seq, progress=draw(PERCENT))
        for seq, status in enumerate(statuses)
    ]
    return draw(st.permutations(sent + draw(st.lists(st.sampled_from(sent), max_size=5))))


def new_task(**changes: object) -> Any:
    task = make_task(Owner("default", "T1"), NewTask("import", "C1"), START)
    for name, value in changes.items():
        setattr(task, name, value)
    return task


def running(progress: int | None = None, seq: int | None = None) -> Any:
    task = new_task()
    apply(task, StatusReport(status=TaskStatus.RUNNING, progress=progress, seq=seq), START)
    return task


@given(numbered())
def test_the_highest_number_wins_or_the_end_that_came_first(sent):
    """Whatever order reports arrive in, the newest is what stands, unless the attempt had ended."""
    task = new_task()
    for report in sent:
        apply(task, report, START)

    expected = sent[0]
    for report in sent:
        if expected.status in ENDS:
            break
        if report.seq > expected.seq:
            expected = report
    assert (expected.status, expected.seq) == (task.status, task.seq)


@given(st.lists(reports, max_size=12))
def test_an_end_never_changes_within_its_attempt(sent):
    """Completed, failed and cancelled stay so, with everything that was known at the end."""
    task = new_task()
    for number, report in enumerate(sent):
        before = task.model_dump()
        outcome = apply(task, report, START + number * SECOND)
        if before["status"] in ENDS and task.attempt == before["attempt"]:
            assert before == task.model_dump()
            assert outcome is not ReportOutcome.APPLIED


@given(st.lists(reports, max_size=12))
def test_the_attempt_only_grows(sent):
    """A report about an older attempt is stale and changes nothing."""
    task = new_task()
    for report in sent:
        before = task.model_dump()
        outcome = apply(task, report, START)
        assert task.attempt >= before["attempt"]
        if report.attempt is not None and report.attempt < before["attempt"]:
            assert (ReportOutcome.STALE, before) == (outcome, task.model_dump())


@given(st.lists(unnumbered, max_size=12), st.integers(0, 11))
def test_without_numbers_progress_never_goes_back(sent, lost_after):
    """Late and repeated reports never take percents away, not even from a task that was lost."""
    task = new_task()
    for number, report in enumerate(sent):
        before = task.progress or 0
        apply(task, report, START)
        assert (task.progress or 0) >= before
        if number == lost_after and task.status == TaskStatus.RUNNING:
            task.status = TaskStatus.LOST


@given(st.lists(reports, max_size=12))
def test_times_are_in_order(sent):
    """Created, started, heard and ended follow each other; an end has a time and no lease."""
    task = new_task()
    for number, report in enumerate(sent, 1):
        apply(task, report, START + number * SECOND)
    if task.status not in (TaskStatus.QUEUED, TaskStatus.CANCELLED):
        assert task.started_at is not None
    if task.started_at:
        assert task.created_at <= task.started_at <= task.updated_at
    assert (task.ended_at is not None) == (task.status in ENDS)
    if task.ended_at:
        assert (task.started_at or task.created_at) <= task.ended_at
        assert task.lease_until is None
    if task.status == TaskStatus.RUNNING:
        assert task.started_at <= task.heard_at < task.lease_until


def test_a_higher_attempt_starts_over():
    """Nothing of the last attempt is left, and its late reports are stale."""
    task = running(80, seq=7)
    apply(
        task, StatusReport(status=TaskStatus.FAILED, error="Boom", stats={"bad": 1}, seq=8), START
    )

    outcome = apply(task, StatusReport(status=TaskStatus.RUNNING, attempt=2, seq=1), START + SECOND)

    assert outcome == ReportOutcome.APPLIED
    assert (task.attempt, task.status, task.seq) == (2, TaskStatus.RUNNING, 1)
    assert (task.progress, task.error, task.stats) == (None, None, None)
    assert (task.started_at, task.ended_at) == (START + SECOND, None)
    assert (
        apply(task, StatusReport(TaskStatus.COMPLETED, attempt=1, seq=99), START)
        == ReportOutcome.STALE
    )


def test_a_new_attempt_forgets_that_the_last_one_sent_heartbeats():
    """The next attempt may run elsewhere: one that never beats must not be lost in a minute."""
    task = new_task(beats=True)
    start_over(task, 2)
    apply(task, StatusReport(status=TaskStatus.RUNNING), START)

    assert task.lease_until == START + SILENT_LEASE


def test_a_late_word_revives_a_lost_task():
    """A task that stopped reporting and reports again is running, with a fresh lease."""
    task = running(40)
    task.status, task.lease_until = TaskStatus.LOST, None

    assert (
        apply(task, StatusReport(TaskStatus.RUNNING, progress=41), START + SECOND)
        == ReportOutcome.APPLIED
    )

    assert (task.status, task.progress) == (TaskStatus.RUNNING, 41)
    assert task.lease_until == START + SECOND + SILENT_LEASE


def test_a_late_end_revives_a_lost_task():
    """A lost task that reports its end has ended."""
    task = running(40)
    task.status = TaskStatus.LOST

    assert apply(task, StatusReport(TaskStatus.COMPLETED), START + SECOND) == ReportOutcome.APPLIED

    assert (task.status, task.progress) == (TaskStatus.COMPLETED, 100)


def test_a_lost_task_does_not_go_back_to_the_queue():
    """A lost task had started: an unnumbered `queued` is older than that."""
    task = running()
    task.status = TaskStatus.LOST

    assert apply(task, StatusReport(TaskStatus.QUEUED), START) == ReportOutcome.STALE
    assert task.status == TaskStatus.LOST


def test_running_does_not_go_back_to_the_queue():
    """An unnumbered `queued` after `running` came late."""
    task = running()

    assert apply(task, StatusReport(TaskStatus.QUEUED), START) == ReportOutcome.STALE


def test_a_repeated_number_is_stale():
    """The same report twice is taken once."""
    task = running(10, seq=3)

    assert (
        apply(task, StatusReport(TaskStatus.RUNNING, progress=90, seq=3), START)
        == ReportOutcome.STALE
    )
    assert apply(task, StatusReport(TaskStatus.FAILED, seq=2), START) == ReportOutcome.STALE
    assert (task.progress, task.seq) == (10, 3)


def test_a_numbered_report_may_take_progress_back():
    """Who numbers reports knows what is newest: a pass that begins anew shows its own percents."""
    task = running(90, seq=1)

    assert (
        apply(task, StatusReport(TaskStatus.RUNNING, progress=5, seq=2), START)
        == ReportOutcome.APPLIED
    )
    assert task.progress == 5


def test_a_report_that_says_nothing_of_a_field_leaves_it():
    """What was told before stays until something else is told; details are added up."""
    task = running(10)
    apply(
        task, StatusReport(TaskStatus.RUNNING, details={"host": "a"}, progress_note="page 1"), START
    )
    apply(task, StatusReport(TaskStatus.RUNNING, details={"rows": 3}), START)

    assert (task.progress, task.progress_note) == (10, "page 1")
    assert task.details == {"host": "a", "rows": 3}


def test_heartbeats_shorten_the_lease():
    """Silence soon means something only for work that beats."""
    task = running()
    hear(task, START)
    assert task.lease_until == START + SILENT_LEASE
    task.beats = True
    hear(task, START)
    assert task.lease_until == START + BEATING_LEASE


def test_a_hundred_percent_is_reached_by_completing_only_if_there_were_percents():
    """Work without progress does not suddenly show a full bar."""
    silent, loud = running(), running(40)
    for task in (silent, loud):
        apply(task, StatusReport(TaskStatus.COMPLETED), START)

    assert (silent.progress, loud.progress) == (None, 100)
