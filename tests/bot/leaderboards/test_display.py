"""Post, files and API are made of one ranking: they carry identical numbers."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_playground.blocks import validate_message

from bot.charts.pictures import chart_svg
from bot.http.schemas.leaderboards import ShownLeaderboard
from bot.leaderboards.display import BOARD_TEMPLATE, board_context, digest_of
from bot.leaderboards.files import json_of, markdown_of, write_files
from bot.leaderboards.formats import formatted
from bot.leaderboards.picture import board_chart
from bot.leaderboards.ranking import Measured, Ranking, ranked
from bot.leaderboards.samples import MAX_VALUE
from bot.leaderboards.weeks import Week
from bot.leaderboards.wording import row_words
from bot.messages.rendering.renderer import Renderer
from tests.bot.leaderboards.room import TEMPLATES, board

RENDERER = Renderer(TEMPLATES)
NAMES = st.one_of(
    st.sampled_from(
        ["Bergmann", "a|b", "<!channel>", "*x*", "[l](https://evil.example)", "`", "&"]
    ),
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=40),
).filter(lambda name: name == " ".join(name.split()))
VALUES = st.one_of(
    st.sampled_from([0.0, 0.05, 0.25, 71.25, -0.04, 1e-9, 999999.5, MAX_VALUE]),
    st.floats(-MAX_VALUE, MAX_VALUE, allow_nan=False),
)
MEASURED = st.builds(
    Measured,
    subject=NAMES,
    values=st.fixed_dictionaries(
        {"score": VALUES, "revenue_at_risk": st.none() | st.floats(0, MAX_VALUE)}
    ),
    earlier=st.none() | VALUES,
    previous_rank=st.none() | st.integers(1, 99),
)
RANKINGS = st.lists(MEASURED, min_size=1, max_size=12, unique_by=lambda one: one.subject)
NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)


def ranking_of(measured, **changes):
    """Return a ranking of these subjects."""
    made = board(**changes)
    rows = ranked(measured, made.ranking_column)
    return Ranking("dealers", made, Week(2026, 47), NOW, rows, ("gone",), len(rows) + 1)


def cells_of(line):
    """Return the cells of a line of a Markdown table, without what Markdown needs."""
    return [re.sub(r"\\(.)", r"\1", cell) for cell in re.split(r" ?(?<!\\)\| ?", line)[1:-1]]


@given(RANKINGS)
def test_the_picture_has_the_figures_of_the_post(measured):
    """The same subjects in the same order, each figure as it reads in the table."""
    ranking = ranking_of(measured)
    chart = board_chart(ranking)
    table = [(words[2], words[3]) for words in (row_words(ranking, row) for row in ranking.rows)]
    (series,) = chart.series
    drawn = zip(chart.labels, series.points, strict=True)
    assert [(label, point.text) for label, point in drawn] == table
    assert chart_svg(chart).count("<rect ") == len(ranking.rows)


@pytest.mark.parametrize(
    ("fed", "at", "said"),
    [
        ({"samples": True}, NOW - timedelta(days=2), "compared with the value closest"),
        ({"tasks": True}, NOW - timedelta(days=2), "shown once the week is over"),
        ({"tasks": True}, NOW, "compared with the value closest"),
    ],
)
def test_a_running_week_says_why_it_has_no_trend(fed, at, said):
    """Of a board that measures whole weeks; samples are compared at any time."""
    changes = {"samples": False, "rank_by": None, "columns": [{"name": "failures"}]}
    made = board(**({} if fed.get("samples") else {**changes, **fed}))
    rows = ranked([Measured("a", {made.ranking_column.name: 1.0})], made.ranking_column)
    ranking = Ranking("dealers", made, Week(2026, 47), at, rows, (), 1)
    post = RENDERER.render(BOARD_TEMPLATE, board_context(ranking, is_closing=False))
    assert f"Trend: {said}" in json.dumps(post.blocks)
    assert f"Trend: {said}" in markdown_of(ranking)


@given(RANKINGS)
def test_post_files_and_api_carry_identical_numbers(measured):
    """Every number of the ranking stands in each of them, and reads the same in each."""
    ranking = ranking_of(measured)

    api = ShownLeaderboard.model_validate(ranking.as_json()).model_dump()
    assert json.loads(json_of(ranking)) == api
    posted = RENDERER.render(BOARD_TEMPLATE, board_context(ranking, is_closing=True))
    assert validate_message({"text": posted.text, "blocks": posted.blocks}) == []
    [table] = [block for block in posted.blocks if block["type"] == "data_table"]
    lines = [line for line in markdown_of(ranking).splitlines() if line.startswith("| ")]
    assert len(lines) == len(table["rows"]) == len(api["rows"]) + 1
    for shown, cells, line in zip(api["rows"], table["rows"][1:], lines[1:], strict=True):
        expected = [
            shown["rank"],
            *(shown["values"][name] for name in ("score", "revenue_at_risk")),
        ]
        assert [cells[n].get("value") for n in (0, 3, 4)] == expected
        assert cells[5].get("value") == (shown["trend"] and shown["trend"]["value"])
        assert cells_of(line) == [cell["text"] for cell in cells]
        assert cells[3]["text"] == formatted(shown["values"]["score"], "0.0")


@given(RANKINGS)
def test_every_number_stands_in_the_text(measured):
    """Where Slack shows neither table nor chart, the text says it all."""
    context = board_context(ranking_of(measured), is_closing=True)

    for cells, line in zip(context["cells"], context["lines"], strict=True):
        texts = [cell["text"] if isinstance(cell, dict) else cell for cell in cells]
        assert all(text in line for text in texts)


@pytest.mark.parametrize(
    ("scores", "lead"),
    [
        ([], "There are no samples for week 47 yet."),
        ([9.0, 1.0], "s0 leads with 9.0."),
        ([9.0, 9.0, 1.0], "s0 and s1 lead with 9.0."),
        ([9.0, 9.0, 9.0, 9.0], "s0, s1 and 2 more lead with 9.0."),
    ],
)
def test_the_first_sentence_says_who_leads(scores, lead):
    """Also where several do."""
    measured = [
        Measured(f"s{number}", {"score": score, "revenue_at_risk": None})
        for number, score in enumerate(scores)
    ]

    assert board_context(ranking_of(measured), is_closing=True)["lead"] == lead


def test_rankings_that_read_the_same_have_one_digest():
    """The time of generation is no reason to edit a message; how many there are is one."""
    measured = [Measured("a", {"score": 1.0, "revenue_at_risk": None})]
    first = ranking_of(measured)

    assert digest_of(first) == digest_of(ranking_of(measured))
    assert digest_of(first) != digest_of(ranking_of([*measured, Measured("b", measured[0].values)]))


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    """What stood there before stays until the new one is complete; nothing else is left behind."""
    ranking = ranking_of([Measured("a", {"score": 1.0, "revenue_at_risk": None})])
    first, _ = write_files(tmp_path, ranking)
    before = first.read_text()
    first.unlink()
    first.mkdir()  # A file cannot replace a folder.

    with pytest.raises(OSError, match="leaderboard-w47"):
        write_files(tmp_path, ranking)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "leaderboard-w47-2026.json",
        "leaderboard-w47-2026.md",
    ]
    assert "| 1 | new | a | 1.0 |" in before
    assert first.is_dir()
