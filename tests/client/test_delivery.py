"""What reaches the server, and what a bad one costs: never the exit code, hardly any time."""

import json
import time
from pathlib import Path

import pytest

from tests.patience import PATIENCE_SECONDS, within

from .server import TOKEN, wait_for

SH = ("run", "--task", "nightly", "--subject", "dealer-7", "--")
#: As for those who ask for nothing else.
UNASKED = {"OPSBELL_EXIT_SECONDS": ""}


def test_a_command_is_created_and_ended(run, server):
    """A command opens one task and ends it, with the names it was given."""
    run(*SH, "true", server=server)

    (created,) = server.created
    end = server.the_end()
    assert tuple(created[key] for key in ("task", "subject", "status")) == (
        "nightly",
        "dealer-7",
        "running",
    )
    assert (created["taskId"], "completed", 1) == (end["taskId"], end["status"], end["attempt"])
    assert {TOKEN} == {call.token for call in server.calls}
    assert server.connections == 1


def test_a_failure_carries_the_end_of_standard_error(run, server):
    """The error says the code and the last line first, then the lines before it, none twice."""
    run(*SH, "sh", "-c", "echo one >&2; echo two >&2; exit 3", server=server)

    error = server.the_end()["error"]
    assert error == "exit code 3: two\none"


def test_the_error_is_short_however_much_was_printed(run, server):
    """Of endless output only the end is sent, without colours and overwritten text."""
    script = (
        "import sys; sys.stderr.write('x' * 3_000_000 + '\\n')\n"
        "[print(f'line {n}', file=sys.stderr) for n in range(10_000)]\n"
        "sys.stderr.write('  1%|\\r 99%|\\r\\x1b[31mboom\\x1b[0m\\n'); sys.exit(1)"
    )
    run(*SH, "python3", "-c", script, server=server)

    error = server.the_end()["error"]
    assert error.startswith("exit code 1: boom\n")
    assert error.endswith("line 9999")
    assert len(error) <= 4000


def test_progress_is_read_from_the_output(start, server, tmp_path):
    """Percentages and `::progress` lines are shown while the command runs, and pass through."""
    pause = "while [ ! -e {} ]; do sleep 0.05; done"
    seen = [tmp_path / "12", tmp_path / "50"]
    halves = ["printf ' 12%%|#  | 1/8\\r'", "echo ::progress 50; echo 99% full"]
    script = "; ".join(
        f"{half}; {pause.format(file)}" for half, file in zip(halves, seen, strict=True)
    )
    process = start(*SH, "sh", "-c", script, server=server)

    for file in seen:
        wait_for(lambda: int(file.name) in [body.get("progress") for body in server.updates])  # noqa: B023 - at once
        file.touch()
    output, _ = process.communicate(timeout=PATIENCE_SECONDS)

    assert output == b" 12%|#  | 1/8\r::progress 50\n99% full\n"
    assert server.the_end()["progress"] == 50


def test_sequence_numbers_grow(start, server):
    """Every update has a higher number than the one before, so that late ones can be ignored."""
    script = "for i in 1 2 3 4; do echo ::progress $i; sleep 0.6; done"
    start(*SH, "sh", "-c", script, server=server).wait(PATIENCE_SECONDS)

    numbers = [body["seq"] for body in server.updates]
    assert sorted(set(numbers)) == numbers


def test_progress_is_coalesced(run, server):
    """A thousand steps in a moment are a few updates, the newest among them."""
    script = "for i in range(1000): print('::progress', i // 10, flush=True)"
    run(*SH, "python3", "-c", script, server=server)

    assert len(server.updates) <= 3
    assert server.the_end()["progress"] == 99


def test_log_lines_from_a_level_on_go_to_the_thread(run, server):
    """With --log-level the lines of that level and above are sent, the others are not."""
    script = "echo DEBUG no; echo 'WARNING: disk'; echo plain; echo [error] gone >&2"
    run("run", "--log-level", "warning", "--", "sh", "-c", script, server=server)

    got = {(line["level"], line["text"]) for line in server.lines}
    assert {("warning", "WARNING: disk"), ("error", "[error] gone")} == got


def test_no_lines_are_sent_unasked(run, server):
    """Without --log-level nothing of what a successful command prints leaves the machine."""
    run(*SH, "sh", "-c", "echo secret; echo ERROR secret >&2", server=server)

    assert "secret" not in json.dumps([call.body for call in server.calls])


def test_a_running_task_sends_heartbeats(start, server):
    """A silent command is heard of all the same."""
    start(*SH, "sleep", "30", server=server, environ={"OPSBELL_HEARTBEAT_SECONDS": "0.1"})

    wait_for(lambda: len(server.bodies("/heartbeat")) >= 3)


@pytest.mark.parametrize("mood", [500, 503, 401, 404, 422, 429, "garbage"])
def test_a_bad_server_changes_nothing(run, server, mood):
    """Whatever a server answers: the same code, the same output, and soon."""
    server.mood = mood
    script = "echo out; echo err >&2; exit 9"

    done = within(1.5, lambda: run(*SH, "sh", "-c", script, server=server, environ=UNASKED))

    assert (done.returncode, done.stdout, done.stderr) == (9, b"out\n", b"err\n")


@pytest.mark.parametrize("mood", ["hang", "trickle"])
def test_a_hanging_server_delays_the_exit_by_two_seconds_at_most(run, server, mood):
    """A server that never answers, or a byte at a time, is given up on."""
    server.mood = mood

    # Python's own start included.
    done = within(2.3, lambda: run(*SH, "sh", "-c", "exit 9", server=server, environ=UNASKED))

    assert done.returncode == 9


def test_a_refused_server_costs_no_time(run, refused_url):
    """Where nobody listens nobody is waited for."""
    words = (*SH, "sh", "-c", "exit 9")
    done = within(1.0, lambda: run(*words, url=refused_url, environ=UNASKED))

    assert (done.returncode, done.stdout, done.stderr) == (9, b"", b"")


def test_an_exit_waits_as_long_as_it_is_told(start, server):
    """With OPSBELL_EXIT_SECONDS a slow server hears the end all the same."""
    server.may_answer.clear()
    process = start(*SH, "true", server=server)
    wait_for(lambda: server.calls)

    time.sleep(2.5)  # Longer than an exit waits unasked.
    assert process.poll() is None
    server.may_answer.set()

    assert process.wait(PATIENCE_SECONDS) == 0
    assert server.the_end()["status"] == "completed"


@pytest.mark.parametrize("url", ["nonsense", "http://", "ftp://example.com", "http://[::1", " "])
def test_a_wrong_address_is_as_good_as_none(run, url):
    """An address nobody can understand does not disturb the command."""
    done = run(*SH, "sh", "-c", "echo out; exit 9", url=url)

    assert (done.returncode, done.stdout, done.stderr) == (9, b"out\n", b"")


def test_debug_says_why_nothing_was_shown(run, refused_url):
    """With OPSBELL_DEBUG=1 the reason is on standard error, one line each."""
    done = run(*SH, "true", url=refused_url, environ={"OPSBELL_DEBUG": "1"})

    assert all(line.startswith(b"opsbell: ") for line in done.stderr.splitlines())
    assert b"is away: ConnectionRefusedError" in done.stderr
    assert TOKEN.encode() not in done.stderr


def test_a_retry_reports_to_its_own_task(start, server, tmp_path):
    """Started by the server's runner, the command reports as that task and attempt."""
    assigned = {
        "OPSBELL_TASK_ID": "t_1",
        "OPSBELL_ATTEMPT": "3",
        "OPSBELL_CALLBACK_URL": server.url + "/hooks/callback",
        "OPSBELL_CALLBACK_TOKEN": "just-for-t_1",
        "OPSBELL_HEARTBEAT_SECONDS": "0.2",
    }
    show = "import os; print([name for name in os.environ if name[:9] == 'OPSBELL_T'])"
    script = f'python3 -c "{show}"; while [ ! -e {tmp_path}/heard ]; do sleep 0.05; done'

    process = start("run", "--", "sh", "-c", script, environ=assigned)
    wait_for(lambda: server.bodies("/api/tasks/t_1/heartbeat"))
    (tmp_path / "heard").touch()
    output, _ = process.communicate(timeout=PATIENCE_SECONDS)

    bodies = server.bodies("/hooks/callback")
    assert [body["status"] for body in bodies] == ["running", "completed"]
    assert {("t_1", 3)} == {(body["taskId"], body["attempt"]) for body in bodies}
    assert {"just-for-t_1"} == {call.token for call in server.calls}
    assert server.created == []
    assert output == b"[]\n"


def test_news_are_spooled_and_delivered_by_the_next_run(run, server, tmp_path):
    """What a server that is away could not be told, it is told by the next run, once."""
    server.mood = 503
    run(*SH, "false", server=server)
    (spooled,) = (tmp_path / "spool").iterdir()
    kept = [json.loads(line) for line in spooled.read_text().splitlines()]
    assert spooled.stat().st_mode & 0o777 == 0o600
    assert TOKEN not in spooled.read_text()

    server.mood = "ok"
    server.calls.clear()
    run_until_all_is_told(run, server, tmp_path / "spool")

    assert [entry["path"] for entry in kept] == ["/api/tasks", "/api/slack/update"]
    told = [call.body for call in server.calls]
    assert [told.count(entry["body"]) for entry in kept] == [1, 1]


def run_until_all_is_told(run, server, spool):
    """One run is enough, unless the machine is so busy that its half second at the end is over."""

    def look():
        run("run", "--", "true", server=server)
        return not list(spool.iterdir())

    wait_for(look)


def test_two_runs_do_not_deliver_the_same_news(start, run, server, tmp_path):
    """Of several processes that find the spool at once only one delivers each file."""
    server.mood = 503
    for number in range(4):
        run("run", "--task", f"old-{number}", "--", "true", server=server)
    server.mood = "ok"
    server.calls.clear()

    runs = [start("run", "--task", "new", "--", "sleep", "0.5", server=server) for _ in range(4)]
    for process in runs:
        assert process.wait(PATIENCE_SECONDS) == 0
    run_until_all_is_told(run, server, tmp_path / "spool")

    old = sorted(end["task"] for end in server.ends if end["task"].startswith("old"))
    assert old == ["old-0", "old-1", "old-2", "old-3"]


def test_news_are_delivered_in_the_same_run_when_the_server_comes_back(start, server, tmp_path):
    """An outage in the middle of a run is made up for without a word lost."""
    server.mood = 503
    script = f"echo ::progress 40; while [ ! -e {tmp_path}/back ]; do sleep 0.05; done"
    process = start(*SH, "sh", "-c", script, server=server)
    wait_for(lambda: server.calls)
    server.mood = "ok"
    server.calls.clear()
    wait_for(lambda: 40 in [body.get("progress") for body in server.updates])
    (tmp_path / "back").touch()

    assert process.wait(PATIENCE_SECONDS) == 0
    assert len(server.created) == 1
    assert server.the_end()["progress"] == 40


@pytest.mark.parametrize("spool", ["/proc/opsbell", "/dev/null/spool"])
def test_without_a_writable_home_there_is_no_spool_and_no_error(run, refused_url, spool):
    """Where nothing can be written, nothing is, silently."""
    done = run(*SH, "sh", "-c", "exit 9", url=refused_url, environ={"OPSBELL_SPOOL": spool})

    assert (done.returncode, done.stdout, done.stderr) == (9, b"", b"")
    assert not Path(spool).exists()
