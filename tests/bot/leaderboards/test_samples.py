"""Samples as callers send them: read as they are meant, or refused with their place."""

from datetime import UTC, datetime

import pytest

from bot.errors import InvalidError
from bot.leaderboards.csv_samples import from_csv
from bot.leaderboards.samples import from_json, json_number, read_samples
from tests.bot.leaderboards.room import START, board

BOARD = board()
MONDAY = "2026-11-16T09:00:00-05:00"


def csv(text):
    """Return the samples of a CSV file."""
    raw, read_number = from_csv(BOARD, text)
    return read_samples(BOARD, raw, START, read_number)


def json(*items):
    """Return the samples of a JSON list."""
    return read_samples(BOARD, from_json(items), START, json_number)


def problems(read, *given):
    """Return the places and fixes of what is refused."""
    with pytest.raises(InvalidError) as refused:
        read(*given)
    return [(one.field, one.message) for one in refused.value.problems]


def test_json_may_use_either_spelling_and_the_boards_own_word():
    """`dealer` is the subject, `revenueAtRisk` the column, and a time is an instant."""
    [sample] = json({"dealer": " Bergmann ", "at": MONDAY, "revenueAtRisk": 1200})

    assert sample.subject == "Bergmann"
    assert sample.at == datetime(2026, 11, 16, 14, tzinfo=UTC)
    assert sample.values == {"revenue_at_risk": 1200.0}


def test_a_time_without_an_offset_is_one_of_the_boards_zone():
    """Also a day alone; without any time it is now."""
    samples = json(
        {"subject": "a", "at": "2026-11-16", "score": 1},
        {"subject": "a", "at": "2026-11-16 09:30", "score": 1},
        {"subject": "a", "score": None},
    )

    assert [one.at for one in samples] == [
        datetime(2026, 11, 16, 5, tzinfo=UTC),
        datetime(2026, 11, 16, 14, 30, tzinfo=UTC),
        START,
    ]
    assert samples[2].values == {"score": None}


@pytest.mark.parametrize(
    ("item", "place", "fix"),
    [
        ({"score": 1}, "[1].subject", "give the dealer's name"),
        ({"subject": "\x00 \n", "score": 1}, "[1].subject", "give the dealer's name"),
        ({"subject": 7, "score": 1}, "[1].subject", "give the dealer's name"),
        ({"subject": "x" * 101, "score": 1}, "[1].subject", "at most 100 characters"),
        ({"subject": "a", "dealer": "b", "score": 1}, "[1].dealer", "the same as `subject`"),
        ({"subject": "a", "scroe": 1}, "[1].scroe", "unknown field; did you mean `score`?"),
        ({"subject": "a"}, "[1]", "give at least one of score, revenue_at_risk"),
        ({"subject": "a", "score": "71"}, "[1].score", "must be a number"),
        ({"subject": "a", "score": True}, "[1].score", "must be a number"),
        ({"subject": "a", "score": float("nan")}, "[1].score", "must be a number, at most"),
        ({"subject": "a", "score": 1e16}, "[1].score", "must be a number, at most"),
        ({"subject": "a", "score": 10**400}, "[1].score", "must be a number, at most"),
        ({"subject": "a", "revenue_at_risk": -1}, "[1].revenue_at_risk", "money must not"),
        ({"subject": "a", "at": "Monday", "score": 1}, "[1].at", "must be a time such as"),
        ({"subject": "a", "at": 1795338210, "score": 1}, "[1].at", "must be a time such as"),
        ({"subject": "a", "at": "2026-02-30", "score": 1}, "[1].at", "there is no such day"),
        ({"subject": "a", "at": "0001-01-01", "score": 1}, "[1].at", "must be in the years"),
        ({"subject": "a", "at": "2026-11-22", "score": 1}, "[1].at", "is in the future"),
    ],
)
def test_a_wrong_sample_is_refused_with_its_path(item, place, fix):
    """One wrong sample refuses all, and says which it is and what to write."""
    [(found, message)] = problems(json, {"subject": "good", "score": 1}, item)

    assert found == place
    assert message.startswith(fix)


def test_a_subject_has_one_value_at_a_time():
    """The same subject and time twice in one call: which is meant cannot be known."""
    twice = [{"subject": "Mu\u0308ller", "at": MONDAY, "score": 1}]
    twice += [{"subject": "M\u00fcller ", "at": "2026-11-16T14:00:00Z", "score": 2}]

    assert problems(json, *twice) == [("[1].subject", "the same dealer and time as [0]")]


@pytest.mark.parametrize(
    "text",
    [
        "dealer,score,revenue_at_risk\nBergmann,71.5,1200\n",
        "\ufeffDealer,Score,Revenue_At_Risk\r\nBergmann,71.5,1200\r\n",
        "dealer;score;revenue_at_risk\n\nBergmann;71,5;1200\n;;\n",
        'score\tdealer\trevenue_at_risk\n"71,5"\t"Bergmann"\t1200.0\n',
        "subject, score, revenueAtRisk\n Bergmann , 7.15e1 ,+1200",
    ],
)
def test_csv_is_read_as_spreadsheets_write_it(text):
    """With a mark, semicolons, decimal commas, tabs, spaces, empty lines, in any order."""
    [sample] = csv(text)

    assert (sample.subject, dict(sample.values)) == (
        "Bergmann",
        {"score": 71.5, "revenue_at_risk": 1200.0},
    )


def test_the_boards_word_for_its_subject_is_read_in_any_case():
    """`Kind` of the settings is `kind` in a header."""
    made = board(subject="Kind")
    raw, read_number = from_csv(made, "KIND,score\na,1\n")

    assert read_samples(made, raw, START, read_number)[0].subject == "a"


def test_an_empty_cell_is_a_value_that_there_was_none_of():
    """As null is in JSON."""
    [sample] = csv("dealer,score,revenue_at_risk\nBergmann,,1200\n")

    assert sample.values == {"score": None, "revenue_at_risk": 1200.0}


@pytest.mark.parametrize(
    ("text", "place", "fix"),
    [
        ("", "line 1", "the file is empty; its header needs a column `dealer`"),
        (" \n\n", "line 1", "the file is empty"),
        ("d\0e\0a\0l\0e\0r\0,\0s\0\n\0\x42\x01,\0\x31\0", "line 1", "this is not UTF-8"),
        ("dealer,score\n", "line 2", "there are no samples below the header"),
        ("name,score\na,1\n", "line 1, name", "unknown column"),
        ("dealer,scroe\na,1\n", "line 1, scroe", "unknown column; did you mean `score`?"),
        ("score\n1\n", "line 1, dealer", "the header needs a column `dealer`"),
        ("dealer,score,Score\na,1,2\n", "line 1, score", "this column is there twice"),
        ("dealer,score\na,1\n\nb,1,2\n", "line 4", "has 3 cells, the header has 2"),
        ("dealer,score\na,1\nb\n", "line 3", "has 1 cells, the header has 2"),
        ("dealer,score\na,NaN\n", "line 2, score", "must be a number such as 1234.5"),
        ("dealer,score\na,inf\n", "line 2, score", "must be a number such as 1234.5"),
        ("dealer,score\na,$5\n", "line 2, score", "must be a number such as 1234.5"),
        ("dealer,score\na,\u0661\n", "line 2, score", "must be a number such as 1234.5"),
        ("dealer,score\na,1e99\n", "line 2, score", "must be a number, at most 1e15"),
        ('dealer,score\na,"71,5"\n', "line 2, score", "write a decimal point, or separate"),
        ('dealer,score\na,"1,234.5"\n', "line 2, score", "must be a number such as 1234.5"),
        ("dealer;score\na;1.234\n", "line 2, score", "the point may separate thousands"),
        ("dealer;score\na;1.234,5\n", "line 2, score", "must be a number such as 1234.5"),
        ("dealer,revenue_at_risk\na,-5\n", "line 2, revenue_at_risk", "money must not"),
        ("dealer,score\n,1\n", "line 2, subject", "give the dealer's name"),
        ("dealer,score\na,1\na,2\n", "line 3, subject", "the same dealer and time as line 2"),
        ('dealer,score\n"a\nb",1\n"c\nd",x\n', "line 4, score", "must be a number such"),
        ('dealer,score\na,1\n"b,2\n', "line 3", "this cannot be read as CSV"),
        ("dealer,score\na\udcfc,1\n", "line 2", "this is not UTF-8"),
        ("dealer,score,at\na,1,yesterday\n", "line 2, at", "must be a time such as"),
    ],
)
def test_a_wrong_line_is_refused_with_its_number_and_column(text, place, fix):
    """The header is line 1; a line is counted as an editor counts it."""
    found, message = problems(csv, text)[0]

    assert found == place
    assert message.startswith(fix)


def test_a_question_ends_without_a_full_stop():
    """As in every other sentence of the API."""
    with pytest.raises(InvalidError) as refused:
        csv("dealer,scroe\na,1\n")
    assert str(refused.value).endswith("did you mean `score`?")


def test_all_problems_are_named_together():
    """Whoever corrects a file wants to do it once."""
    found = problems(csv, "dealer,score\na,x\nb,1\n,y\n")

    assert [place for place, _ in found] == ["line 2, score", "line 4, subject", "line 4, score"]
