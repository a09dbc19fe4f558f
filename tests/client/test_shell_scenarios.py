"""Shell scripts must not be able to tell whether their commands are watched."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.patience import PATIENCE_SECONDS, within

from .server import TOKEN, wait_for

WATCHED = f"{sys.executable} -m opsbell run --"
UNASKED = {"OPSBELL_EXIT_SECONDS": ""}

SCRIPTS = {
    "exit code": "$W sh -c 'exit 7'; echo code $?",
    "errexit": "set -e; $W false; echo not reached",
    "and or": "$W true && echo yes; $W false || echo no",
    "middle of a pipe": r"printf 'b\na\n' | $W sort | head -1",
    "here document": "$W cat <<END\n  one\n\ntwo\nEND",
    "closed input": "$W sh -c 'cat 2>/dev/null; echo got' <&-",
    "input is not read ahead": r"printf 'one\ntwo\n' | { $W sh -c 'read x; echo $x'; cat; }",
    "background": "$W sh -c 'sleep 0.1; exit 5' & wait $!; echo $?",
    "substitution": 'x=$($W printf "a\\nb\\n\\n"); echo "[$x]"',
    "only standard error": "$W sh -c 'echo out; echo err >&2' 2>&1 >/dev/null",
    "swapped outputs": "$W sh -c 'echo out; echo err >&2' 3>&1 1>&2 2>&3",
    "closed output": "$W sh -c 'exec >&-; echo err >&2; exit 3'; echo $?",
    "xargs": "printf 'a b c' | xargs -n1 $W echo",
    "environment": "A='x  y' $W sh -c 'echo \"$A\"'",
    "odd arguments": "$W printf '<%s>' 'a b' '' '*' \"$(printf 'x\\ny')\" --task -- '$HOME'",
    "long arguments": 'a=$(head -c 100000 /dev/zero | tr "\\0" x); $W printf %s "$a" | wc -c',
    "folder and mask": "cd /; umask 027; $W sh -c 'pwd; umask'",
    "limits": "ulimit -n 64; $W sh -c 'ulimit -n'",
    "niceness": "nice -n 3 $W nice",
    "exec": "$W sh -c 'exec sh -c \"exec echo deep\"'",
    "killed": "{ $W sh -c 'kill -9 $$'; echo $?; } 2>/dev/null",
    "broken pipe": "$W yes | head -2",
    "child outlives its parent": "$W sh -c '(sleep 0.3; echo late) & echo early' | cat",
    "many children": "$W sh -c 'for i in 1 2 3; do (exit $i) & done; wait; echo done'",
    "timeout": "timeout 1 $W sleep 30; echo $?",
    "nested": "$W $W sh -c 'echo out; exit 4'; echo $?",
    "traps": "$W sh -c 'trap \"echo bye\" EXIT; echo hi; exit 2'; echo $?",
    "no newline at the end": "$W printf abc; $W printf def",
    "open descriptors": "$W sh -c 'ls /proc/self/fd | wc -l'",
    "all bytes": 'for i in $(seq 255); do printf "\\\\$(printf %o $i)"; done | $W cat',
    "another locale": r"LC_ALL=C $W printf 'gr\303\274n \377\n'",
    "python's own end": "$W python3 -c 'import sys; print(1); sys.exit(\"no disk\")'; echo $?",
    "missing file": "LC_ALL=C $W cat no-such-file; echo $?",
}


def result_of(script, environ):
    done = subprocess.run(
        ["sh", "-c", script],
        env=environ,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_does_the_same_when_watched(server, environ, script):
    """Its outputs and its exit code are those it has alone."""
    alone = result_of(script, {**environ, "W": ""})
    watched = result_of(script, {**environ, **server.environ(), "W": WATCHED})

    assert watched == alone
    wait_for(lambda: len(server.ends) == len(server.created))
    assert server.created or "timeout" in script  # Which a busy machine may be over before.


@pytest.mark.parametrize("url", ["http://opsbell.invalid", "https://opsbell.invalid:8443/x"])
def test_a_name_that_cannot_be_found_costs_two_seconds_at_most(run, url):
    """However long the resolver thinks, the exit does not wait for it."""
    words = ("run", "--", "sh", "-c", "echo out; exit 9")

    done = within(2.3, lambda: run(*words, url=url, environ=UNASKED))

    assert (done.returncode, done.stdout, done.stderr) == (9, b"out\n", b"")


def test_a_server_that_speaks_no_tls_changes_nothing(run, server):
    """An https address of a plain server is as good as an absent one."""
    url = server.url.replace("http:", "https:")

    done = within(2.3, lambda: run("run", "--", "sh", "-c", "exit 9", url=url, environ=UNASKED))

    assert (done.returncode, done.stderr) == (9, b"")


@pytest.mark.parametrize("mood", ["slow", 302, 500])
def test_a_stream_is_not_held_up_by_a_bad_server(start, server, mood):
    """Lines come through while the server thinks."""
    server.mood = mood
    process = start("run", "--log-level", "info", "--", "cat", server=server, stdin=subprocess.PIPE)

    def echo():
        process.stdin.write(b"line\n")
        process.stdin.flush()
        return process.stdout.readline()

    assert [within(0.1, echo) for _ in range(20)] == [b"line\n"] * 20
    process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0


def test_a_gigabyte_passes(environ, server):
    """It arrives whole, in seconds, and its end is the error."""
    script = (
        f"{WATCHED} sh -c 'head -c 999999980 /dev/zero; echo; echo and the end was here; exit 3'"
        " | { wc -c; }"
    )

    code, out, err = result_of(script, {**environ, **server.environ()})

    assert (code, out.strip(), err) == (0, b"1000000002", b"")
    assert server.the_end()["error"] == "exit code 3: and the end was here"


def test_a_full_disk_is_a_failure(environ, server):
    """What could not be passed on is said: alone, the command would have failed of it."""
    script = f"{WATCHED} sh -c 'echo x; sleep 0.1' >/dev/full"

    code, _, err = result_of(script, {**environ, **server.environ()})

    assert (code, err) == (1, b"opsbell: cannot pass on the output: No space left on device\n")
    end = server.the_end()
    assert end["status"] == "failed"
    assert end["error"].startswith("exit code 1, output lost (No space left on device)")


def test_a_stopped_job_goes_on(start, server):
    """Ctrl-Z and `fg` stop and continue the whole group, and the end is told."""
    process = start("run", "--", "sh", "-c", "echo ready; sleep 0.3; exit 3", server=server)
    process.stdout.readline()

    os.killpg(process.pid, signal.SIGSTOP)
    time.sleep(0.5)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGCONT)

    assert process.wait(PATIENCE_SECONDS) == 3
    assert server.the_end()["status"] == "failed"


def test_lines_reach_the_thread_while_the_command_is_quiet(start, server):
    """A line is sent a second after it ended, not when the next one comes."""
    start("run", "--log-level", "info", "--", "sh", "-c", "echo one; sleep 600", server=server)

    wait_for(lambda: [line["text"] for line in server.lines] == ["one"])


def test_redrawn_progress_is_said_once(run, server):
    """Sixty frames of three rows are three lines in the thread, and the error stays in sight."""
    frames = (
        "echo 'Error: port 5432 is already allocated'; for i in $(seq 60); do "
        "printf ' - db Stopping %ss\\n - web Stopping %ss\\n\\033[2A' $i $i; done; "
        "printf '\\n\\n'; exit 1"
    )
    run("run", "--log-level", "info", "--", "sh", "-c", frames, server=server)

    lines = ["Error: port 5432 is already allocated", " - db Stopping 60s", " - web Stopping 60s"]
    assert [line["text"] for line in server.lines] == lines
    assert server.the_end()["error"].splitlines()[1:] == lines


def test_secrets_that_a_command_prints_are_masked(run, server):
    """Also when they are written in two pieces, and its own token wherever it stands."""
    script = (
        "printf 'login pass'; sleep 0.1; printf 'word=hun'; sleep 0.1; printf 'ter2 failed\\n';"
        f"echo header {TOKEN * 2} >&2; exit 1"
    )
    run("run", "--log-level", "debug", "--", "sh", "-c", script, server=server)

    assert "login password=*** failed" in server.the_end()["error"]
    assert server.lines[0]["text"] == "login password=*** failed"
    assert "hunter2" not in str([call.body for call in server.calls])
