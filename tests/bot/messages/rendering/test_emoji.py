import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.rendering.emoji import count_shortcodes
from bot.messages.rendering.renderer import Renderer

SHORTCODE = re.compile(r":[a-z0-9_+'-]+:")
#: Ports, ratios, times, addresses, names of emoji: what must stay letters.
LETTERS = [
    *("1:100:8", "svc:fire:eu", ":fire:", "a:b:c:d", "12:30:45", "::", "a::b", ":+1:"),
    *("2001:db8::1", ":wave::skin-tone-3:", "thumbs_up:-1:", ":größe:", "x:o'clock:y"),
]
COLON = "\ua789"


@pytest.fixture
def renderer(tmp_path):
    return Renderer(tmp_path)


def mrkdwn(renderer: Renderer, text: str, **payload: Any) -> Any:
    source = json.dumps([{"type": "section", "text": {"type": "mrkdwn", "text": text}}])
    return renderer.render_source(source, payload).blocks[0]["text"]["text"]


def plain_text(renderer: Renderer, text: str, **payload: Any) -> Any:
    source = json.dumps([{"type": "header", "text": {"type": "plain_text", "text": text}}])
    return renderer.render_source(source, payload).blocks[0]["text"]


@pytest.mark.parametrize("letters", LETTERS)
def test_data_in_a_plain_text_stays_letters(renderer, letters):
    """Slack is told to replace nothing, and the text is exactly what was sent."""
    assert plain_text(renderer, "{{ x }}", x=letters) == {
        "type": "plain_text",
        "text": letters,
        "emoji": False,
    }


@pytest.mark.parametrize("letters", LETTERS)
def test_data_in_mrkdwn_makes_no_emoji(renderer, letters):
    """A look-alike takes the place of the colon, only where Slack would replace something."""
    shown = mrkdwn(renderer, "{{ x }}", x=letters)

    assert SHORTCODE.search(shown) is None
    assert (shown == letters) == (re.search(r":[\w+'-]+:", letters) is None)


@pytest.mark.parametrize(
    ("text", "payload", "expected"),
    [
        ("{{ x }}", {"x": "12:100:33"}, f"12{COLON}100:33"),
        ("svc:{{ x }}", {"x": "fire:eu"}, f"svc:fire{COLON}eu"),
        ("{{ x }}:", {"x": "svc:fire"}, f"svc{COLON}fire:"),
        ("{{ x }}{{ y }}", {"x": "svc:fi", "y": "re:eu"}, f"svc{COLON}fire:eu"),
        ("{{ h }}:{{ m }}:{{ s }}", {"h": 12, "m": "100", "s": 33}, f"12{COLON}100:33"),
        (":fire: {{ x }}", {"x": "a:b"}, ":fire: a:b"),
        (":fire:{{ x }}:fire:", {"x": "12:30"}, f":fire:12{COLON}30:fire:"),
        (":{{ icon }}: done", {"icon": "tada"}, ":tada: done"),
        ("`{{ x }}` {{ x }}", {"x": "arn:aws:s3"}, f"`arn:aws:s3` arn{COLON}aws:s3"),
        ("`a:{{ x }}:b` c", {"x": "aws"}, "`a:aws:b` c"),
        ("`{{ x }}` a", {"x": "two\nlines:fire:"}, f"`two\nlines{COLON}fire:` a"),
        ("{{ y }}{{ x }}{{ y }}", {"x": ":fire:", "y": "`"}, f"\u02cb{COLON}fire:\u02cb"),
        ("{{ ':x:' if bad else ':ok:' }} {{ x }}", {"bad": 1, "x": ":x:"}, f":x: {COLON}x:"),
        ("{% set i = {'a': ':ok:'} %}{{ i[x] }}", {"x": "a"}, ":ok:"),
        ("{{ icon or ':bell:' }}", {}, ":bell:"),
        ("{{ icon or ':bell:' }}", {"icon": ":fire:"}, f"{COLON}fire:"),
        ("<https://a.example/x:y:z|{{ x }}>", {"x": ":b:"}, f"<https://a.example/x:y:z|{COLON}b:>"),
    ],
)
def test_the_authors_emoji_go_on_working(renderer, text, payload, expected):
    """What the author wrote is replaced as before; data makes none, also not with its help."""
    assert mrkdwn(renderer, text, **payload) == expected


@pytest.mark.parametrize(
    ("text", "payload", "expected"),
    [
        (":fire: {{ x }}", {"x": "svc:fire:eu"}, f":fire: svc{COLON}fire:eu"),
        (":{{ icon }}: on", {"icon": "tada"}, ":tada: on"),
        (":fire: burns", {}, ":fire: burns"),
    ],
)
def test_a_plain_text_with_an_emoji_of_its_own_keeps_it(renderer, text, payload, expected):
    """Then Slack may replace, and data gets the look-alike."""
    assert plain_text(renderer, text, **payload) == {"type": "plain_text", "text": expected}


def test_an_author_who_wants_no_emoji_gets_none(renderer):
    """`emoji: false` stays, and data is as it was sent."""
    source = """[{"type": "header", "text":
        {"type": "plain_text", "text": ":fire: {{ x }}", "emoji": false}}]"""

    header = renderer.render_source(source, {"x": "1:100:8"}).blocks[0]["text"]

    assert header == {"type": "plain_text", "text": ":fire: 1:100:8", "emoji": False}


def test_data_stays_letters_wherever_it_stands(renderer):
    """Labels, options, placeholders, cells and rich text, and the text of the notification."""
    source = """{"text": "{{ x }}", "blocks": [
      {"type": "section", "text": {"type": "plain_text", "text": "{{ x }}"}, "accessory":
        {"type": "static_select", "action_id": "a",
         "placeholder": {"type": "plain_text", "text": "{{ x }}"},
         "options": [{"text": {"type": "plain_text", "text": "{{ x }}"}, "value": "{{ x }}"}]}},
      {"type": "actions", "elements": [{"type": "button", "action_id": "b",
        "text": {"type": "plain_text", "text": "{{ x }}"}}]},
      {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements":
        [{"type": "text", "text": "{{ x }}"}]}]},
      {"type": "table", "rows": [["a"], ["{{ x }}"]]},
      {"type": "markdown", "text": "{{ x }} :fire: svc:{{ y }}"}
    ]}"""

    message = renderer.render_source(source, {"x": "1:100:8", "y": "b:c"})

    letters = {"type": "plain_text", "text": "1:100:8", "emoji": False}
    section, actions, rich, table, markdown = message.blocks
    assert message.text == f"1{COLON}100:8"
    assert section["text"] == letters
    assert section["accessory"]["placeholder"] == letters
    assert section["accessory"]["options"] == [{"text": letters, "value": "1:100:8"}]
    assert actions["elements"][0]["text"] == letters
    assert rich["elements"][0]["elements"] == [{"type": "text", "text": "1:100:8"}]
    assert table["rows"][1] == [{"type": "raw_text", "text": "1:100:8"}]
    assert markdown["text"] == "1\\:100:8 :fire: svc:b\\:c"


def test_a_notification_made_of_blocks_keeps_the_authors_emoji(renderer):
    """Where a template gives no text of its own, its shortcodes are still its own."""
    source = '[{"type": "header", "text": {"type": "plain_text", "text": ":fire: {{ x }}"}}]'

    message = renderer.render_source(source, {"x": ":100:"})

    assert message.text == f":fire: {COLON}100:"


@given(
    pieces=st.lists(
        st.tuples(st.booleans(), st.sampled_from([":", "a", "1:b", "::", ":x", "y:", "-+'", " "])),
        max_size=8,
    )
)
def test_no_mixture_of_words_and_data_makes_an_emoji(tmp_path_factory, pieces):
    """Only shortcodes whose colons are both the template's are left."""
    renderer = Renderer(tmp_path_factory.getbasetemp())
    own = "".join(
        f"{{{{ x{n} }}}}" if is_data else text for n, (is_data, text) in enumerate(pieces)
    )
    payload = {f"x{n}": text for n, (is_data, text) in enumerate(pieces) if is_data}
    source = json.dumps({"text": f"!{own}"})

    shown = renderer.render_source(source, payload).text

    joined = "!" + "".join(text for _, text in pieces)
    owners = [False] + [is_data for is_data, text in pieces for _ in text]
    for found in re.finditer(f"(?=({SHORTCODE.pattern}))", shown):
        first, last = found.start(), found.start() + len(found[1]) - 1
        assert joined[first : last + 1] == found[1]
        assert not owners[first]
        assert not owners[last]


@pytest.mark.parametrize(
    ("text", "count"), [("12:100:33", 1), ("a:b:c:d", 2), (":wave::skin-tone-3:", 2), ("12:30", 0)]
)
def test_shortcodes_are_counted_even_if_they_share_a_colon(text, count):
    """Whoever fills a compiled template compares this with the template's own."""
    assert count_shortcodes(text) == count
