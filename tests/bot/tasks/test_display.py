"""What a task looks like: links, remaining and elapsed time, buttons."""

from datetime import timedelta

import pytest

from bot.config_file import ConfigFile, TaskKind
from bot.tasks.creation import NewTask, Owner, make_task
from bot.tasks.display import Links, actions, elapsed_seconds, expected_end, fill, message_context
from bot.tasks.models import Task, TaskStatus
from bot.tasks.updates import StatusReport, apply
from tests.bot.tasks.room import START

GRAFANA = "http://g/d?dealer={subject}&from={started_ms}&to={ended_ms}&x={unknown}"
MINUTE = timedelta(minutes=1)
MILLISECONDS = int(START.timestamp()) * 1000


def new_task(subject: str = "Bergmann", task: str = "import") -> Task:
    return make_task(Owner("default", "T1"), NewTask(task, "C1", subject), START)


def running(progress: int | None = None, **options: str) -> Task:
    task = new_task(**options)
    apply(task, StatusReport(TaskStatus.RUNNING, progress=progress), START)
    return task


def test_facts_are_told_in_words():
    """
    Numbers and text stay as they are; yes, no and JSON for the rest.

    Readers once saw Python: `True` and `{'a': None}`.
    """
    task = new_task()
    task.details = {
        "dry run": True,
        "parts": [1, None, {"a": "\x1b[31mü\x1b[0m"}],
        "file": "a.csv",
        "rows": 7,
    }
    task.stats = {"clean": False, "took": 1.5}
    context = message_context(task, Links(ConfigFile()), START, can_retry=False)

    told = {"dry run": "yes", "parts": '[1, null, {"a": "ü"}]', "file": "a.csv", "rows": 7}
    assert (told, {"clean": "no", "took": 1.5}) == (context["metadata"], context["stats"])


def test_values_in_links_are_quoted():
    """No subject can add a parameter, a path, or another placeholder."""
    task = new_task("a&b=c/../{task_id}?#%20 ü")
    assert fill("{subject}", task, START) == "a%26b%3Dc%2F..%2F%7Btask_id%7D%3F%23%2520%20%C3%BC"


def test_the_dashboard_has_the_range_of_the_task():
    """From its start to its end; a running one until now; unknown placeholders stay."""
    links, task = Links(ConfigFile(), GRAFANA), running()
    start, later = MILLISECONDS, MILLISECONDS + 60_000
    assert f"http://g/d?dealer=Bergmann&from={start}&to={later}&x={{unknown}}" == links.grafana(
        task, START + MINUTE
    )
    apply(task, StatusReport(TaskStatus.FAILED), START + MINUTE)
    assert f"to={later}&" in (links.grafana(task, START + 60 * MINUTE) or "")


def test_the_nearest_address_wins():
    """The task's own link, else its kind's, else the one of the settings, else none."""
    config = ConfigFile(tasks={"import": TaskKind(grafana_url="http://kind", log_url="http://log")})
    task = new_task()
    assert (
        Links(config, GRAFANA).grafana(task, START),
        Links(config).log_url(task, START),
    ) == ("http://kind", "http://log")
    task.grafana_url, task.log_url = "http://own/{subject}", "http://mine"
    assert (
        Links(config, GRAFANA).grafana(task, START),
        Links(config).log_url(task, START),
    ) == ("http://own/{subject}", "http://mine")
    other = new_task(task="export")
    assert (
        Links(config).grafana(other, START),
        Links(config).log_url(other, START),
    ) == (None, None)


def test_the_end_is_expected_by_the_pace():
    """A quarter done in a minute: three minutes are left."""
    assert expected_end(running(25), ConfigFile(), START + MINUTE) == START + 4 * MINUTE


@pytest.mark.parametrize("progress", [None, 0, 1, 100])
def test_a_guess_is_not_shown(progress):
    """Without enough progress nothing is promised, nor after the last percent."""
    assert None is expected_end(running(progress), ConfigFile(), START + MINUTE)


def test_the_end_is_expected_by_what_its_kind_takes():
    """Without progress the usual time counts, until it is over."""
    config = ConfigFile(tasks={"import": TaskKind(expected_minutes=10)})
    assert expected_end(running(), config, START + MINUTE) == START + 10 * MINUTE
    assert None is expected_end(running(), config, START + 11 * MINUTE)
    assert None is expected_end(new_task(), config, START)


def test_elapsed_time_stops_with_the_work():
    """Counted from the start to now, to the end, or to the last word of a lost task."""
    task = running()
    assert None is elapsed_seconds(new_task(), START)
    assert elapsed_seconds(task, START + MINUTE) == 60
    task.status = TaskStatus.LOST
    assert elapsed_seconds(task, START + MINUTE) == 0
    apply(task, StatusReport(TaskStatus.COMPLETED), START + 2 * MINUTE)
    assert elapsed_seconds(task, START + 99 * MINUTE) == 120
    assert elapsed_seconds(running(), START - MINUTE) == 0


@pytest.mark.parametrize(
    ("status", "with_runner", "without"),
    [
        (TaskStatus.QUEUED, ["cancel"], ["cancel"]),
        (TaskStatus.RUNNING, ["cancel"], ["cancel"]),
        (TaskStatus.COMPLETED, [], []),
        (TaskStatus.FAILED, ["retry"], []),
        (TaskStatus.CANCELLED, ["retry"], []),
        (TaskStatus.LOST, ["retry"], []),
    ],
)
def test_each_status_has_its_buttons(status, with_runner, without):
    """What can be done is offered, and nothing else; nothing is retried without a runner."""
    task = new_task()
    task.status = status
    assert (with_runner, without) == (
        actions(task, can_retry=True),
        actions(task, can_retry=False),
    )


def test_only_the_last_acts_are_shown():
    """Three names are enough in a message."""
    task = running()
    task.acted = [{"verb": "retried", "by": "U0ADA00001", "at": at} for at in range(5)]
    context = message_context(task, Links(ConfigFile()), START, can_retry=True)
    assert [act["at"] for act in context["acted"]] == [2, 3, 4]
    assert context["started_at"] == MILLISECONDS // 1000
