"""`run_with_slack` and `track`: the function keeps its face, its result and its errors."""

import asyncio
import functools
import inspect
import threading
from typing import Any

import pytest
from opsbell import run_with_slack, track

from .server import wait_for


class TrapError(Exception):
    """An error that even `str` cannot look at."""

    def __str__(self):
        raise RuntimeError("not printable")


def test_the_result_is_the_functions_own(told):
    """run_with_slack returns the very object, and shows the numbers of a dictionary."""
    result = {"success": 100, "failed": 5, "note": "x", "ok": True}

    assert run_with_slack("import", lambda: result, {"key": "value"}) is result

    end = told.the_end()
    (created,) = told.created
    assert created["metadata"] == {"key": "value"}
    assert (end["status"], end["stats"]) == ("completed", {"success": 100, "failed": 5})


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (ValueError("boom"), "failed", "ValueError: boom"),
        (TrapError(), "failed", "TrapError: <unprintable TrapError>"),
        (SystemExit(3), "failed", "exit code 3"),
        (SystemExit("no disk"), "failed", "no disk"),
        (SystemExit(0), "completed", None),
        (SystemExit(), "completed", None),
        (KeyboardInterrupt(), "cancelled", "KeyboardInterrupt"),
        (asyncio.CancelledError(), "cancelled", "CancelledError"),
    ],
)
def test_the_error_is_the_functions_own(told, error, status, text):
    """Whatever the function raises comes out as the same object, and is reported."""

    def job():
        raise error

    with pytest.raises(type(error)) as caught:
        run_with_slack(job_name="import", job_func=job, metadata=None)

    end = told.the_end()
    assert caught.value is error
    assert status == end["status"]
    assert text in end["error"] if text else "error" not in end


def test_the_error_says_where_it_happened(told):
    """The error text begins with the error itself and goes on with its traceback."""

    def job_that_fails():
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"), track("import"):
        job_that_fails()

    first, *rest = told.the_end()["error"].splitlines()
    assert first == "ValueError: boom"
    assert any("job_that_fails" in line for line in rest)


def test_a_block_reports_progress_lines_and_counts(told):
    """`with track(...) as task` shows what the task is told."""
    with track("backfill", subject="dealer-7", channel="C1") as task:
        task.progress(5, of=8)
        task.log("page 12")
        task.log("careful", level="WARNING")
        task.stats(success=100, failed=5)
        wait_for(lambda: told.lines)

    end = told.the_end()
    (created,) = told.created
    assert (created["subject"], created["channel"]) == ("dealer-7", "C1")
    assert (end["progress"], end["stats"]) == (62, {"success": 100, "failed": 5})
    wait_for(lambda: len(told.lines) == 2)
    assert [(line["level"], line["text"]) for line in told.lines] == [
        ("info", "page 12"),
        ("warning", "careful"),
    ]


def test_a_decorated_function_keeps_its_signature(told):
    """Name, documentation, signature and arguments are those of the function."""

    @track("add")
    def add(a: int, b: int = 2, *, c: int = 3) -> int:
        """Add."""
        return a + b + c

    assert add(1, c=6) == 9
    assert (
        add.__name__,
        add.__doc__,
        str(inspect.signature(add)),
    ) == ("add", "Add.", "(a: int, b: int = 2, *, c: int = 3) -> int")


async def test_a_coroutine_function_stays_one(told):
    """An async function is followed until it has been awaited."""

    @track("fetch")
    async def fetch(page):
        await asyncio.sleep(0)
        return page

    assert inspect.iscoroutinefunction(fetch)
    assert await fetch(12) == 12
    assert told.the_end()["status"] == "completed"


async def test_a_cancelled_coroutine_is_cancelled(told):
    """Cancelling reaches the coroutine and is shown as what it is."""

    @track("fetch")
    async def fetch():
        await asyncio.sleep(60)

    job = asyncio.ensure_future(fetch())
    await asyncio.sleep(0.05)
    job.cancel()

    with pytest.raises(asyncio.CancelledError):
        await job
    assert told.the_end()["status"] == "cancelled"


async def test_a_function_that_returns_a_coroutine_is_followed_to_its_end(told):
    """What matters is when the work ends, not when the call returns."""

    async def work():
        await asyncio.sleep(0.05)
        raise ValueError("late")

    with pytest.raises(ValueError, match="late"):
        await run_with_slack("fetch", functools.partial(work))
    assert told.the_end()["status"] == "failed"


def test_wrong_arguments_are_the_callers_error(told):
    """Calling an async function wrongly raises what it would, and ends the task."""

    @track("fetch")
    async def fetch(page):
        return page

    with pytest.raises(TypeError, match="page"):
        asyncio.run(fetch())  # type: ignore[call-arg]
    assert told.the_end()["status"] == "failed"


def test_a_generator_is_followed_from_first_to_last_item(told):
    """Values sent in, the returned value and the items are all the generator's own."""

    @track("pages")
    def pages():
        got = yield 1
        yield got
        return {"pages": 2}

    items = pages()
    assert [next(items), items.send("sent")] == [1, "sent"]
    with pytest.raises(StopIteration) as stop:
        next(items)

    assert stop.value.value == {"pages": 2}
    assert told.the_end()["stats"] == {"pages": 2}


def test_asynchronous_generators_are_left_alone(told):
    """They are returned as they are rather than half followed."""

    async def pages():
        yield 1

    assert track("pages")(pages) is pages


def test_methods_and_static_methods_can_be_decorated(told):
    """A tracked method still gets its `self`."""

    class Importer:
        rows = 3

        @track("import")
        def run(self):
            return self.rows

    assert Importer().run() == 3


def test_nested_and_concurrent_tasks_are_kept_apart(told):
    """Each block is a task of its own, whatever else runs in this process."""

    def job(number):
        with track(f"outer-{number}"), track(f"inner-{number}") as inner:
            inner.progress(number)

    threads = [threading.Thread(target=job, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    wait_for(lambda: len(told.ends) == 20)
    assert len({end["taskId"] for end in told.ends}) == 20
    inner = {end["task"]: end["progress"] for end in told.ends if "inner" in end["task"]}
    assert {f"inner-{number}": number for number in range(10)} == inner


def test_odd_values_never_reach_the_job_as_errors(told):
    """Progress, lines, counts and metadata that make no sense are left out or described."""
    circle: list[object] = []
    circle.append(circle)
    metadata: Any = {
        "circle": circle,
        "trap": TrapError(),
        3: {1, 2},
        "nul": "a\0b",
        "half": "\udc80",
    }

    with track("odd\0name" * 100, metadata=metadata) as task:
        for value in (float("nan"), "half", None, 10**400, -5):
            task.progress(value)  # type: ignore[arg-type]
        task.log(TrapError())
        task.log(b"\xff", level="nonsense")
        task.stats(big=10**400, inf=float("inf"), trap=TrapError())

    end = told.the_end()
    assert end["progress"] == 0
    assert len(told.created[0]["task"]) == 200
    assert told.created[0]["metadata"]["nul"] == "ab"


def test_nothing_happens_without_settings(monkeypatch, capfd):
    """Without a server a tracked function is just a function."""
    monkeypatch.delenv("OPSBELL_URL", raising=False)
    before = set(threading.enumerate())

    with track("quiet") as task:
        task.progress(3)
        task.log("x")
        task.stats(a=1)

    assert not task.is_live
    assert before >= set(threading.enumerate())
    assert capfd.readouterr() == ("", "")
