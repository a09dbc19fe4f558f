"""What a line asks for."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidError
from listeners.commands.grammar import AREAS, Area, Argument, Kind, Verb, usage
from listeners.commands.parser import Request, arguments, parse
from listeners.word_splitting import Word, as_word

REQUESTS: list[tuple[str, Request]] = [
    ("", Request("help", "")),
    ("help", Request("help", "")),
    ("help task", Request("help", "", {"area": "task"})),
    ("task", Request("help", "", {"area": "task"})),
    ("task help", Request("help", "", {"area": "task"})),
    ("health", Request("health", "")),
    ("leaderboard help", Request("help", "", {"area": "leaderboard"})),
    ("maintenance HELP", Request("help", "", {"area": "maintenance"})),
    (
        "maintenance 2h help",
        Request("maintenance", "", {"duration": timedelta(hours=2), "kind": "help"}),
    ),
    ("TASK List Failed", Request("task", "list", {"which": "failed"})),
    ("task list", Request("task", "list")),
    ("task show t_1", Request("task", "show", {"id": "t_1"})),
    ("task run schema_fix", Request("task", "run", {"kind": "schema_fix"})),
    (
        "task run schema_fix “Dealer 12” rows=3 dry=true",
        Request(
            "task",
            "run",
            {"kind": "schema_fix", "subject": "Dealer 12", "payload": {"rows": 3, "dry": True}},
        ),
    ),
    (
        "task run a=1 schema_fix",
        Request("task", "run", {"kind": "schema_fix", "payload": {"a": 1}}),
    ),
]
REFUSALS = [
    ("taks list", "Unknown command `taks`. Did you mean `task`?", "/ops task list"),
    ("retry t_1", "Unknown command `retry`. Did you mean `task retry`?", "/ops task retry <id>"),
    ("task shwo t_1", "Unknown command `task shwo`. Did you mean `task show`?", "/ops task show"),
    ("alert ack a_1", "Unknown command `alert ack`. Did you mean `alert acknowledge`?", "<id>"),
    ("ack a_1", "Unknown command `ack`. Did you mean `alert acknowledge`?", "<id>"),
    ("task list faild", "Invalid which: `faild`. Did you mean `failed`?", "failed|running|stuck"),
    ("zzzzzz", "Unknown command `zzzzzz`.", "/ops health"),
    ("task show", "Missing argument: id.", "Usage: `/ops task show <id>`"),
    ("task show t_1 t_2", "Unexpected argument: `t_2`.", "Usage: `/ops task show <id>`"),
    ("task show a=1 b=2", "Unexpected argument: `b=2`.", "Usage: `/ops task show <id>`"),
    ('task show ""', "Invalid id: `…`.", "Usage: `/ops task show <id>`"),
    ("health now", "Unexpected argument: `now`.", "Usage: `/ops health`"),
    ("task run x n={1", "The value of `n` is not valid JSON", ""),
    ('task run x n="two words', "Missing closing quotation mark", ""),
    ('task run x n={"a": 1e400}', "1e400 is too large for a number", ""),
    ('task run x n={"a": NaN}', "NaN is not a number in JSON", ""),
]
#: As a person types them, and what they are.
IDS = [
    ("media/2026/11/clip-7.mov", "media/2026/11/clip-7.mov"),
    ("media/&lt;http://clip-7.mov|clip-7.mov&gt;", "media/<http://clip-7.mov|clip-7.mov>"),
    ("<http://clip-7.mov|clip-7.mov>", "clip-7.mov"),
    ("<mailto:ada@example.com|ada@example.com>", "ada@example.com"),
    ("<https://example.com/x|https://example.com/x>", "https://example.com/x"),
    ("scheduled__2026-11-20T00:00:00+00:00", "scheduled__2026-11-20T00:00:00+00:00"),
    ("a&amp;b&lt;c&gt;d", "a&b<c>d"),
    ("50%25", "50%25"),
    ("x?y#z", "x?y#z"),
    ("a=b", "a=b"),
    ("a={b", "a={b"),
    ('a="b', 'a="b'),
    ("a`b", "a`b"),
    ("`x`", "`x`"),
    ('"orders/4711 a"', "orders/4711 a"),
    ("“orders/4711 a”", "orders/4711 a"),
    (r'"\"as_word\" \\"', '"as_word" \\'),
    ("../b", "../b"),
]
MUTE = Verb("mute", "be quiet", (Argument("duration", Kind.DURATION, required=True),))
ALERT = Area("alert", "incidents", (MUTE,))


@pytest.mark.parametrize(("line", "expected"), REQUESTS)
def test_a_line_becomes_a_request(line: str, expected: Request) -> None:
    """Areas and verbs in any case, arguments in their places, pairs wherever they stand."""
    assert expected == parse(line)


@pytest.mark.parametrize(("line", "reason", "hint"), REFUSALS)
def test_a_wrong_line_is_answered_with_the_way_to_write_it(
    line: str, reason: str, hint: str
) -> None:
    """A refusal names what was not understood, the nearest known word, and the usage."""
    with pytest.raises(InvalidError) as refused:
        parse(line)
    assert reason in str(refused.value)
    assert hint in str(refused.value)


@pytest.mark.parametrize(("typed", "task_id"), IDS)
def test_an_id_may_have_any_printable_characters(typed: str, task_id: str) -> None:
    """What the API takes can be typed, whatever Slack makes of it on the way."""
    assert parse(f"task show {typed}") == Request("task", "show", {"id": task_id})


@given(st.from_regex("[ -~]{1,100}", fullmatch=True))
def test_what_an_answer_tells_people_to_type_is_understood(task_id: str) -> None:
    """An id with spaces, quotation marks or `=` is told in quotation marks."""
    sent = as_word(task_id).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert parse(f"task show {sent}") == Request("task", "show", {"id": task_id})


def test_a_short_cut_speaks_for_its_area() -> None:
    """`/task list` is `/ops task list`, and alone it is the help of the area."""
    assert parse("task list") == parse("list", area="task")
    assert parse("task") == parse("", area="task")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90m", timedelta(minutes=90)),
        ("2H", timedelta(hours=2)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("1w2d", timedelta(days=9)),
        ("45min", timedelta(minutes=45)),
        ("30s", timedelta(seconds=30)),
    ],
)
def test_a_duration_is_written_in_units(text: str, expected: timedelta) -> None:
    """Days, hours, minutes and seconds, each with its letter, in this order."""
    assert {"duration": expected} == arguments(ALERT, MUTE, [Word(text)])


@pytest.mark.parametrize("text", ["", "2", "h", "12h1d", "-1h", "99999999999h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """A number without a unit, a negative or an absurd one is asked for again."""
    with pytest.raises(InvalidError, match="Invalid duration"):
        arguments(ALERT, MUTE, [Word(text)])


@given(st.text())
def test_no_line_breaks_the_parser(line: str) -> None:
    """Any line gives a request of the grammar, or a refusal for people."""
    with contextlib.suppress(InvalidError):
        assert parse(line).area in {area.name for area in AREAS}


VALUES = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True).filter(
    lambda word: word not in ("true", "false", "null")
)
PAIRS = st.dictionaries(VALUES, st.integers(-(10**9), 10**9) | st.booleans() | VALUES)


@given(kind=VALUES, subject=st.none() | VALUES, pairs=PAIRS)
def test_what_is_written_is_read_back(
    kind: str, subject: str | None, pairs: dict[str, Any]
) -> None:
    """A request written in the grammar's way is read as the same request."""
    written = [f"{key}={str(value).lower()}" for key, value in pairs.items()]
    line = " ".join(["task run", kind, *([subject] if subject else []), *written])
    values = parse(line).values
    assert (kind, subject, pairs) == (
        values["kind"],
        values.get("subject"),
        values.get("payload", {}),
    )


@pytest.mark.parametrize(
    "line", [usage(area, verb) for area in AREAS for verb in area.verbs], ids=str
)
def test_every_usage_line_is_understood(line: str) -> None:
    """What help tells people to type, with words for its places, is what the parser takes."""
    filled = line.removeprefix("/ops ").replace("[failed|running|stuck]", "stuck")
    filled = filled.replace("[key=value…]", "key=value").replace("[area]", "task")
    filled = filled.replace("duration|off", "off").replace("duration", "2h")
    for bracket in "<>[]":
        filled = filled.replace(bracket, "")
    request = parse(filled)
    assert line.startswith(f"/ops {request.area} {request.verb}".strip())
