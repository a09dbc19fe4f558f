"""Modals and answers about reports, whatever reports are called and results hold."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from slack_playground.blocks import validate_message, validate_view

from bot.errors import FieldProblem
from bot.messages.rendering.renderer import Renderer
from bot.reports.display.message import REPORT_TEMPLATE, Said, report_message_context
from bot.reports.drafting.draft_reading import fields_of
from bot.reports.models import Notification, RunStatus
from bot.reports.service_types import Answered, Recomputed, ReportPreview, StoredResult
from bot.sources.result import ColumnKind, ResultColumn
from listeners.views.reports.form_builder import ReportForm, build_report_form
from listeners.views.reports.form_values import form_state, report_fields
from listeners.views.reports.list_builder import (
    build_next_reports,
    build_report_history,
    build_report_list,
)
from listeners.views.reports.preview_builder import build_preview, build_waiting, charts_in
from listeners.views.reports.report_words import schedule_words
from listeners.views.reports.run_builder import (
    build_answer,
    build_ask,
    build_query,
    build_recomputed,
    build_rows,
)
from tests.bot.reports.shop import NINE, SAID, facts_of, report_of, run_of, sales, table_of
from tests.listeners.views.strange import SAMPLES
from tests.listeners.views.test_answer_builders import sent

RENDERER = Renderer(Path(__file__).parents[4] / "templates")
NEW = {"schedule": {"frequency": "daily", "time": "09:00", "timezone": "UTC"}}


def preview_of(facts: Any = None, **changes: Any) -> ReportPreview:
    """Return a preview with the message of these facts."""
    message = RENDERER.render(REPORT_TEMPLATE, report_message_context(facts or facts_of()))
    usual = {"next_runs": [NINE] * 5, "notes": [], "sql": "…", "rendered": message, "problems": []}
    return ReportPreview(**{**usual, **changes})


def state_of(view: dict[str, Any], **typed: dict[str, Any]) -> dict[str, Any]:
    """Return the view as Slack sends it back: what was there at first, and what was typed."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            held = {
                "value": element.get("initial_value"),
                "selected_option": element.get("initial_option"),
                "selected_conversation": element.get("initial_conversation"),
                "selected_time": element.get("initial_time"),
            }
            if element["type"] == "multi_static_select":
                held = {"selected_options": element.get("initial_options", [])}
            held |= typed.get(block["block_id"].replace(".", "_"), {})
            values[block["block_id"]] = {element["action_id"]: held}
    return {**view, "state": {"values": values}}


def fields_shown(view: dict[str, Any]) -> list[str]:
    """Return the fields that the form has."""
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


@pytest.mark.parametrize(
    ("schedule", "shown"),
    [
        ({"frequency": "daily", "time": "09:00"}, {"schedule.time"}),
        (
            {"frequency": "weekly", "time": "09:00", "day_of_week": ["mon", "thu"]},
            {"schedule.time", "schedule.day_of_week"},
        ),
        (
            {"frequency": "monthly", "time": "09:00", "day_of_month": 31},
            {"schedule.time", "schedule.day_of_month"},
        ),
        (
            {"frequency": "monthly", "time": "09:00", "day_of_month": "last"},
            {"schedule.time", "schedule.day_of_month"},
        ),
        ({"cron": "0 9 * * mon-fri"}, {"schedule.cron"}),
    ],
)
def test_a_form_gives_back_what_it_was_filled_with(schedule, shown):
    """Opened and saved without a change, a report is what it was."""
    zone = {"timezone": "Europe/Berlin"}
    report = report_of(schedule={**schedule, **zone}, send_if="total > 10", complete_by="10:30")
    view = build_report_form(ReportForm(fields_of(report), ["shop", "opsbell"], "r_1", 3))

    assert validate_view(view) == []
    by_frequency = {"schedule.time", "schedule.day_of_week", "schedule.day_of_month"}
    assert set(fields_shown(view)) & {*by_frequency, "schedule.cron"} == shown
    back = report_fields(state_of(view))
    before = fields_of(report)
    names = ("name", "description", "query", "source", "mode", "audience", "send_if")
    for name in (*names, "complete_by", "schedule"):
        assert back[name] == before[name]
    assert back["slack_config"] == {
        "notification_type": "channel",
        "slack_channel": "C0OPS00002",
    }
    assert form_state(view) == ("r_1", 3)


def test_another_frequency_shows_its_inputs():
    """What was chosen is kept, what does not belong to it is gone."""
    view = build_report_form(ReportForm(NEW, ["opsbell"]))
    chosen = {"selected_option": {"value": "weekly"}}

    fields = report_fields(state_of(view, schedule_frequency=chosen))
    again = build_report_form(ReportForm(fields, ["opsbell"]))

    assert validate_view(again) == []
    assert "schedule.day_of_week" in fields_shown(again)
    assert "source" not in fields_shown(again)  # There is one.


@pytest.mark.parametrize(
    ("where", "has_channel"), [("channel", True), ("dm", False), ("none", False)]
)
def test_a_channel_is_asked_for_where_one_is_needed(where, has_channel):
    """A report to oneself needs none."""
    view = build_report_form(ReportForm(NEW, ["opsbell"]))
    chosen = {"selected_option": {"value": where}}

    fields = report_fields(state_of(view, slack_config_notification_type=chosen))
    again = build_report_form(ReportForm(fields, ["opsbell"]))

    assert ("slack_config.slack_channel" in fields_shown(again)) == has_channel
    assert fields["slack_config"]["notification_type"] == where


def test_a_query_that_is_too_long_for_a_form_stays_as_it_is():
    """It is not cut: the form does not show it, and does not send it."""
    view = build_report_form(ReportForm(fields_of(report_of(query="x" * 3_001)), ["shop"], "r_1"))

    assert validate_view(view) == []
    assert "query" not in report_fields(state_of(view))


@pytest.mark.parametrize("words", SAMPLES, ids=range(len(SAMPLES)))
def test_slack_takes_a_form_with_any_words(words):
    """What others wrote stands in the inputs and nowhere else."""
    report = report_of(name=words, description=words, query=words, send_if=words)
    schedule = {"cron": words, "timezone": words}
    fields = {**fields_of(report), "schedule": schedule}
    problems = [FieldProblem(words, words), FieldProblem("schedule.cron", words)]
    below = build_preview(preview_of(problems=problems, notes=[words] * 9), {})

    view = build_report_form(ReportForm(fields, [words or "-", "shop"], "r_1", 1, below))

    assert validate_view(view) == []
    assert validate_view(build_report_form(ReportForm(NEW, ["shop"], below=build_waiting()))) == []


@pytest.mark.parametrize("pictures", [{}, {4: "F0FILE00001"}], ids=["figures", "pictures"])
def test_a_preview_is_shown_below_the_form(pictures):
    """Next runs, the message without its buttons, the chart as a picture or in figures."""
    preview = preview_of()
    assert [at for at, _ in charts_in(preview)] == [4]
    view = build_report_form(ReportForm(NEW, ["shop"], below=build_preview(preview, pictures)))

    assert validate_view(view) == []
    shown = str(view["blocks"])
    assert "Sat 28 Nov 2026, 08:00 UTC" in shown
    assert "2026-11-23  126     13,147.50" in shown
    assert ("F0FILE00001" in shown) == bool(pictures)
    assert "revenue (EUR): highest" in shown or "23 Nov 13,147.5" in shown
    assert "report_run" not in shown


def wide() -> Any:
    """Return a result of many long cells."""
    columns = [ResultColumn(f"c{number}", ColumnKind.TEXT) for number in range(60)]
    return table_of(columns, [[f"{text} " * 20 for text in SAMPLES[:10]] * 6] * 500)


@pytest.mark.parametrize(
    "table",
    [sales(0), sales(1), sales(400), wide()],
    ids=["nothing", "a row", "a year", "wide"],
)
def test_slack_takes_the_views_of_any_result(table):
    """Rows, query and preview, from nothing to far too much."""
    figures = [{"text": "x" * 500, "origin": "y" * 500}] * 200
    stored = StoredResult(run_of(), table, {}, figures)
    preview = preview_of(facts_of(table, Said("…", charts=SAID.charts)))

    assert validate_view(build_rows(stored)) == []
    assert validate_view(build_query(report_of(query="x" * 9_000), stored)) == []
    assert validate_view(build_query(report_of(), None)) == []
    form = ReportForm(NEW, ["shop"], below=build_preview(preview, {}))
    assert validate_view(build_report_form(form)) == []


def test_recomputing_says_whether_anything_differs():
    """Unchanged with the digest, or the first differences."""
    same = build_recomputed(Recomputed(True, "1a2b3c4d", []))
    other = build_recomputed(Recomputed(False, "5e6f7a8b", ["x" * 900] * 20))

    assert validate_view(same) == validate_view(other) == []
    assert "Unchanged: the query returns the same rows, 1a2b3c4d." in str(same)
    assert "Changed: the rows are 5e6f7a8b now." in str(other)


def test_an_answer_says_where_it_comes_from():
    """The question, the answer as plain words, and how many figures were traced."""
    answered = Answered("&lt;b&gt; 7 EUR", 1, 1, "builtin")
    view = build_answer("<!channel> how much?", answered)

    assert validate_view(view) == validate_view(build_ask("x_1")) == []
    assert "<b> 7 EUR" in str(view)
    assert "1 of 1 figures traced · by builtin" in str(view)


STATUSES = itertools.cycle(RunStatus)


@pytest.mark.parametrize("words", SAMPLES, ids=range(len(SAMPLES)))
def test_slack_takes_lists_of_any_reports(words):
    """However many there are, and whatever they are called."""
    reports = [
        report_of(name=words, due_at=NINE, problem=words, failures=2, notification=one)
        for one in [*Notification, *Notification] * 8
    ]
    runs = [
        run_of(status=next(STATUSES), error_message=words, requested_by=words, figures_total=3)
        for _ in range(20)
    ]
    answers = [
        build_report_list(reports, has_more=True),
        build_report_list([], has_more=False),
        build_next_reports([(report, NINE) for report in reports]),
        build_next_reports([]),
        build_report_history(reports[0], runs),
        build_report_history(report_of(owner=words, is_enabled=False), []),
    ]

    for answer in answers:
        assert validate_message(sent(answer)) == []
        assert answer["response_type"] == "ephemeral"


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ({"frequency": "daily", "time": "09:00"}, "daily at 09:00 (UTC)"),
        (
            {"frequency": "weekly", "time": "09:00", "day_of_week": ["mon", "fri"]},
            "on Monday, Friday at 09:00 (UTC)",
        ),
        (
            {"frequency": "monthly", "time": "09:00", "day_of_month": 31},
            "on day 31 of the month at 09:00 (UTC)",
        ),
        (
            {"frequency": "monthly", "time": "09:00", "day_of_month": "last"},
            "on the last day of the month at 09:00 (UTC)",
        ),
        ({"cron": "0 9 * * 1-5"}, "by cron 0 9 * * 1-5 (UTC)"),
    ],
)
def test_a_schedule_is_said_in_words(schedule, words):
    """With its zone."""
    assert schedule_words({**schedule, "timezone": "UTC"}) == words


def test_what_is_wrong_with_a_report_is_said_in_words():
    """In its list, as in the notice about it."""
    answer = build_report_list([report_of(problem="owner_gone", due_at=NINE)], has_more=False)
    assert "⚠️ Its owner is gone" in str(answer["blocks"])
