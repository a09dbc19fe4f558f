"""A typed line, cut into words."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidError
from listeners.word_splitting import split

PAIR_VALUES = [
    ("n=3", 3),
    ("n=-2.5", -2.5),
    ("n=1e3", 1000.0),
    ("n=007", "007"),
    ("n=1e999", "1e999"),
    ("n=12345678901234567890", "12345678901234567890"),
    ("n=true", True),
    ("n=null", None),
    ("n=", ""),
    ('n="3"', "3"),
    ("n='two words'", "two words"),
    ("n=“two words”", "two words"),
    ('n={"a": [1, 2]}', {"a": [1, 2]}),
    ("n={“a”: “b c”}", {"a": "b c"}),
    ("n=a=b", "a=b"),
    ("n=<https://example.com/x|example.com/x>", "https://example.com/x"),
    ("n=<mailto:ada@example.com|ada@example.com>", "ada@example.com"),
    ("n=a&amp;b", "a&b"),
]
LINES = [
    ("", []),
    ("  task   list ", ["task", "list"]),
    ("task\u00a0list", ["task", "list"]),
    ("task\u200b list\ufeff", ["task", "list"]),
    ('run "two words"', ["run", "two words"]),
    ("run “two words”", ["run", "two words"]),
    ("run „two words“", ["run", "two words"]),
    ("run \u2018two words\u2019", ["run", "two words"]),
    (r'run "a \"b\" c"', ["run", 'a "b" c']),
    ("Ada's 5\" disk", ["Ada's", '5"', "disk"]),
    ("'tis", ["'tis"]),
    ('""', [""]),
    ("<@U0ADA00001> <#C0OPS00002|ops>", ["<@U0ADA00001>", "<#C0OPS00002|ops>"]),
    ("a &lt;b&gt;", ["a", "<b>"]),
]
WORDS = st.text(
    st.characters(
        blacklist_categories=["Cs", "Cc", "Zs"], blacklist_characters="“”„\u2018\u2019'\\\"<>&"
    ),
    min_size=1,
)


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_a_line_is_cut_into_words(line: str, expected: list[str]) -> None:
    """Spaces of any kind part words, quotation marks of any kind keep them together."""
    assert expected == [word.text for word in split(line)]


@pytest.mark.parametrize(("line", "expected"), PAIR_VALUES)
def test_a_pair_has_a_value_of_the_type_it_looks_like(line: str, expected: Any) -> None:
    """Numbers, true, false, null and JSON are what they look like, quoted things are text."""
    (word,) = split(line)
    assert ("n", expected) == (word.key, word.value)


def test_a_quoted_word_is_never_a_pair() -> None:
    """Quotation marks make an equals sign part of the text."""
    assert split('"a=b"')[0].key is None


def test_a_quotation_that_is_left_open_is_refused() -> None:
    """Where it would end is not guessed."""
    with pytest.raises(InvalidError, match='Missing closing quotation mark after "two words…'):
        split('run "two words')


@pytest.mark.parametrize("line", ["n={1", 'n=["a"', "n={“a}", 'n="two words', 'n={"a":1e400}'])
def test_a_value_that_cannot_be_read_says_why(line: str) -> None:
    """It matters only where a pair is wanted: `a={b` is a good id."""
    word = split(line)[0]

    assert word.problem
    assert line.startswith(word.text)


@given(st.lists(WORDS))
def test_quoted_words_come_back_as_they_were(words: list[str]) -> None:
    """Whatever stands between quotation marks is one word, unchanged."""
    line = " ".join(f'"{word}"' for word in words)
    invisible = str.maketrans("", "", "\u200b\u2060\ufeff")
    assert [word.translate(invisible) for word in words] == [one.text for one in split(line)]


@given(st.text(alphabet=st.sampled_from("ab=\"'“”{}[]<>|&\\ \n\u00a0\u200b1.e-") | st.characters()))
def test_no_line_breaks_it(line: str) -> None:
    """Any line gives words or a refusal for people."""
    with contextlib.suppress(InvalidError):
        assert all(word.text is not None for word in split(line))
