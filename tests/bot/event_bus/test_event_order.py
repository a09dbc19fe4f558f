"""Rows are published in order, and a missing id is waited for as long as it may still appear."""

from bot.event_bus.event_order import Gap, final_count

ALICE, BOB = frozenset({"3/1"}), frozenset({"4/7"})


def test_without_a_gap_everything_is_final():
    """Ids that follow one another have all been committed."""
    assert final_count(5, [6, 7, 8], 5) == 3
    assert final_count(5, [], 5) == 0


def test_a_gap_ends_what_is_final():
    """Also one right behind the cursor."""
    assert final_count(5, [6, 8, 9], 5) == 1
    assert final_count(5, [7, 8], 5) == 0


def test_gaps_up_to_a_known_id_are_final():
    """All at once, so that a history with many gaps is passed quickly."""
    assert final_count(5, [7, 9, 12], 9) == 2
    assert final_count(5, [7, 9, 10], 9) == 3
    assert final_count(5, [7, 12], 12) == 2


def test_a_gap_waits_for_those_that_wrote_when_it_was_seen_again():
    """Whoever began later was allotted higher ids."""
    seen = Gap(until=9)
    assert not seen.is_final(frozenset())

    again = seen.seen_again(ALICE)
    assert not again.is_final(ALICE | BOB)
    assert again.is_final(BOB)
    assert again.seen_again(BOB) == again


def test_a_gap_is_final_if_nobody_writes():
    """Then its transaction was rolled back."""
    assert Gap(until=9).seen_again(frozenset()).is_final(frozenset())
