"""What makes two errors the same one."""

import asyncio
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.analysis.fingerprint import MAX_LABEL_CHARACTERS, fingerprint
from tests.patience import within

PYTHON = """Traceback (most recent call last):
  File "/srv/{release}/jobs/run.py", line {line}, in main
    load(row)
  File "/srv/{release}/jobs/load.py", line {line}, in load
    raise KeyError(row)
    ^^^^^^^^^^^^^^^^^^^
{error}: {message}
"""
JAVA = """Exception in thread "worker-{line}" java.lang.IllegalStateException: dealer {message}
\tat com.shop.Load.run(Load.java:{line})
\tat com.shop.Main.main(Main.java:{line})
"""
NODE = """TypeError: Cannot read properties of undefined (reading '{message}')
    at load (/srv/{release}/load.js:{line}:5)
    at async Promise.all (index {line})
"""


@pytest.mark.parametrize(
    ("error", "label"),
    [
        (
            "Timeout after 30s connecting to db-7.example.com:5432",
            "Timeout after …s connecting to …",
        ),
        ("2026-11-28 10:02:03,123 ERROR [worker-3] Price missing", "Price missing"),
        ("[2026-11-28T10:02:03.123Z] fatal: Price missing", "Price missing"),
        ("Dealer 3f2504e0-4f89-11d3-9a0c-0305e82c3301 not found", "Dealer … not found"),
        ("cannot open /var/data/in/4711.csv", "cannot open …"),
        (r"cannot open C:\data\in\file.csv", "cannot open …"),
        ("GET https://shop.example/a?b=1 failed", "GET … failed"),
        ("mail to ben@example.com bounced", "mail to … bounced"),
        ("neither 10.0.0.7:5432 nor [2001:db8::7]:80 answer", "neither … nor … answer"),
        ('key "dealer" is missing', "key … is missing"),
        ("don't touch 'that' file", "don't touch … file"),
        ("task t_06f2k9abq3 broke at 0xDEADBEEF", "task … broke at …"),
        ("commit a94a8fe5ccb19ba6 is bad", "commit … is bad"),
        ("rows 1, 2, 3 and 4 differ", "rows … and … differ"),
        ("sizes 1,024.5 and -3 differ by 12 %", "sizes … and … differ by … %"),
        ("\x1b[31mout of memory\x1b[0m", "out of memory"),
        ("\n====\nError:\n  disk is full\nmore", "disk is full"),
        ("Über 30 Zeilen fehlgeschlagen", "Über … Zeilen fehlgeschlagen"),
        ("x" * 300, "x" * (MAX_LABEL_CHARACTERS - 1) + "…"),
        ("", "no error text"),
        (None, "no error text"),
        ("---\n12345\n", "no error text"),
    ],
)
def test_a_label_says_what_errors_of_a_kind_have_in_common(error, label):
    """What differs each time is masked, decoration and levels are left out."""
    assert fingerprint(error).label == label


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("exit code 1", "exit code 137 (SIGKILL)"),
        ("HTTP 503 from https://a.example", "HTTP 404 from https://a.example"),
        ("HTTP/1.1 502", "HTTP/1.1 500"),
        ("status code: 400", "status code: 429"),
        ("[Errno 111] refused", "[Errno 113] refused"),
        ("killed by signal 9", "killed by signal 15"),
        ("price is missing", "stock is missing"),
        ("no such dealer", ""),
    ],
)
def test_errors_that_say_different_things_are_told_apart(one, other):
    """Codes are names, not numbers."""
    assert fingerprint(one).key != fingerprint(other).key


@pytest.mark.parametrize("template", [PYTHON, JAVA, NODE])
def test_a_stack_trace_is_known_by_its_type_and_frames(template):
    """Lines, releases, threads and values do not count; what was raised, and where, does."""
    first = {"release": "v1", "line": 12, "error": "shop.errors.PriceError", "message": "a1"}
    one = template.format(**first)
    same = template.format(**{**first, "release": "2026-11-28", "line": 99, "message": "b2"})

    assert fingerprint(one).key == fingerprint(same).key
    assert fingerprint(one).key != fingerprint(one.replace("load", "save").replace("Load", "S")).key
    assert fingerprint(one).key != fingerprint(one.replace("Error", "E").replace("State", "S")).key


def test_a_trace_is_labelled_with_what_was_raised():
    """The label is the type and the masked message, not the line `Traceback`."""
    trace = PYTHON.format(release="v1", line=3, error="shop.PriceError", message="row 12 of 'a'")

    assert fingerprint(trace).label == "shop.PriceError: row … of …"
    assert fingerprint(JAVA.format(line=1, message=5)).label == (
        "java.lang.IllegalStateException: dealer …"
    )


def test_of_chained_errors_the_last_one_counts():
    """What was raised while another error was handled is what ended the task."""
    first = PYTHON.format(release="v1", line=3, error="KeyError", message="'a'")
    last = PYTHON.format(release="v1", line=9, error="shop.FixError", message="no fix")
    chained = (
        f"{first}\nDuring handling of the above exception, another exception occurred:\n\n{last}"
    )

    assert fingerprint(chained) == fingerprint(last)


def test_of_a_group_of_errors_the_last_one_counts():
    """Python draws lines beside the errors of a group; what they stand beside is read."""

    async def fail(row: int) -> None:
        raise KeyError(row)

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail(12))

    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(both())
    text = "".join(traceback.format_exception(caught.value))
    assert "Exception Group Traceback" in text
    assert fingerprint(text).label == "KeyError"


def test_a_long_trace_is_still_known_by_its_end():
    """The type stands at the end of Python's traces, behind any number of frames."""
    head, _, rest = PYTHON.format(
        release="v1", line=3, error="RecursionError", message="too deep"
    ).partition("\n")
    frame = '  File "/srv/deep.py", line 5, in again\n    again()\n'
    long = f"{head}\n{frame * 5_000}{rest}"

    assert fingerprint(long).label == "RecursionError: too deep"


def test_fingerprints_stay_the_same_from_release_to_release():
    """A stored fingerprint is compared with tomorrow's: this value changes only on purpose."""
    assert fingerprint("Dealer 4711 not found").key == "fc04a49cb39c369f"


words = st.text(alphabet="bcdfghijklmnopqrstuvwxyz", min_size=3, max_size=9).filter(
    lambda word: word != "http"  # The number after it says which error it is.
)
values = st.one_of(
    st.integers(0, 10**12).map(str),
    st.uuids().map(str),
    st.floats(0, 1e6).map(lambda number: f"{number:.2f}"),
    st.datetimes().map(lambda at: at.isoformat()),
    st.ip_addresses(v=4).map(str),
    words.map(lambda word: f"'{word}'"),
    words.map(lambda word: f"/var/{word}/{word}.csv"),
    words.map(lambda word: f"https://{word}.example/{word}"),
)


@given(st.lists(words, min_size=1, max_size=6), values, values, words)
def test_whatever_stands_for_a_value_the_fingerprint_is_the_same(said, one, other, last):
    """Two errors that differ in a number, id, time, path or address only are one."""
    before, after = " ".join(said), last

    assert (
        fingerprint(f"{before} {one} {after}").key == fingerprint(f"{before} {other} {after}").key
    )


@given(st.text(max_size=400))
def test_any_text_has_a_fingerprint(error):
    """The label is one line that fits, and never empty."""
    found = fingerprint(error)

    assert len(found.key) == 16
    assert 0 < len(found.label) <= MAX_LABEL_CHARACTERS
    assert found.label.splitlines() == [found.label]


@pytest.mark.parametrize(
    "piece", ["a", "0x", "'", "/a", "1:", "at a", "a_1", "a.b", " ", "1a", "\n", "at x\n", "a: "]
)
def test_a_hostile_error_costs_no_time(piece):
    """A megabyte that leads every pattern astray is read in a blink."""
    assert within(0.1, lambda: fingerprint(piece * (1_000_000 // len(piece)))).key
