"""Progress read from bytes: found wherever the chunks are split, and never a reason to fail."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opsbell.output.progress import ProgressParser

PIECES = st.sampled_from(
    [b"%", b"37%", b"::progress ", b"50", b"\n", b"\r", b" ", b"\x1b[32m", b"1.5", b"a", b"\xff"]
)


def newest(*chunks: bytes) -> int | None:
    parser = ProgressParser()
    found = [percent for percent in map(parser.feed, chunks) if percent is not None]
    return found[-1] if found else None


@pytest.mark.parametrize(
    ("line", "percent"),
    [
        (b" 37%|###7      | 37/100 [00:03<00:06,  9.99it/s]", 37),
        (b"\x1b[32m42%\x1b[0m done", 42),
        (b"[100%] Built target opsbell", 100),
        (b"Progress: 12.5 %", 12),
        (b"  5 1024M    5 56.2M ... 5%", 5),
        (b"(62%)", 62),
        (b"1%\r2%\r3%\r", 3),
        (b"::progress 8\n", 8),
        (b"::progress 8.5%\n", 8),
        (b"x ::progress 8\n", None),
        (b"::progress 101\n", None),
        (b"140%", None),
        (b"v1.2.37%", None),
        (b"https://example.com/a%20b", None),
        (b"change -5%", None),
        (b"%d items, 50%s", None),
        (b"no numbers here %", None),
    ],
)
def test_what_counts_as_progress(line, percent):
    """Bars and percentages do, URLs, versions and format strings do not."""
    assert percent == newest(line)


def test_explicit_lines_silence_percentages():
    """After the first `::progress` a full disk is no progress."""
    assert newest(b"10%\n", b"::progress 20\n", b"disk 99% full\n") == 20


@given(st.lists(PIECES, max_size=30).map(b"".join), st.lists(st.integers(0, 200), max_size=5))
def test_splitting_changes_nothing(data, cuts):
    """However a stream is cut into chunks, it ends at the same progress."""
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    chunks = [data[start:end] for start, end in pairwise(edges)]
    bytewise = [data[at : at + 1] for at in range(len(data))]

    # A letter that follows the percent sign in a later chunk cannot be seen in time.
    if not any(
        data[at : at + 1] == b"%" and data[at + 1 : at + 2] in b"a15:3%"
        for at in range(len(data) - 1)
    ):
        assert newest(*bytewise) == newest(*chunks)


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_no_bytes_can_break_the_parser(chunks):
    """Whatever a command prints, what comes out is nothing or a percentage."""
    found = newest(*chunks)

    assert found is None or 0 <= found <= 100


def test_a_long_line_is_searched_quickly():
    """Megabytes of percent signs do not cost seconds."""
    parser = ProgressParser()

    assert all(parser.feed(b"%20" * 20_000) is None for _ in range(100))
