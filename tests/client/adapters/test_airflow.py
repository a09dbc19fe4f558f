"""Airflow's callbacks, with the contexts that its documentation describes."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from opsbell.airflow import OpsbellNotifier, dag_callbacks, deadline_missed, task_callbacks

RUN = SimpleNamespace(dag_id="nightly", run_id="scheduled__2026-01-02T03:04:05+00:00")
RUN.run_type = "scheduled"


def context(**more: Any) -> dict[str, Any]:
    """Return what a task's callback is called with."""
    instance = SimpleNamespace(
        dag_id="nightly",
        task_id="import_prices",
        run_id=RUN.run_id,
        map_index=-1,
        try_number=1,
        log_url="https://airflow.example.com/log",
        operator="PythonOperator",
    )
    for name in [name for name in more if hasattr(instance, name)]:
        setattr(instance, name, more.pop(name))
    return {
        "dag": SimpleNamespace(dag_id="nightly"),
        "dag_run": RUN,
        "task_instance": instance,
        "ti": instance,
        "run_id": RUN.run_id,
        "logical_date": "2026-01-02T03:04:05+00:00",
        **more,
    }


@pytest.fixture
def server(told):
    return told


def test_a_task_is_shown_from_its_start_to_its_end(server):
    """The DAG's and the task's name, the run, the log; one id throughout."""
    callbacks = task_callbacks(channel="#nights")
    callbacks["on_execute_callback"](context())
    callbacks["on_success_callback"](context())

    created, again = server.bodies("/api/tasks")
    assert created == {
        "task": "nightly.import_prices",
        "taskId": f"airflow.nightly.import_prices.{RUN.run_id}",
        "subject": RUN.run_id,
        "status": "running",
        "channel": "#nights",
        "logUrl": "https://airflow.example.com/log",
        "metadata": {
            "logical date": "2026-01-02T03:04:05+00:00",
            "run type": "scheduled",
            "operator": "PythonOperator",
        },
    }
    assert again == created
    assert [(body["status"], body["attempt"]) for body in server.updates] == [
        ("running", 1),
        ("completed", 1),
    ]
    assert {body["taskId"] for body in server.updates} == {created["taskId"]}


@pytest.mark.parametrize("error", [ValueError("token=abcdefgh1"), "ValueError: token=abcdefgh1"])
def test_a_failure_is_told_with_its_error(server, error):
    """An exception or a text, as both occur; no secret."""
    task_callbacks()["on_failure_callback"](context(exception=error, try_number=3))

    (end,) = server.updates
    assert (end["status"], end["attempt"], end["stats"]) == ("failed", 3, {})
    assert end["error"] == "ValueError: token=***"


def test_a_retry_is_the_next_attempt_that_waits(server):
    """Nothing has failed for good; the reason is shown."""
    task_callbacks()["on_retry_callback"](context(exception=ValueError("try again")))

    (waiting,) = server.updates
    assert (waiting["status"], waiting["attempt"], waiting["seq"]) == ("queued", 2, 1)
    assert waiting["progress_note"] == "ValueError: try again"


def test_an_older_airflow_counts_otherwise(server):
    """Before 2.10 a task that has ended says one more than its attempt was."""
    called = context(try_number=2)
    called["ti"]._try_number = 1

    OpsbellNotifier("failed")(called)

    assert server.updates[0]["attempt"] == 1


def test_mapped_tasks_are_tasks_of_their_own(server):
    """Each index has an id; one that is too long or has odd letters is cut and stays unique."""
    for index in (0, 1):
        OpsbellNotifier("running")(context(map_index=index))
    for run_id in ("x" * 300, "x" * 301, "tägliche Läufe", "tagliche Laufe"):
        OpsbellNotifier("running")(context(run_id=run_id) | {"run_id": run_id})

    ids = [body["taskId"] for body in server.updates]
    assert len(set(ids)) == 6
    assert [one[-2:] for one in ids[:2]] == [".0", ".1"]
    assert all(len(one) <= 200 and one.isascii() and " " not in one for one in ids)


def test_a_run_of_a_dag_is_told_as_a_whole(server):
    """By the DAG's own callbacks, with Airflow's reason."""
    dag_callbacks()["on_failure_callback"](context(reason="task_failure"))

    (created,) = server.created
    assert (created["task"], created["subject"]) == ("nightly", RUN.run_id)
    (end,) = server.updates
    assert (end["status"], end["error"]) == ("failed", "task_failure")


@pytest.mark.parametrize("kind", [dict, SimpleNamespace])
def test_a_missed_deadline_is_a_message(server, kind):
    """The context of a deadline has the run and the deadline, as objects or dictionaries."""
    run = kind(dag_id="nightly", run_id="manual__1")
    deadline = kind(id="d-1", deadline_time="2026-01-02T04:00:00+00:00")

    asyncio.run(deadline_missed(context={"dag_run": run, "deadline": deadline}, channel="#ops"))

    (body,) = server.bodies("/api/messages/request")
    assert body["channel"] == "#ops"
    assert body["payload"] == {
        "text": "⏰ Deadline missed: nightly, run manual__1, due at 2026-01-02T04:00:00+00:00"
    }


@pytest.mark.parametrize("called", [{}, {"ti": None}, {"ti": 3, "dag_run": "x"}])
def test_an_odd_context_breaks_nothing(server, called):
    """A callback that raises would hide what it is about."""
    OpsbellNotifier("failed")(called)
    OpsbellNotifier("failed", of_dag=True)(called)
    asyncio.run(deadline_missed(called))


def test_without_settings_it_is_silent(monkeypatch, environ):
    """No address, no call."""
    for name in ("OPSBELL_URL", "OPSBELL_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    OpsbellNotifier("running")(context())
