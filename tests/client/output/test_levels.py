"""Levels of lines: only where a logger writes them, and whole traces."""

import pytest
from opsbell.output.levels import Levels, written_level

WRITTEN = """
ERROR:root:msg | error
WARNING:mod.x:msg | warning
2026-11-28 10:00:00,123 - app.db - WARNING - msg | warning
app - ERROR - msg | error
[2026-11-28 10:00:00 +0000] [12] [INFO] Booting | info
INFO:     Started | info
2026-11-28 10:00:00.123 | ERROR    | mod:func:12 - msg | error
2026-11-28 10:00:00 [error    ] msg | error
[2026-11-28 10:00:00,123: ERROR/MainProcess] msg | error
[28/Nov/2026 10:00:00] ERROR [x:12] msg | error
[2026-11-28T10:00:00.000+0000] {x.py:12} ERROR - msg | error
[10:00:00] ERROR    msg | error
           WARNING  msg | warning
E1128 10:00:00.123 1234 file.cc:12] msg | error
10:00:00.123 [main] ERROR c.e.Pay - msg | error
2026-11-28T10:00:00.123Z  ERROR 1234 --- [main] c.e.Pay : msg | error
SEVERE: declined | error
[ERROR] Failed to execute | error
time=2026-11-28T10:00:00Z level=ERROR msg="x y" | error
time="2026-11-28T10:00:00Z" level=error msg="x y" | error
msg="hello world" level=error | error
lvl=eror msg=x | error
2026-11-28T10:00:00.000Z\terror\tmain.go:12\tmsg | error
2026/11/28 10:00:00 ERROR msg | error
10:00AM INF msg error=x | info
ERRO[0000] msg | error
panic: runtime error: index | critical
--- FAIL: TestX (0.00s) | error
[2026-11-28T10:00:00Z ERROR my_crate] msg | error
2026-11-28T10:00:00.123456Z ERROR my_crate: msg | error
error[E0308]: mismatched | error
warning: unused variable | warning
thread 'main' panicked at src/main.rs:2:5: | error
{"level":50,"time":1,"msg":"x"} | error
{"level":30,"time":1,"msg":"level: error"} | info
{"msg":"said \\"level\\": \\"error\\"","level":"info"} | info
{"severity":"ERROR","message":"x"} | error
{"log":{"level":"warn"}} | warning
{"@l":"Fatal","@m":"x"} | critical
{"version":"1.1","level":3} | error
npm ERR! code 1 | error
npm warn deprecated | warning
[10:00:00.000] ERROR (123): msg | error
Nov 28 10:00:00 myhost app[123]: ERROR msg | error
Nov 28 10:00:00 myhost sshd: error: PAM | error
<11>1 2026-11-28T10:00:00Z host app - - x | error
<4>disk nearly full | warning
fail: Microsoft.Hosting[0] | error
[10:00:00 INF] no ERR msg | info
E, [2026-11-28T10:00:00.123456 #123] ERROR -- : msg | error
[2026-11-28 10:00:00] production.ERROR: msg | error
2026/11/28 10:00:00 [error] 123#0: *1 open() failed | error
[Sat Nov 28 10:00:00.1 2026] [core:error] [pid 1] msg | error
2026-11-28 10:00:00.123 UTC [123] LOG:  checkpoint | info
web-1  \\| ERROR msg | error
10:00:00.000\\|ERROR\\|main\\|msg | error
::error file=a.py::msg | error
file.c:3:5: error: expected | error
src/x.ts(3,5): error TS2322: Type | error
PHP Fatal error:  Uncaught Error | critical
12:00:01 error failed to connect | error
INFO retrying after error | info
INFO set level=error | info
level=warning msg=x error: boom | warning
error rate: 0 | None
10:01 error rate: 0 | None
no error found | None
0 errors | None
errors: 0 | None
error: 0 | None
Total ERROR count: 0 | None
GET /error 200 | None
127.0.0.1 - - [28/Nov/2026:10:00:00 +0000] "GET /error HTTP/1.1" 200 | None
Downloading error.log | None
Informational text | None
error-prone code | None
ERROR_COUNT=5 | None
debug build done | None
"""
CASES = [line.rpartition(" | ") for line in WRITTEN.strip("\n").splitlines()]


@pytest.mark.parametrize(
    ("line", "level"), [(line.replace("\\|", "|"), level) for line, _, level in CASES]
)
def test_where_loggers_write_levels(line, level):
    """Each of these is known by the form its logger gives it; prose is no level."""
    assert str(written_level(line)) == level


def leveled(text):
    levels = Levels()
    pairs = [pair for line in text.splitlines() for pair in levels.read(line)] + levels.end()
    assert [line for _, line in pairs] == text.splitlines()
    return "".join(level[0] for level, _ in pairs)


@pytest.mark.parametrize(
    ("text", "initials"),
    [
        # Java: the exception and its trace belong to the line above.
        (
            "10:00 INFO start\n10:01 ERROR payment failed\n"
            "java.lang.IllegalStateException: declined\n\tat com.example.Pay.run(Pay.java:41)\n"
            "\t... 12 more\nerror rate: 0\nINFO retrying after error\nTypeError: x\n",
            "ieeeeiie",
        ),
        ("WARN retry\njava.net.ConnectException: refused\n\tat x\nCaused by: y\n\tat z\n", "wwwww"),
        ("INFO a\njava.net.ConnectException: refused\n\tat x\n", "iee"),
        ('Exception in thread "main" java.lang.Error: x\n\tat y\n', "ee"),
        # Python: what nobody caught is an error, what a logger wrote has the logger's level.
        (
            'INFO a\nTraceback (most recent call last):\n  File "x", line 1\n    INFO = 3\n'
            "ValueError: boom\nok\n",
            "ieeeei",
        ),
        (
            'WARNING:root:again\nTraceback (most recent call last):\n  File "x", line 1\n'
            "ConnectionError: boom\nok\n",
            "wwwwi",
        ),
        ("Traceback (most recent call last):\n  File x\nUserWarning: old\n", "www"),
        ("Traceback (most recent call last):\n  File x\n", "ee"),
        ("╭─── Traceback (most recent call last) ───╮\n│ x │\n╰───╯\nKeyError: 1\nok\n", "eeeei"),
        (
            "Traceback (most recent call last):\n  x\nKeyError: 1\n"
            "During handling of the above exception, another exception occurred:\n"
            "Traceback (most recent call last):\n  y\nValueError: 2\n",
            "eeeeeee",
        ),
        ("a.py:3: DeprecationWarning: old\n  import a\ndone\n", "wwi"),
        # Node, Go and Rust.
        ("(node:12) DeprecationWarning: old\n", "w"),
        ("TypeError [ERR_X]: boom\n    at foo (a.js:1:2) {\n  code: 'X'\n}\n", "eeee"),
        ("panic: boom\ngoroutine 1 [running]:\n\t/tmp/x.go:4 +0x1d\n", "ccc"),
        ("error[E0308]: mismatched\n --> src/main.rs:2:5\n2 | let x\n  | ^\n", "eeee"),
        # A line of its own ends a group.
        ("ERROR a\n  more\nplain\n  more\n", "eeii"),
    ],
)
def test_lines_that_continue_have_the_level_of_the_line_they_continue(text, initials):
    """A trace is said whole or not at all; initials are those of the levels."""
    assert leveled(text) == initials


def test_a_traceback_without_an_end_is_let_go():
    """Endless indented lines are not kept for ever."""
    levels = Levels()
    levels.read("Traceback (most recent call last):")
    said = [pair for _ in range(1000) for pair in levels.read("  more")]

    assert len(said) >= 500
    assert {level for level, _ in said} == {"error"}


@pytest.mark.parametrize("unit", ["[", "(", "a.", "1 ", "x=", '{"', "error ", "\t"])
def test_hostile_lines_cost_little(unit):
    """No line makes the search slow."""
    levels = Levels()

    assert len([levels.read(unit * 2000) for _ in range(200)]) == 200
