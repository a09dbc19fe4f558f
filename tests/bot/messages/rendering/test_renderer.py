import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_playground.blocks import validate_message

from bot.errors import TemplateError
from bot.messages.rendering.renderer import Rendered, Renderer
from bot.messages.rendering.truncation import ALL_BLOCKS_CHARACTERS, TEXT_CHARACTERS, units


@pytest.fixture
def renderer(tmp_path):
    return Renderer(tmp_path)


def section(text: str) -> str:
    return f'[{{"type": "section", "text": {{"type": "mrkdwn", "text": "{text}"}}}}]'


def line(elements: str) -> str:
    inner = f'{{"type": "rich_text_section", "elements": [{elements}]}}'
    return f'[{{"type": "rich_text", "elements": [{inner}]}}]'


def mrkdwn(message: Rendered) -> Any:
    return message.blocks[0]["text"]["text"]


def words(message: Rendered) -> Any:
    return message.blocks[0]["elements"][0]["elements"]


def accepted(message: Rendered) -> bool:
    return validate_message({"text": message.text, "blocks": message.blocks}) == []


def test_a_template_may_mention_and_data_may_not(renderer):
    """Mentions come from configuration: the template's own words act, data stands there."""
    source = section("<!here> *{{ name }}* failed")

    message = renderer.render_source(source, {"name": "<!channel> & <@U0BEN>"})

    assert mrkdwn(message) == "<!here> *&lt;!channel&gt; &amp; &lt;@U0BEN&gt;* failed"
    assert message.blocks[0]["text"]["verbatim"] is True


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("<@{{ x }}>", "U0BEN", "U0BEN"),
        ("<!{{ x }}>", "channel", "channel"),
        ("<#{{ x }}|{{ x }}>", "C0OPS", "C0OPS C0OPS"),
        ("<!subteam^{{ x }}>", "S0OPS", "S0OPS"),
        ("<{{ x }}>", "!everyone", "!everyone"),
        ("<{{ x }}|Open>", "javascript:alert(1)", "javascript:alert(1) Open"),
        ("<{{ x }}|Open>", "", "Open"),
        ("<{{ none }}|Open {{ x }}>", "it & <b>", "Open it &amp; &lt;b&gt;"),
        ("<{{ x }}|Open>", "https://a.example/?b&c", "<https://a.example/?b&amp;c|Open>"),
        ("<https://a.example/{{ x }}|Open>", "a b", "a b Open"),
        ("<https://a.example/{{ x }}>", "1", "<https://a.example/1>"),
        ("<https://a.example|{{ x }}>", "a>b|<c\nd", "<https://a.example|a&gt;b|&lt;c d>"),
        ("<{{ x }}> and <!here>", "@U0BEN", "@U0BEN and <!here>"),
        ("{{ x }} < 3 {{ x }}", "2", "2 < 3 2"),
    ],
)
def test_data_inside_brackets_is_at_most_a_link(renderer, text, value, expected):
    """A template that puts data between < and > gets a safe link or plain words."""
    assert expected == mrkdwn(renderer.render_source(section(text), {"x": value}))


def test_text_that_is_not_formatted_stays_literal(renderer):
    """Rich and plain text show data letter by letter, so nothing is escaped there."""
    message = renderer.render_source(
        line('{"type": "text", "text": "{{ x }}"}'), {"x": '<!here> "*a*" \\ `b`\n&'}
    )

    assert words(message) == [{"type": "text", "text": '<!here> "*a*" \\ `b`\n&'}]


def test_a_time_is_shown_as_each_place_can(renderer):
    """A token in mrkdwn, an element in rich text, and UTC words where Slack has no dates."""
    source = """{"text": "at {{ t|date }}", "blocks": [
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
            {"type": "text", "text": "at {{ t|date('time') }}!", "style": {"bold": true}}]}]},
        {"type": "header", "text": {"type": "plain_text", "text": "at {{ t|date }}"}}]}"""

    message = renderer.render_source(source, {"t": 1_790_000_000})

    token = "<!date^1790000000^{date_short_pretty} at {time}|2026-09-21 14:13 UTC>"
    assert "at " + token == message.text
    bold = {"style": {"bold": True}}
    date = {"type": "date", "timestamp": 1790000000, "format": "{time}", "fallback": "14:13 UTC"}
    assert [
        {"type": "text", "text": "at ", **bold},
        {**date, **bold},
        {"type": "text", "text": "!", **bold},
    ] == words(message)
    assert message.blocks[1]["text"]["text"] == "at 2026-09-21 14:13 UTC"
    assert accepted(message)


def test_elements_that_would_act_are_words_when_data_made_them(renderer):
    """An embedded mention, broadcast or bad link leaves what it said, or nothing."""
    source = line(
        '{"type": "user", "user_id": "{{ who }}"}, {"type": "link", "url": "{{ url }}", '
        '"text": "logs"}, {{ element|json }}'
    )
    context = {
        "who": "U0BEN",
        "url": "javascript:alert(1)",
        "element": {"type": "broadcast", "range": "here"},
    }

    message = renderer.render_source(source, context)

    assert words(message) == [{"type": "text", "text": "U0BEN"}, {"type": "text", "text": "logs"}]


def test_a_button_with_a_bad_address_is_not_shown(renderer):
    """A button that opens nothing is dropped, and an empty row of buttons with it."""
    source = """{"text": "x", "blocks": [{"type": "actions", "elements": [
        {"type": "button", "url": "{{ u }}", "text": {"type": "plain_text", "text": "Logs"}}]}]}"""

    assert renderer.render_source(source, {"u": "https://"}).blocks == []
    assert len(renderer.render_source(source, {"u": "https://a.example"}).blocks) == 1


def test_empty_parts_are_left_out(renderer):
    """Sections, fields, contexts and headers without words would be refused by Slack."""
    source = """{"text": "left", "blocks": [
        {"type": "header", "text": {"type": "plain_text", "text": "{{ no }}"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": " "}, "fields": [
            {"type": "mrkdwn", "text": "{{ no }}"},]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": ""}]},
        {"type": "section", "text": {"type": "mrkdwn", "text": "kept"}, "accessory": null},
    ]}"""

    message = renderer.render_source(source, {})

    assert message.blocks == [{"type": "section", "text": {"type": "mrkdwn", "text": "kept"}}]


def test_a_missing_text_is_made_of_the_blocks(renderer):
    """Notifications and screen readers always have something to say."""
    source = section("*{{ x }}* <!here>").replace(
        "[", '[{"type": "header", "text": {"type": "plain_text", "text": "a < b"}},', 1
    )

    assert renderer.render_source(source, {"x": "&"}).text == "a &lt; b\n*&amp;* <!here>"


def test_data_is_cut_before_the_words_of_the_template(renderer):
    """A long value is shortened; the words around it survive, and all of it overflows."""
    message = renderer.render_source(section("Error: {{ x }} (see logs)"), {"x": "y" * 5_000})

    assert len(mrkdwn(message)) == 3_000
    assert mrkdwn(message).startswith("Error: yyy")
    assert mrkdwn(message).endswith("y… (see logs)")
    assert message.overflow == "Error: " + "y" * 5_000 + " (see logs)"


def test_short_values_survive_beside_a_long_one(renderer):
    """Room is shared by water level: only what is above it is cut."""
    message = renderer.render_source(section("{{ a }}-{{ b }}"), {"a": "short", "b": "x" * 9_000})

    assert mrkdwn(message).startswith("short-xxx")


def test_the_text_of_all_blocks_together_is_limited(renderer):
    """Ten long sections share what Slack takes in one message."""
    sections = [json.loads(section("{{ x }}"))[0] for _ in range(10)]

    message = renderer.render_source(json.dumps(sections), {"x": "<" * 2_900})

    assert sum(units(block["text"]["text"]) for block in message.blocks) <= ALL_BLOCKS_CHARACTERS
    assert len(message.blocks) == 10
    assert accepted(message)
    assert message.overflow is not None
    assert message.overflow.count("<") == 10 * 2_900


@pytest.mark.parametrize(("count", "kept", "lost"), [(50, 50, 0), (51, 49, 2), (300, 49, 251)])
def test_blocks_beyond_fifty_are_counted(renderer, count, kept, lost):
    """The last line says how many blocks had no room; the overflow has their words."""
    source = (
        '{"text": "x", "blocks": [{% for n in range(count) %}{"type": "section", "text": '
        '{"type": "plain_text", "text": "block {{ n }}"}},{% endfor %}]}'
    )

    message = renderer.render_source(source, {"count": count})

    assert message.blocks[0]["text"]["text"] == "block 0"
    assert kept + bool(lost) == len(message.blocks)
    assert accepted(message)
    if lost:
        note = message.blocks[-1]["elements"][0]["text"]
        assert f"… {lost} more blocks had no room here" == note
        assert message.overflow is not None
        assert message.overflow.endswith(f"block {count - 1}")


def test_items_beyond_a_list_overflow(renderer):
    """A section has ten fields; the eleventh is not lost."""
    source = (
        '[{"type": "section", "fields": [{% for n in range(12) %}'
        '{"type": "plain_text", "text": "f{{ n }}"},{% endfor %}]}]'
    )

    message = renderer.render_source(source, {})

    assert len(message.blocks[0]["fields"]) == 10
    assert message.overflow == "f10 f11"


def test_the_top_level_text_fits_an_edit(renderer):
    """chat.update refuses 4,000 characters, and escaping counts."""
    message = renderer.render_source('{"text": "{{ x }}"}', {"x": "&" * 5_000})

    assert units(message.text) <= TEXT_CHARACTERS
    assert message.text.startswith("&amp;&amp;")
    assert message.text.endswith("&amp;…")
    assert message.overflow == "&" * 5_000


def test_every_revision_has_its_own_block_ids(renderer):
    """Slack asks for new ids on edits; the same revision rendered twice has the same."""
    blocks = [{"type": "divider"}, {"type": "divider", "block_id": "mine"}]
    source = json.dumps({"text": "x", "blocks": blocks})

    message = renderer.render_source(source, {"revision": 12})

    assert [block["block_id"] for block in message.blocks] == ["r12-0", "mine"]
    assert "block_id" not in renderer.render_source(source, {}).blocks[0]


@pytest.mark.parametrize("argument", ["-1", "2"])
def test_a_filters_own_check_is_a_mistake_of_the_template(renderer, argument):
    """Jinja asserts what `truncate` is given; that must not end whoever renders."""
    source = f'{{"text": "{{{{ x|truncate({argument}) }}}}"}}'

    with pytest.raises(TemplateError, match="expected length"):
        renderer.render_source(source, {"x": "some words"})


def test_an_id_is_never_cut(renderer):
    """A shortened value would act on another thing, so it is an error instead."""
    source = """[{"type": "actions", "elements": [{"type": "button", "value": "{{ x }}",
        "text": {"type": "plain_text", "text": "Go"}}]}]"""

    with pytest.raises(TemplateError, match="value is longer than 2000"):
        renderer.render_source(source, {"x": "v" * 2_001})


TEXTS = st.text(st.characters(), max_size=200)
STORED = Renderer(Path("stored templates need no folder"))


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_data_cannot_move_anything_in_the_message(first, second):
    """Two values side by side can neither end their strings nor swallow what is between."""
    source = line('{"type": "text", "text": "a{{ x }}b"}, {"type": "text", "text": "c{{ y }}d"}')

    one, two = words(STORED.render_source(source, {"x": first, "y": second}))

    assert (one["text"][0], one["text"][-1]) == ("a", "b")
    assert (two["text"][0], two["text"][-1]) == ("c", "d")
