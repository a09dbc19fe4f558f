"""Ids: they sort by time, can be read aloud, and do not repeat."""

import re
import time

from bot.ids import ALPHABET, LENGTH, new_id


def test_an_id_is_its_prefix_and_24_letters():
    """Behind the prefix stand 24 letters, none of which is mistaken for another."""
    for _ in range(200):
        assert re.fullmatch(r"t_[0-9a-hjkmnp-tv-z]{24}", new_id("t"))

    assert LENGTH == 24


def test_ids_sort_by_the_time_they_were_made():
    """An id that was made a few milliseconds later is greater, as text."""
    made = []
    for _ in range(20):
        made.append(new_id("m"))
        time.sleep(0.002)

    assert sorted(made) == made


def test_an_id_tells_the_millisecond_it_was_made_in():
    """The first letters are the time, in the alphabet's order."""
    before = time.time_ns() // 1_000_000
    letters = new_id("m").removeprefix("m_")
    after = time.time_ns() // 1_000_000

    number = 0
    for letter in letters:
        number = number * 32 + ALPHABET.index(letter)

    assert before <= number >> 72 <= after


def test_ids_do_not_repeat():
    """Of many made within the same milliseconds no two are the same."""
    assert len({new_id("m") for _ in range(20_000)}) == 20_000
