"""Ids: they sort by time, can be read aloud, and do not repeat."""

import re
import time

import pytest

from bot.ids import ALPHABET, LENGTH, is_slack_channel_id, is_slack_user_id, new_id


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


@pytest.mark.parametrize(
    "user_id", ["U0ADA00001", "U0ADA", "W0ADA00001", "U9PARTNER1", "U061F7AUR", "UHTBRGJQK"]
)
def test_the_ids_of_people_are_known(user_id):
    """New ids have a digit behind the letter; old ones are nine characters of any kind."""
    assert is_slack_user_id(user_id)


@pytest.mark.parametrize(
    "name",
    [
        *("WORKER", "WORKERNODE1", "WATCHDOG", "UPLOADER", "U", "W0", "u0ada00001", "C0OPS00002"),
        *("U0ADA00001 ", "U0ADA00001\n", "<@U0ADA00001>", "U0ÄDA", "", None, "U0" + "A" * 40),
    ],
)
def test_the_name_of_a_program_is_nobodys_id(name):
    """A token's subject in capitals once counted as a person, and was mentioned."""
    assert not is_slack_user_id(name)


def test_a_word_in_capitals_is_no_channel():
    """`#GENERAL` and `DEPLOYS` are names; `C0OPS00002` and the ids of old channels are ids."""
    found = ["C0OPS00002", "CABCDEFGH", "D024BE91L", "GENERAL", "DEPLOYS", "CI", "U0ADA00001"]

    assert [*map(is_slack_channel_id, found)] == [True, True, True, False, False, False, False]
