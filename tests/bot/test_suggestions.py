"""The known word that was probably meant."""

import pytest

from bot.suggestions import did_you_mean


@pytest.mark.parametrize(
    ("word", "known", "part", "sentence"),
    [
        ("dealer", ["dealers"], "; did you mean `dealers`?", "; did you mean `dealers`?"),
        ("x", ["b", "a"], "; known: a, b", "; known: a, b."),
        ("x", [], "; known: none", "; known: none."),
        ("SHOP", ["shop"], "; did you mean `shop`?", "; did you mean `shop`?"),
        ("x", ["a", "a"], "; known: a", "; known: a."),
        (
            "x",
            [f"{number:04}" for number in range(1022)],
            f"; known: {', '.join(f'{number:04}' for number in range(20))} and 1,002 more",
            f"; known: {', '.join(f'{number:04}' for number in range(20))} and 1,002 more.",
        ),
    ],
)
def test_a_sentence_ends_once(word: str, known: list[str], part: str, sentence: str) -> None:
    """With the question mark, or with a full stop where the sentence is the caller's whole."""
    assert did_you_mean(word, known) == part
    assert did_you_mean(word, known, is_sentence=True) == sentence
