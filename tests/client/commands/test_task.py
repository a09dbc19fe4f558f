"""`opsbell task`: a script's steps become one task, whatever the server does."""

import pytest

from tests.client.server import TOKEN, wait_for
from tests.patience import PATIENCE_SECONDS


def test_a_task_is_reported_step_by_step(run, server):
    """start prints the id that the other verbs name; pairs become metadata and counts."""
    started = run(
        *("task", "start", "nightly_import", "--subject", "dealer-7", "--channel=#ops"),
        *("source=crm", "rows=12", "order=0012"),
        server=server,
        environ={"OPSBELL_ENVIRONMENT": "staging"},
    )
    task_id = started.stdout.decode().strip()
    run("task", "progress", task_id, "40.9%", "page", "12", server=server)
    run("task", "done", task_id, "success=100", "share=0.5", server=server)
    run("task", "fail", task_id, "no", "disk,", "password=hunter22", server=server)

    assert (started.returncode, started.stderr) == (0, b"")
    assert [call.body for call in server.calls] == [
        {
            "task": "nightly_import",
            "taskId": task_id,
            "status": "running",
            "metadata": {"source": "crm", "rows": 12, "order": "0012"},
            "subject": "dealer-7",
            "channel": "#ops",
            "environment": "staging",
        },
        {"taskId": task_id, "status": "running", "progress": 40, "progress_note": "page 12"},
        {"taskId": task_id, "status": "completed", "stats": {"success": 100, "share": 0.5}},
        {
            "taskId": task_id,
            "status": "failed",
            "error": "no disk, password=***",
            "stats": {},
        },
    ]


def test_a_server_that_was_away_hears_everything_in_order(run, server, refused_url):
    """Each step exits 0 and is kept; the first that gets through brings the older ones."""
    server.mood = 503
    run("task", "start", "import", "--id", "t-1", server=server)
    run("task", "progress", "t-1", "50", server=server)
    server.calls.clear()
    server.mood = "ok"

    done = run("task", "done", "t-1", server=server)

    assert done.returncode == 0
    assert [call.body["status"] for call in server.calls] == ["running", "running", "completed"]


def test_an_end_waits_for_the_start_that_another_process_delivers(start, run, server, tmp_path):
    """It was answered 404, because the task was not there yet, and lost."""
    server.mood = 503
    run("task", "start", "import", "--id", "t-1", server=server)
    server.mood, server.unknown, server.held_paths = "ok", {"t-1"}, {"/api/tasks"}
    server.calls.clear()
    server.may_answer.clear()
    other = start("notify", "hello", server=server)
    wait_for(lambda: server.created)  # The other process holds the start, and has no answer.
    done = start("task", "done", "t-1", "success=1", server=server)
    wait_for(lambda: len(server.updates) > 1)  # It was told 404, and asks again.

    server.may_answer.set()
    assert [other.wait(PATIENCE_SECONDS), done.wait(PATIENCE_SECONDS)] == [0, 0]
    assert [call.body["status"] for call in server.taken if call.body.get("taskId")] == [
        "running",
        "completed",
    ]
    assert list((tmp_path / "spool").iterdir()) == []


def test_an_end_is_kept_if_the_start_does_not_arrive_in_time(start, run, server):
    """The next command delivers both, in order."""
    server.mood = 503
    run("task", "start", "import", "--id", "t-1", server=server)
    server.mood, server.unknown, server.held_paths = "ok", {"t-1"}, {"/api/tasks"}
    server.calls.clear()
    server.may_answer.clear()
    other = start("notify", "hello", server=server)
    wait_for(lambda: server.created)
    short = {"OPSBELL_EXIT_SECONDS": "0.5"}
    assert run("task", "done", "t-1", server=server, environ=short).returncode == 0
    other.kill()
    other.wait()
    server.may_answer.set()

    run("notify", "anything", server=server)
    assert "completed" in [call.body.get("status") for call in server.taken]


def test_a_task_that_nobody_knows_is_not_kept(run, server, tmp_path):
    """There is nothing older that could open it: the answer stands."""
    server.unknown = {"t-1"}
    run("task", "done", "t-1", server=server)
    assert len(server.updates) == 1
    assert list(tmp_path.glob("spool/*")) == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "no address at all"])
def test_a_script_goes_on_without_a_server(run, url):
    """The exit code is 0, and start prints its id."""
    started = run("task", "start", "import", url=url)

    assert started.returncode == 0
    assert started.stdout.startswith(b"t_")
    assert run("task", "done", "t-1", url=url).returncode == 0


def test_without_settings_it_is_silent(run):
    """Only the id is printed."""
    started = run("task", "start", "import", "--id", "t-1")

    assert (started.returncode, started.stdout, started.stderr) == (0, b"t-1\n", b"")


def test_a_command_of_the_server_reports_on_its_own_task(run, server):
    """With the id it was started for, its own token and attempt are used."""
    own = {
        "OPSBELL_TASK_ID": "t-9",
        "OPSBELL_ATTEMPT": "2",
        "OPSBELL_CALLBACK_URL": f"{server.url}/bell/api/slack/update",
        "OPSBELL_CALLBACK_TOKEN": "for-t-9",
    }

    run("task", "progress", "t-9", "7", environ=own)

    (call,) = server.calls
    assert (call.path, call.token) == ("/bell/api/slack/update", "for-t-9")
    assert call.body == {"taskId": "t-9", "status": "running", "progress": 7, "attempt": 2}
    assert TOKEN not in str(call.body)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "there is no verb"),
        (["begin", "x"], "unknown verb begin"),
        (["start"], "NAME is missing"),
        (["start", "x", "rows"], "rows is not name=value"),
        (["start", "x", "--sbject", "y"], "unknown option --sbject"),
        (["start", "x", "--subject"], "--subject needs a value"),
        (["progress", "t-1"], "PERCENT is missing"),
        (["progress", "t-1", "101"], "101 is not a number from 0 to 100"),
        (["progress", "t-1", "nan"], "nan is not a number from 0 to 100"),
        (["done", ""], "ID is missing"),
        (["fail"], "ID is missing"),
    ],
)
def test_wrong_words_are_said_and_nothing_is_sent(run, server, words, said):
    """Exit code 2, the reason and the usage on stderr."""
    ended = run("task", *words, server=server)

    assert ended.returncode == 2
    assert said in ended.stderr.decode()
    assert "usage: opsbell task" in ended.stderr.decode()
    assert (ended.stdout, server.calls) == (b"", [])
