"""The file behind a program's output."""

import os
from collections.abc import Iterator

import pytest

from bot.tasks.runners.output import TAIL_BYTES, TAIL_LINES, Output


@pytest.fixture
def output() -> Iterator[Output]:
    one = Output(most_bytes=1_000)
    yield one
    one.close()


def write(output: Output, text: str) -> None:
    os.write(output.fileno(), text.encode())


def test_the_last_lines_are_kept(output):
    """As many lines as fit a message, from the end."""
    write(output, "\n".join(map(str, range(100))))
    assert [str(number) for number in range(100 - TAIL_LINES, 100)] == output.tail()


def test_a_little_is_not_trimmed(output):
    """Nothing is forgotten while it is little."""
    write(output, "one\ntwo")
    output.trim()
    write(output, "\nthree")
    assert output.tail() == ["one", "two", "three"]


def test_too_much_is_forgotten_but_for_its_end(output):
    """The file is emptied, and what follows is put behind the end of what was forgotten."""
    write(output, "x" * 1_000 + "\nbefore\nhalf a ")
    output.trim()
    assert os.fstat(output.fileno()).st_size == 0
    write(output, "line\nafter")

    assert output.tail()[-3:] == ["before", "half a line", "after"]


def test_a_line_without_end_stays_small(output):
    """Two hundred thousand characters in one line: the last 65,536 bytes of them."""
    write(output, "a" * 100_000)
    output.trim()
    write(output, "b" * 100_000)
    assert output.tail() == ["b" * TAIL_BYTES]
