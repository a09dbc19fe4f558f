"""Templates without logic are filled without Jinja, and come out as if Jinja had done it."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import TemplateError
from bot.messages.rendering.precompiled.template import MAX_HOLE_CHARACTERS, MAX_SOURCE_CHARACTERS
from bot.messages.rendering.renderer import Renderer
from bot.messages.rendering.sandbox import stored_context

RENDERER = Renderer(Path("stored templates need no folder"))

EXPRESSIONS = (
    *("a", "b.c", "payload.a", "missing.deeper", "a|upper", "a|default('none')", "n|number"),
    *("n|round(1)", "a | cut(5, '…')", "l", "l|length", "b", "n|duration", "n|bar", "n|date"),
    *("n|date('day')", "n|clock", "a|line", "b.c|trim", "a|int", 'a|default("-")|title'),
    *("l|first", "l.x", "a.upper", "n|string"),
)
HOLE = st.sampled_from([f"{{{{ {one} }}}}" for one in EXPRESSIONS])
HOSTILE = st.sampled_from(
    [
        *("<!channel>", "<@U0BEN>", "&<>", "*b* _i_ ~s~ `c`", "\\", '"', "\n\n", " ", "\u00a0"),
        *(
            ":x:",
            ":",
            "x:",
            "\u202e",
            "\ufdd0",
            "\ufdd1x",
            "\ufdd40\ufdd5",
            "\x00\x07",
            "{{ b }}",
            "{% if %}",
        ),
        *("a" * 160, "https://a.example/?q=1&r=2", "javascript:x", "e\u0301", "|", ">x", "hole0"),
        "👩\u200d👩\u200d👧",
    ]
)
WORDS = st.one_of(
    HOLE,
    HOSTILE.map(lambda one: json.dumps(one, ensure_ascii=False)[1:-1]),
    st.sampled_from(
        [
            " ",
            "Order ",
            ":",
            ":tada:",
            "{{ a }}:{{ n }}:{{ a }}",
            ":{{ a }}:",
            "<https://a.example|",
            "<{{ a }}|x>",
            "<@U0ADA>",
            ">",
            "\r\n",
        ]
    ),
    st.text(alphabet="abc <>&*_:.\\n", max_size=10).map(lambda one: json.dumps(one)[1:-1]),
)
STRING = st.lists(WORDS, max_size=4).map("".join)
TEXT = st.builds(
    lambda kind, text: f'{{"type": "{kind}", "text": "{text}"}}',
    st.sampled_from(["plain_text", "mrkdwn"]),
    STRING,
)
BUTTON = st.builds(
    '{{"type": "button", "action_id": "{}", "value": "{}", "url": "{}", "text": {}}}'.format,
    st.sampled_from(["go", "task_retry", "{{ a }}"]),
    STRING,
    st.sampled_from(["https://a.example/", "https://a.example/{{ a }}", "{{ a }}"]),
    TEXT,
)
BLOCK = st.one_of(
    TEXT.map('{{"type": "section", "text": {}}}'.format),
    st.lists(TEXT, max_size=3).map(
        lambda each: f'{{"type": "section", "fields": [{", ".join(each)}]}}'
    ),
    st.builds('{{"type": "section", "text": {}, "accessory": {}}}'.format, TEXT, BUTTON),
    TEXT.map('{{"type": "header", "text": {}}}'.format),
    st.lists(TEXT, max_size=3).map(
        lambda each: f'{{"type": "context", "elements": [{", ".join(each)},]}}'
    ),
    st.lists(BUTTON, max_size=2).map(
        lambda each: f'{{"type": "actions", "elements": [{", ".join(each)}]}}'
    ),
    st.builds(
        '{{"type": "image", "image_url": "https://a.example/{}", "alt_text": "{}"}}'.format,
        st.sampled_from(["a.png", "{{ a }}"]),
        STRING,
    ),
    STRING.map('{{"type": "markdown", "text": "{}"}}'.format),
    st.just('{"type": "divider"}'),
    st.just('{"type": "table", "rows": {{ rows|json }}}'),
    STRING.map(
        '{{"type": "rich_text", "elements": [{{"type": "rich_text_section", "elements": '
        '[{{"type": "text", "text": "{}"}}]}}]}}'.format
    ),
)
TEMPLATE = st.one_of(
    st.builds(
        '{{"text": "{}", "blocks": [{}]}}'.format,
        STRING,
        st.lists(BLOCK, max_size=4).map(",\n".join),
    ),
    st.lists(BLOCK, max_size=3).map(lambda each: f"[{', '.join(each)}]"),
    STRING.map('{{"blocks": [], "text": "{}"}}\n'.format),
)
SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    HOSTILE,
    st.integers(0, 4_000).map(lambda count: "x<" * count),
)
VALUE = st.recursive(
    SCALAR,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
PAYLOAD = st.fixed_dictionaries(
    {},
    optional={
        "a": VALUE,
        "b": st.fixed_dictionaries({"c": VALUE}) | VALUE,
        "n": st.integers(-5, 2 * 10**9) | VALUE,
        "l": st.lists(VALUE, max_size=3),
        "rows": st.lists(st.lists(SCALAR, max_size=3), max_size=3) | VALUE,
        "revision": st.integers(1, 9),
    },
)


def outcome(render, source, payload):
    """Return the message, or the words in which it is refused."""
    try:
        return render(source, stored_context(payload))
    except TemplateError as error:
        return str(error)


@settings(max_examples=1_500, deadline=None)
@given(source=TEMPLATE, payload=PAYLOAD)
def test_both_ways_come_to_the_same_message(source, payload):
    """Whatever a template and a payload say, the quick way either gives up or agrees."""
    quick = outcome(RENDERER.render_logicless, source, payload)

    if quick is not None:
        assert quick == outcome(RENDERER.render_source, source, payload)


@pytest.mark.parametrize(
    "source",
    [
        '{"text": "{{ a }}"}',
        '{"text": "Order {{ payload.a|upper|cut(20) }} for {{ b.c|default(\'nobody\') }}"}',
        '[{"type": "section", "text": {"type": "mrkdwn", "text": "*{{ a }}*"}},]',
        '{"text": "t", "blocks": [{"type": "table", "rows": {{ rows|json }}}]}',
    ],
)
def test_usual_templates_need_neither_jinja_nor_a_worker(source):
    """Values, filters and JSON in their places are filled in the bot itself."""
    payload = {"a": "x", "b": {"c": 1}, "rows": [["h"], [1]]}

    quick = outcome(RENDERER.render_logicless, source, payload)

    assert quick is not None
    assert quick == outcome(RENDERER.render_source, source, payload)


@pytest.mark.parametrize(
    "source",
    [
        '{"text": "{% if a %}x{% endif %}"}',
        '{"text": "{# a #}x"}',
        '{"text": "{{ a ~ a }}"}',
        '{"text": "{{ a.items }}"}',
        '{"text": "{{ range }}"}',
        "{\"text\": \"{{ a|replace('a', 'b') }}\"}",
        '{"text": "{{ a|nonsense }}"}',
        '{"{{ a }}": "x"}',
        '{"text": {{ a }}}',
        '{"text": "\\ud83d{{ a }}\\ude00"}',
        '{"text": "\\ufdd0{{ a }}"}',
        '{"text": "{{ a }}',
        '{"text": "' + "x" * MAX_SOURCE_CHARACTERS + '"}',
        '{"text": "' + "{{ a }}" * 201 + '"}',
    ],
)
def test_what_says_more_is_left_to_a_worker(source):
    """Logic, unknown filters, broken JSON and great length are not compiled in the bot."""
    assert RENDERER.render_logicless(source, {"a": "x"}) is None


@pytest.mark.parametrize(
    "payload",
    [
        {"a": "x" * (MAX_HOLE_CHARACTERS + 1)},
        {"a": [0] * 2_000},
        {"a": {"x" * 30_000: 1}},
        {"a": [[[["x" * 9_000] * 3]]]},
    ],
)
def test_a_large_payload_is_left_to_a_worker(payload):
    """The event loop prints nothing that takes long."""
    assert RENDERER.render_logicless('{"text": "{{ a }}"}', payload) is None


SECTIONS = ",".join(
    ['{"type": "section", "text": {"type": "mrkdwn", "text": "{{ a }} <@U0ADA>|<|"}}'] * 45
)


@pytest.mark.parametrize(
    "source",
    [
        f'{{"text": "{{{{ a }}}}", "blocks": [{SECTIONS}]}}',
        '{"text": "' + "<|{{ a }}" * 199 + "<|" * 4_000 + '"}',
        '{"text": "t", "blocks": [' + "[" * 9_000 + "]" * 9_000 + "]}",
        '{"text": "t", "x": ' + '{"a": ' * 900 + '"{{ a }}"' + "}" * 900 + "}",
        '{"text": "{{ a' + "|cut" * 4_000 + ' }}"}',
        '{"text": "{{ a' + ".b" * 8_000 + ' }}"}',
        "{{ " * 6_000,
        '{"text": "{{ a' + " " * 18_000 + '"}',
    ],
)
@pytest.mark.parametrize("value", ["*_`" * 130, "e\u0301" * 9_000, "<" * 19_000])
def test_nothing_takes_long(source, value):
    """What is compiled and filled in the bot takes little of the event loop's time."""
    began = time.thread_time()
    outcome(Renderer(Path("none")).render_logicless, source, {"a": value})

    assert time.thread_time() - began < 2.5


def test_each_message_is_its_own():
    """Whoever changes one message changes no other one."""
    source = (
        '{"text": "{{ a }}", "blocks": [{"type": "section", '
        '"text": {"type": "mrkdwn", "text": "{{ a }}"}}, {"type": "divider"}]}'
    )
    first = RENDERER.render_logicless(source, {"a": "x"})
    assert first is not None
    first.blocks[0]["text"]["text"] = "changed"
    first.blocks[1]["more"] = 1

    second = RENDERER.render_logicless(source, {"a": "x"})

    assert second == RENDERER.render_source(source, {"a": "x"})
