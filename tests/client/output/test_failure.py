"""The error text of a command: the reason first, then the ends of both outputs."""

import pytest
from opsbell.output.failure import failure_text, headline


@pytest.mark.parametrize(
    ("err", "out", "line"),
    [
        (["DeprecationWarning: x"], ["FAILED test_a: 3 != 4"], "FAILED test_a: 3 != 4"),
        (["/a.py:3: UserWarning: x", "  import x"], ["1 failed", "FAILED a"], "FAILED a"),
        (["boom", "WARNING: late"], ["FAILED a"], "boom"),
        (["ERROR boom", "INFO shutting down"], [], "ERROR boom"),
        (["Traceback (most recent call last):", "  File x", "ValueError: y"], [], "ValueError: y"),
        (["java.lang.Error: x", "\tat y", "Caused by: z", "\tat y"], [], "Caused by: z"),
        (["Error: x", "    at y", "Node.js v20.0.0"], [], "Error: x"),
        (["boom", "note: run with `RUST_BACKTRACE=1`"], [], "boom"),
        (["ld: error: x", "make: *** [all] Error 1"], [], "ld: error: x"),
        (["FAILED test_a - assert 3 == 4", "===== 1 failed, 2 passed in 0.12s ====="], [], None),
        (["npm warn old", "npm notice new"], ["✗ build", "0 errors"], "✗ build"),
        (["warning: old"], ["done"], "done"),
        (["warning: old"], [], "warning: old"),
        ([], ["all well", "0 failed, Errors: 0"], "0 failed, Errors: 0"),
        (["   indented only"], [], "indented only"),
        (["disk full", "100%"], [], "disk full"),
        (["disk full", "[####    ]  40.5 % "], [], "disk full"),
        (["disk full", "rows:  40%|###4   | 2/5 [00:01<00:02]"], [], "disk full"),
        (["only 40% of the rows were read"], [], None),
        (["usage at 100% | cpu"], [], None),
        ([], [], ""),
    ],
)
def test_the_line_that_says_most(err, out, line):
    """Warnings, remarks and the lines of traces are no reason while there is another."""
    assert headline(err, out) == (err[0] if line is None else line)


def test_the_outputs_are_told_apart():
    """Both ends are there, under their names."""
    text = failure_text("exit code 1", [], ["DeprecationWarning: x"], ["collected 1", "FAILED a"])

    assert text.splitlines() == [
        "exit code 1: FAILED a",
        "standard error:",
        "DeprecationWarning: x",
        "standard output:",
        "collected 1",
        "FAILED a",
    ]


def test_one_output_needs_no_name():
    """Where only one said anything no line is told twice."""
    assert failure_text("exit code 3", [], ["one", "two"], []) == "exit code 3: two\none"
    assert failure_text("exit code 3", ["one", "two"], [], []) == "exit code 3: two\none"
    assert failure_text("exit code 3", [], [], ["::progress 3"]) == "exit code 3"


def test_the_outputs_share_the_room():
    """A flood on one side leaves the other its half, and takes what the other does not need."""
    flood = [f"line {number:04} " + "x" * 100 for number in range(100)]
    both = failure_text("exit code 1", [], flood, [line.upper() for line in flood])
    err = failure_text("exit code 1", [], flood, ["short"])

    assert len(both) <= 4000
    assert both.count("x" * 100) == pytest.approx(both.count("X" * 100), abs=1)
    assert err.count("x" * 100) > 30
    assert err.endswith("standard output:\nshort")


def test_a_long_reason_is_cut_and_told_whole_below():
    """The first line stays short."""
    text = failure_text("exit code 1", [], ["y" * 1000], [])

    assert text == f"exit code 1: {'y' * 300}\n{'y' * 1000}"


def test_secrets_are_masked_before_anything_is_cut():
    """Neither the reason nor the tails hold what a command should not have printed."""
    lines = ["login password=hunter2 failed", *(f"token=abc{number}" for number in range(39))]

    text = failure_text("exit code 1", [], lines, lines)

    assert "hunter2" not in text
    assert "abc" not in text
    assert "login password=*** failed" in text
