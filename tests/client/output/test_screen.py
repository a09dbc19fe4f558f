"""What a person would have seen on a terminal, however it was drawn."""

import os
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opsbell.output.screen import Screen

FRAMES = "".join(
    f" - db Stopping {second}s\n - web Stopping {second}s\n - bus Stopping {second}s\n\x1b[3A"
    for second in range(1, 61)
)
STACK = f"Error: port 5432 is already allocated\n{FRAMES}\n\n\n"
STACK_LINES = [
    "Error: port 5432 is already allocated",
    " - db Stopping 60s",
    " - web Stopping 60s",
    " - bus Stopping 60s",
]
PIECES = st.sampled_from(
    [
        "a",
        "bc\n",
        "\r",
        "\b",
        "\t",
        "\x1b[A",
        "\x1b[2K",
        "\x1b[9C",
        "\x1b[1;1H",
        "\x1b[J",
        "é",
        "\x1b",
    ]
)


def seen(*chunks, rows=None):
    screen = Screen(rows)
    for chunk in chunks:
        screen.feed(chunk if isinstance(chunk, bytes) else chunk.encode())
    return screen.lines()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one\ntwo\r\nthree", ["one", "two", "three"]),
        ("\n\n  \nindented\n\tby a tab\n", ["indented", "\tby a tab"]),
        ("Copying 10%\b\b\b20%\b\b\b", ["Copying 20%"]),
        (" 10%|#  |\r 20%|## |\r 30%|###|\r", [" 30%|###|"]),
        (" 99%|#########|\rdone\n", ["done"]),
        ("Downloading 1/3\r\x1b[KDownloading 2/3\r\x1b[K", []),
        ("\x1b[2K\x1b[1Gnpm: step 1\x1b[2K\x1b[1Gnpm: step 2", ["npm: step 2"]),
        (STACK, STACK_LINES),
        # Docker BuildKit and rich hide the cursor and go up one row at a time.
        (
            "\x1b[?25l#1 a\n#2 b\n\x1b[1A\x1b[1A\x1b[2K#1 done\n\x1b[2K#2 done\n\x1b[?25h",
            ["#1 done", "#2 done"],
        ),
        ("a\nb\n\x1b[2F\x1b[0JA\nB\n", ["A", "B"]),
        ("a\nb\n\x1b[2A\x1b[0JA\n", ["A"]),
        # Gradle: up, to the left as far as it goes, and clear.
        (
            "<---> 0% EXECUTING\n> IDLE\n\x1b[2A\x1b[1000D\x1b[2KBUILD FAILED\n\x1b[2K",
            ["BUILD FAILED"],
        ),
        ("\x1b7   Compiling x\n\x1b8\x1b[K   Finished\n", ["   Finished"]),
        ("one\n\x1b[s two\x1b[u 2", ["one", " 2wo"]),
        ("abcdef\x1b[3D\x1b[P", ["abcef"]),
        ("abcdef\x1b[4D\x1b[2X", ["ab  ef"]),
        ("abcdef\x1b[4D\x1b[2@", ["ab  cdef"]),
        ("abcdef\x1b[1;3Hxy", ["abxyef"]),
        ("a\nb\x1b[2;1H\x1b[1JX", ["X"]),
        ("wiped\n\x1b[H\x1b[2Jnew", ["new"]),
        ("wiped\x1bcnew", ["new"]),
        ("before\n\x1b[?1049h editor \x1b[2;2H~\x1b[?1049l after", ["before", " after"]),
        ("\x1b[999999999A\x1b[999999999Cx", [" " * 4095 + "x"]),
        ("\x1b[Ax\x1b[;5Hy", ["x   y"]),
        (
            "plain \x1b[31mred\x1b[0m \x1b]8;;https://evil.example.com\x07link\x1b]8;;\x07",
            ["plain red link"],
        ),
        ("unknown \x1b[5p\x1b[>4;1m\x1b[4 q\x1b[?2004hsequences", ["unknown sequences"]),
        (b"\x9b31m8-bit\x9b0m \xff and \xe5\x85\xa8", ["8-bit � and 全"]),
        ("bells\x07 and nulls\0", ["bells and nulls"]),
    ],
)
def test_what_is_seen(text, lines):
    """The screen shows what a terminal would, in one chunk and byte by byte."""
    data = text if isinstance(text, bytes) else text.encode()

    assert seen(data) == lines
    assert seen(*(data[at : at + 1] for at in range(len(data)))) == lines


def test_a_window_that_is_known_bounds_the_cursor():
    """On a terminal of three rows what scrolled out of it can no longer be drawn over."""
    assert seen("lost\na\nb\nc\x1b[9A\rX", rows=3) == ["lost", "X", "b", "c"]


@given(st.lists(PIECES, max_size=40).map("".join), st.lists(st.integers(0, 200), max_size=5))
def test_splitting_changes_nothing(text, cuts):
    """However a stream is cut into chunks, the screen ends up the same."""
    data = text.encode()
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})

    assert seen(*(data[start:end] for start, end in pairwise(edges))) == seen(data)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_no_bytes_can_break_the_screen(chunks):
    """Whatever a command prints, what is seen is text without controls."""
    screen = Screen(collects=True)
    for second, chunk in enumerate(chunks):
        screen.feed(chunk, float(second))
        screen.settled(float(second))

    lines = screen.lines() + screen.end()
    assert all(char == "\t" or char.isprintable() or not char.isascii() for char in "".join(lines))


def test_memory_is_bounded():
    """Of long lines and of many the beginning and the last are kept."""
    lines = seen("x" * 10_000 + "\n" + "".join(f"line {number}\n" for number in range(1000)))

    assert lines == [f"line {number}" for number in range(801, 1000)]
    assert seen("x" * 10_000) == ["x" * 4096]


@pytest.mark.parametrize(
    "unit",
    [b"y\n", b"\0", b"x", b"\x1b[3A\x1b[2K a\n", b"\b", b"\x1b", b"\x1b]8;;", b"\x9d", b"\xff"],
)
def test_a_flood_costs_little_and_its_end_is_seen(unit):
    """Of thirty megabytes in a second only a part is drawn, the end in any case."""
    chunk = (unit * 65536)[:65536]
    screen = Screen(collects=True)
    for number in range(500):
        now = number / 500
        screen.feed(chunk, now)
        screen.settled(now)
    screen.feed(b"\x07\x1b\\\n\x1b[Bthe end\n", 1.0)

    assert screen.lines()[-1] == "the end"


def test_random_bytes_are_survived():
    """Thirty megabytes of noise neither hang nor fail."""
    screen, noise = Screen(), os.urandom(65536)
    for number in range(500):
        screen.feed(noise, number / 500)

    assert screen.lines()


class TestSettled:
    """Lines for the thread: those that will not be drawn again."""

    def test_a_line_settles_a_second_after_it_ended(self):
        """It may still be drawn over before."""
        screen = Screen(collects=True)
        screen.feed(b"one\ntwo", 0.0)

        assert screen.settled(0.5) == []
        assert screen.settled(1.0) == ["one"]
        assert screen.settled(2.0) == []
        assert screen.end() == ["two"]

    def test_redrawn_rows_are_said_once(self):
        """Of sixty frames the last is said, even when they come slowly after the first."""
        screen = Screen(collects=True)
        first, *frames = STACK.split("\x1b[3A")
        screen.feed(first.encode(), 0.0)
        said = screen.settled(0.5)
        for number, frame in enumerate(frames):
            screen.feed(("\x1b[3A" + frame).encode(), 0.6 + 2 * number)
            said += screen.settled(2.1 + 2 * number)

        assert said + screen.end() == STACK_LINES

    def test_a_bar_above_which_lines_are_printed(self):
        """Lines that push a redrawn row down are said, and the row when it is done."""
        screen = Screen(collects=True)
        for second in range(30):
            screen.feed(f"\x1b[1A\x1b[2Kline {second}\nbar {second}%\n".encode(), float(second))
            screen.settled(second + 0.95)

        assert screen.end()[-1:] == ["bar 29%"]

    def test_lines_that_scrolled_off_are_said_at_once(self):
        """What no cursor can reach any more is final."""
        screen = Screen(collects=True)
        for number in range(250):
            screen.feed(f"line {number}\n".encode(), 0.0)

        said = screen.settled(0.0)
        assert said == [f"line {number}" for number in range(51)]
        assert said + screen.end() == [f"line {number}" for number in range(250)]

    def test_after_the_redrawing_lines_flow_again(self):
        """A program that drew a bar once is not held back for ever."""
        screen = Screen(collects=True)
        screen.feed(b"a\nb\n\x1b[2AA\nB\n", 0.0)
        assert screen.settled(2.0) == []

        assert screen.settled(11.0) == ["A", "B"]

    def test_an_editors_screen_is_not_said(self):
        """What is drawn on the alternate screen is gone when it is left."""
        screen = Screen(collects=True)
        screen.feed(b"before\n\x1b[?1049hfile\n~\n", 0.0)
        assert screen.settled(5.0) == []
        screen.feed(b"\x1b[?1049lafter\n", 6.0)

        assert screen.end() == ["before", "after"]
