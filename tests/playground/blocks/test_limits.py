"""Each limit at its edge: the most is taken, one more is refused where it stands."""

import pytest
from slack_playground.blocks import validate_blocks, validate_message, validate_view
from slack_playground.blocks.measure import json_bytes

from tests.playground.blocks.block_limits import BLOCK_LIMITS
from tests.playground.blocks.limits import ELEMENT_LIMITS
from tests.playground.blocks.parts import Json, mrkdwn, plain, raw
from tests.playground.blocks.specimens import categories, data_table, x

LIMITS = [*ELEMENT_LIMITS, *BLOCK_LIMITS]


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.spot)
def test_the_most_is_taken(limit):
    """A block that reaches its limit is valid."""
    assert validate_blocks([limit.make(limit.most)], limit.surface) == []


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.spot)
def test_one_more_is_refused(limit):
    """One more is a failed constraint at the very place."""
    problems = validate_blocks([limit.make(limit.most + 1)], limit.surface)
    assert [("failed_constraint", f"/0{limit.pointer}")] == [
        (problem.code, problem.pointer)
        for problem in problems
        if problem.constraint and problem.constraint.get("expected") == limit.most
        if problem.pointer == f"/0{limit.pointer}"
    ]


def test_the_words_of_a_length_are_those_of_slack():
    """A text that is too long is reported as Slack words it."""
    (found,) = validate_blocks([{"type": "section", "text": mrkdwn(x(3001))}], "message")
    assert found.message == "must be less than 3001 characters"
    assert found.constraint == {"type": "max_length", "expected": 3000, "got": 3001}


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
def test_a_surface_takes_so_many_blocks(surface, most):
    """Messages take 50 blocks, modals and Home tabs 100."""
    blocks = [{"type": "divider"}] * most
    assert validate_blocks(blocks, surface) == []
    (found,) = validate_blocks([*blocks, {"type": "divider"}], surface)
    assert ("", f"no more than {most} items allowed") == (found.pointer, found.message)


@pytest.mark.parametrize(
    ("field", "most"),
    [
        ("title", 24),
        ("submit", 24),
        ("close", 24),
        ("private_metadata", 3000),
        ("callback_id", 255),
        ("external_id", 255),
    ],
)
def test_the_texts_of_a_view_are_limited(field, most):
    """Each text of a view is taken up to its limit."""
    in_object = field in ("title", "submit", "close")
    pointer = f"/{field}/text" if in_object else f"/{field}"

    def view(count: int) -> Json:
        text = plain(x(count)) if in_object else x(count)
        return {"type": "modal", "title": plain("Retry"), "blocks": [], field: text}

    assert validate_view(view(most)) == []
    assert [pointer] == [problem.pointer for problem in validate_view(view(most + 1))]


def test_a_view_is_limited_in_bytes():
    """A view of 250,000 bytes of JSON is taken, one of more is too large."""
    blocks = [{"type": "section", "text": plain(x(3000))} for _ in range(81)]
    blocks.append({"type": "section", "text": plain(x(1000))})
    view: Json = {"type": "modal", "title": plain("Retry"), "blocks": blocks}
    view["private_metadata"] = ""
    assert validate_view(view) == []
    view["private_metadata"] = x(250_000 - json_bytes(view))
    assert validate_view(view) == []
    view["private_metadata"] += "x"
    assert [problem.code for problem in validate_view(view)] == ["view_too_large"]


def test_markdown_is_limited_over_the_whole_message():
    """Two markdown blocks share 12,000 characters."""
    first, second = ({"type": "markdown", "text": x(6000)} for _ in range(2))
    assert validate_blocks([first, second], "message") == []
    second["text"] += "x"
    (found,) = validate_blocks([first, second], "message")
    assert (found.pointer, (found.constraint or {}).get("got")) == ("/1", 12_001)


def test_data_tables_share_their_characters():
    """Two data tables share 20,000 characters, and the message does not count them again."""
    first = data_table(rows=[[raw("x")], [raw(x(9999))]])
    second = data_table(rows=[[raw("x")], [raw(x(9999))]])
    assert validate_blocks([first, second], "message") == []
    second["rows"][0] = [raw("xx")]
    assert [problem.pointer for problem in validate_blocks([first, second], "message")] == ["/1"]


def test_the_text_of_a_message_is_limited_over_all_blocks():
    """Blocks with more than 13,200 characters together are their own error, but not in a view."""
    blocks = [{"type": "section", "text": plain(x(2640))} for _ in range(5)]
    assert validate_blocks(blocks, "message") == []
    blocks.append({"type": "section", "text": plain("x")})
    (found,) = validate_blocks(blocks, "message")
    assert (found.pointer, found.code) == ("", "msg_blocks_too_long")
    assert validate_blocks(blocks, "modal") == []


def test_charts_do_not_count_for_the_text_of_a_message():
    """The labels of a chart have limits of their own; a message may be full of words beside it."""
    labels = [f"{number:020d}" for number in range(20)]
    words = [{"type": "section", "text": plain(x(2640))} for _ in range(5)]
    charts = [{**categories(labels), "block_id": f"c{number}"} for number in range(2)]
    assert validate_blocks([*words, *charts], "message") == []


@pytest.mark.parametrize(
    ("kind", "bounds"),
    [
        ("plain_text_input", {"min_length": 5, "max_length": 5}),
        ("number_input", {"is_decimal_allowed": False, "min_value": "5", "max_value": "5"}),
    ],
)
def test_bounds_may_be_equal(kind, bounds):
    """A field that takes exactly one length or number is odd and allowed."""
    element = {"type": kind, "action_id": "a", **bounds}
    block = {"type": "input", "label": plain("Code"), "element": element}
    assert validate_blocks([block], "modal") == []


def test_the_text_of_attachments_counts():
    """Blocks in attachments belong to the same message."""
    blocks = [{"type": "section", "text": plain(x(2640))} for _ in range(5)]
    more = {"blocks": [{"type": "section", "text": plain("x")}]}
    problems = validate_message({"text": "x", "blocks": blocks, "attachments": [more]})
    assert [problem.code for problem in problems] == ["msg_blocks_too_long"]


def test_a_message_takes_a_hundred_attachments():
    """The attachment after the hundredth is an error of its own."""
    assert validate_message({"attachments": [{"text": "x"}] * 100}) == []
    problems = validate_message({"attachments": [{"text": "x"}] * 101})
    assert [problem.code for problem in problems] == ["too_many_attachments"]


def test_metadata_is_limited_in_bytes():
    """Metadata that is too large is an error of its own."""
    payload = {"event_type": "task", "event_payload": {"log": x(9000)}}
    problems = validate_message({"text": "x", "metadata": payload})
    assert [problem.code for problem in problems] == ["metadata_too_large"]
