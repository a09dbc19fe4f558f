import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.terminal_sequences import strip_all_sequences, strip_sequences

#: What a hostile program strings together.
PIECES = ["\x1b", "[", "]", "P", "\\", "\x07", "\x9b", "\x9c", "\x9d", "8;;", "m", "\n", "\0", "a"]


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        (
            "\x1b[31mSigning failed\x1b[0m: \x1b[33mprofile\x1b[0m expired",
            "Signing failed: profile expired",
        ),
        ("\x9b1;31mred\x9b0m, Grü\xdf\x9b0m \x9bKe", "red, Grü\xdf e"),
        ("\x1b[2K\x1b[?25l\x1b[3A\x1b[38:2::1:2:3mx\x1b[ q\x1b[!p", "x"),
        ("\x1b]8;;https://example.com\x07text\x1b]8;;\x07", "text"),
        ("\x1b]8;id=1;https://example.com\x1b\\text\x1b]8;;\x1b\\!", "text!"),
        ("\x9d8;;https://example.com\x9ctext\x9d8;;\x9c!", "text!"),
        ("\x1b]0;title\x07a\x1b]133;A\x1b\\b", "ab"),
        ("\x1bP1$r0m\x1b\\a\x90q#0\x9cb\x1bPq\n#0;\n\x1b\\c", "abc"),
        ("\x1b_Gf=100;aGk=\x1b\\a\x9fx\x9cb", "ab"),
        ("\x1b^note\x07a\x9enote\x9cb\x1bXsos\x1b\\c", "abc"),
        ("\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\ok", "ok"),
        ("\x1b(Ba\x1b7b\x1bMc\x1b#8d\x1b=e", "abcde"),
        ("\x1b[\x0031mred\x7f", "red"),
        ("\x1b\x1b[31mred", "red"),
        ("cut\x1b", "cut"),
        ("cut\x1b[3", "cut"),
        ("cut\x1b[38;5;", "cut"),
        ("cut\x1b]8;;https://evil.example", "cut"),
        ("cut\x9d8;;https://evil.example\nnext line", "cut\nnext line"),
        ("cut\x1bPq#0;2;0\nnext line", "cut\nnext line"),
        ("no [31m sequence, 80 % of \\x1b", "no [31m sequence, 80 % of \\x1b"),
    ],
)
def test_only_what_a_terminal_shows_remains(printed, seen):
    """Sequences go as a whole, in all their forms; words and the text of hyperlinks stay."""
    assert strip_sequences(printed) == seen


def test_text_in_a_wrong_encoding_loses_no_words():
    """UTF-8 that was read as Latin-1 holds C1 characters that begin no sequence."""
    misread = "Die Straße sagt: “geht nicht” heute, Û und Ð".encode().decode("latin-1")

    assert strip_sequences(misread) == misread


def test_names_and_values_at_any_depth_are_stripped():
    """A JSON value keeps its shape and its numbers."""
    value = {"\x1b[1mkey": ["\x1b[31mred\x1b[0m", 1, None, {"a": "\x9b0mb"}], "n": 1.5}

    assert strip_all_sequences(value) == {"key": ["red", 1, None, {"a": "b"}], "n": 1.5}


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_escape_character_remains(text):
    """However sequences are nested or torn, nothing begins another one."""
    assert "\x1b" not in strip_sequences(text)


@pytest.mark.parametrize(
    "text",
    [
        *("\x1b]" * 200_000, "\x9d\n" * 200_000, "\x1b[" + "0" * 400_000, "\x1b" * 400_000),
        *("\x1b]" + "a\n" * 200_000, "\x9d1;" + "x\n" * 200_000 + "\x9d", "\x1b[   " * 80_000),
    ],
    ids=lambda text: repr(text[:6]),
)
def test_hostile_text_takes_linear_time(text):
    """Half a million characters of broken sequences are stripped in a moment."""
    began = time.thread_time()

    strip_sequences(text)

    assert time.thread_time() - began < 2
