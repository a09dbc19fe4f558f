"""More payloads Slack refuses: rich text, tables, charts, plans and cards."""

from typing import Any

from tests.playground.blocks import specimens as a
from tests.playground.blocks.gallery import block, task
from tests.playground.blocks.parts import (
    IMAGE,
    Json,
    line,
    plain,
    raw,
    rich_text,
    words,
)
from tests.playground.blocks.refusal import FAILED, TYPE, Refusal


def _rich(*elements: Any) -> Json:
    return rich_text(line(*elements))


_TWO_ROWS = [[raw("Name"), raw("Done")], [raw("Ada")]]
_NESTED_CONTAINER = a.changed("container", child_blocks=[block("container")])

RICHER = [
    Refusal("rich text of nothing", rich_text(), "/elements", FAILED),
    Refusal("an empty run of text", _rich(words("")), "/elements/0/elements/0/text", FAILED),
    Refusal(
        "a list of runs",
        a.rich_list(elements=[words("x")]),
        "/elements/0/elements/0/type",
        FAILED,
    ),
    Refusal(
        "a list in a line",
        _rich(a.rich_list()["elements"][0]),
        "/elements/0/elements/0/type",
        FAILED,
    ),
    Refusal(
        "a colour by name",
        _rich({"type": "color", "value": "red"}),
        "/elements/0/elements/0/value",
        FAILED,
    ),
    Refusal(
        "a script in rich text",
        _rich({"type": "link", "url": "javascript:alert(1)"}),
        "/elements/0/elements/0/url",
        FAILED,
    ),
    Refusal(
        "a style nobody knows",
        _rich({**words("x"), "style": {"blink": True}}),
        "/elements/0/elements/0/style",
        FAILED,
    ),
    Refusal("an empty card", {"type": "card", "subtitle": plain("x")}, "", FAILED),
    Refusal("a card of two icons", a.changed("card", icon=IMAGE), "", FAILED),
    Refusal(
        "an icon nobody knows",
        a.changed("card", slack_icon={"type": "icon", "name": "nobody"}),
        "/slack_icon/name",
        FAILED,
    ),
    Refusal(
        "a carousel of dividers",
        a.changed("carousel", elements=[{"type": "divider"}]),
        "/elements/0/type",
        FAILED,
    ),
    Refusal("a container in a container", _NESTED_CONTAINER, "/child_blocks/0/type", FAILED),
    Refusal(
        "a card in a container",
        a.changed("container", child_blocks=[block("card")]),
        "/child_blocks/0/type",
        FAILED,
    ),
    Refusal(
        "a container of two titles",
        a.changed("container", rich_text_title=_rich(words("x"))),
        "",
        FAILED,
    ),
    Refusal(
        "collapsed for ever",
        a.changed("container", is_collapsible=False),
        "/default_collapsed",
        FAILED,
    ),
    Refusal(
        "a line under what folds",
        a.changed("container", has_header_divider=True),
        "/has_header_divider",
        FAILED,
    ),
    Refusal("a table of nothing", {"type": "table", "rows": []}, "/rows", FAILED),
    Refusal("an empty cell", {"type": "table", "rows": [[raw("")]]}, "/rows/0/0/text", FAILED),
    Refusal("a ragged table", a.data_table(rows=_TWO_ROWS), "/rows/1", FAILED),
    Refusal("a header alone", a.data_table(rows=_TWO_ROWS[:1]), "/rows", FAILED),
    Refusal(
        "rich text in a header",
        a.data_table(rows=[[_rich(words("x"))], [raw("x")]]),
        "/rows/0/0/type",
        FAILED,
    ),
    Refusal(
        "a column that is not",
        a.data_table(row_header_column_index=1),
        "/row_header_column_index",
        FAILED,
    ),
    Refusal("a pie with nothing", a.pie(value=0), "/chart/segments/0/value", FAILED),
    Refusal("a pie of infinity", a.pie(value=float("inf")), "/chart/segments/0/value", TYPE),
    Refusal("a pie of words", a.pie(value="9"), "/chart/segments/0/value", TYPE),
    Refusal(
        "a series that lacks a day",
        a.bar(axis_config={"categories": ["Mon", "Tue", "Wed"]}),
        "/chart/series/0/data",
        FAILED,
    ),
    Refusal(
        "two series of one name",
        a.bar(series=[a.bar()["chart"]["series"][0]] * 2),
        "/chart/series/1/name",
        FAILED,
    ),
    Refusal(
        "the same day twice", a.categories(["Mon", "Mon"]), "/chart/axis_config/categories", FAILED
    ),
    Refusal(
        "a task twice",
        a.changed("plan", tasks=[task(1, "complete"), task(1, "error")]),
        "/tasks/1/task_id",
        FAILED,
    ),
    Refusal("a title as text object", a.changed("plan", title=plain("x")), "/title", TYPE),
    Refusal("a card that waits alone", a.changed("task_card", status="pending"), "/status", FAILED),
    Refusal(
        "a task in a state of its own",
        a.changed("plan", tasks=[task(1, "done")]),
        "/tasks/0/status",
        FAILED,
    ),
]
