"""Terminal sequences: whole ones go, in all forms, and the words between them stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opsbell.output.sequences import beginning_of_unfinished, without_sequences

PIECES = st.sampled_from(
    ["\x1b", "[", "]", "8;;", "P", "_", "\\", "\x07", "\x9b", "\x9c", "\x9d", "31m", "K", "é", "\n"]
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mSigning failed\x1b[0m: \x1b[33mprofile\x1b[0m", "Signing failed: profile"),
        ("\x1b[38;5;196mred\x1b[m and \x1b[38;2;1;2;3mtrue\x1b[39;49m", "red and true"),
        ("\x1b[38:2::1:2:3mcolons\x1b[0m", "colons"),
        ("\x9b31mboom\x9b0m", "boom"),
        ("\x1b[2K\x1b[1Gdone", "done"),
        ("\x1b[?25lhidden\x1b[?25h", "hidden"),
        ("\x1b]8;;https://evil.example.com\x07text\x1b]8;;\x07", "text"),
        ("\x1b]8;id=1;https://evil.example.com\x1b\\text\x1b]8;;\x1b\\", "text"),
        ("\x9d8;;https://evil.example.com\x9ctext\x9d8;;\x9c", "text"),
        ("\x1b]0;a title\x07prompt", "prompt"),
        ("\x1b]0;a title that nothing ends\nnext", "\nnext"),
        ("\x1bPq#0;2;0;0;0\n#0~~\x1b\\after", "after"),
        ("\x1b_Gf=24;AAAA\x1b\\after", "after"),
        ("\x1b^private\x07after", "after"),
        ("\x1bXstart of string\x1b\\after", "after"),
        ("\x9fGf=24;AAAA\x9cafter", "after"),
        ("\x90q~~\x9cafter", "after"),
        ("\x1b(B\x1b)0\x1b=\x1b>\x1b7\x1b8\x1bMtext", "text"),
        ("cut in a colour \x1b[31", "cut in a colour "),
        ("cut in a link \x1b]8;;https://evil", "cut in a link "),
        ("cut in an 8-bit link \x9d8;;https://evil", "cut in an 8-bit link "),
        ("cut in an escape \x1b", "cut in an escape "),
        ("bell\x07, null\0, delete\x7f, next line\x85", "bell, null, delete, next line"),
        ("tab\tand\r\nlines\n", "tab\tand\nlines\n"),
        ("ordinary [31m text ]8;;", "ordinary [31m text ]8;;"),
        ("wrongly decoded â\x80\x9dquote and ð\x9f\x9a\x80 rocket", None),
    ],
)
def test_what_a_reader_sees(text, shown):
    """Colours, movements, titles and addresses of links go; all words stay."""
    expected = "wrongly decoded âquote and ð rocket" if shown is None else shown

    assert without_sequences(text) == expected


@given(st.lists(PIECES, max_size=30).map("".join))
def test_nothing_unseen_is_left(text):
    """Whatever is broken off or nested, no control character comes through."""
    shown = without_sequences(text)

    assert all(char in "\n\t" or char.isprintable() for char in shown)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("text", 4),
        ("text\x1b", 4),
        ("text\x1b[3", 4),
        ("text\x1b[31m", 9),
        ("a\x1b]8;;http://", 1),
        ("a\x1b]8;;http://\x1b", 1),
        ("a\x1b]8;;http://\x1b\\", 15),
        ("a\x1b]0;title\n", 11),
        ("a\x9b3", 1),
        ("a\x9d8;;x", 1),
    ],
)
def test_where_a_broken_off_sequence_begins(text, at):
    """What the next chunk may continue is kept for it."""
    assert beginning_of_unfinished(text) == at


@pytest.mark.parametrize("piece", ["\x1b]8;;", "\x9d", "\x1b[", "\x1bP", "\x9f ", "\x1b"])
def test_hostile_texts_are_read_in_linear_time(piece):
    """A hundred thousand beginnings without an end take no noticeable time."""
    assert without_sequences(piece * 100_000).strip() == ""
