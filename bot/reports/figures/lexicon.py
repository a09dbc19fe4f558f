"""The words of narratives: what they claim, and where they may stand. Read with the first use."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@cache
def word_list(*names: str) -> frozenset[str]:
    """Return the words of these lists of `lexicon.toml`."""
    return frozenset(word for name in names for word in _lists()[name].split())


@cache
def _claims_by_word() -> dict[str, str]:
    return {word: claim for claim, words in _lists()["claims"].items() for word in words.split()}


def claim_made_by(word: str) -> str | None:
    """Return the claim that a word in small letters makes: `up`, `high`, `mean`, …"""
    return _claims_by_word().get(word)


def is_ordinary(word: str) -> bool:
    """Tell whether a word in small letters is one that narratives need."""
    return word in word_list("plain", "advice", "advised")


def may_follow_figure(word: str) -> bool:
    """Tell whether a word says nothing of the figure before it."""
    return word in word_list("plain") and word not in word_list("not_after")


@cache
def _asks_by_word() -> dict[str, str]:
    return {word: ask for ask, words in _lists()["asks"].items() for word in words.split()}


def ask_of(word: str) -> str | None:
    """Return what a word of a question asks for: `total`, `high`, …; None if it is not known."""
    return _asks_by_word().get(word)
