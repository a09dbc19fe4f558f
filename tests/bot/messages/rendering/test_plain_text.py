"""What a message says where nobody knows Slack."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.messages.rendering.plain_text import plain_text, text_of
from bot.messages.rendering.renderer import Renderer

ROOT = Path(__file__).parents[4]
RENDERER = Renderer(ROOT / "templates")
SAMPLES = ROOT / "tests" / "templates" / "samples"
NAMES = sorted(str(path.relative_to(SAMPLES).with_suffix("")) for path in SAMPLES.rglob("*.json"))
NOTE = """{"text": "{{ said }}", "blocks": [
  {"type": "section", "text": {"type": "mrkdwn", "text": "{{ said }}"}},
  {"type": "section", "text": {"type": "plain_text", "text": "{{ said }}"}},
  {"type": "markdown", "text": "{{ said }}"},
  {"type": "table", "rows": [[{"type": "raw_text", "text": "{{ said }}"}]]},
  {"type": "rich_text", "elements": [
    {"type": "rich_text_section", "elements": [{"type": "text", "text": "{{ said }}"}]}]}]}"""


@pytest.mark.parametrize(
    ("mrkdwn", "read"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("*bold* _so_ ~gone~ `x` *_both_*", "bold so gone x both"),
        ("schema_fix 2*3*4 a~b", "schema_fix 2*3*4 a~b"),
        ("```\nx = 1\n```", "x = 1\n"),
        ("<https://ada.example/?a=1&amp;b=2|the log>", "the log (https://ada.example/?a=1&b=2)"),
        ("<https://ada.example/>", "https://ada.example/"),
        ("<mailto:ada@example.com|ada@example.com>", "ada@example.com"),
        ("<@U0ADA|ada> <@U0BEN> <!subteam^S1|@ops>", "ada U0BEN ops"),
        ("<#C1|ops> <!here> <!date^1^{date}|today>", "#ops here today"),
        ("&lt;!channel&gt; &lt;@U0CLEO&gt; @everyone", "< !channel> < @U0CLEO> @ everyone"),
        ("<@U0ADA|@here> &lt;at&gt;Cleo", "here < at>Cleo"),
        ("ada@here.example", "ada@here.example"),
    ],
)
def test_mrkdwn_reads_as_a_reader_would_copy_it(mrkdwn, read):
    """Escapes are real characters again, marks are gone, and no mention is left."""
    assert read == plain_text(mrkdwn)


@pytest.mark.parametrize(
    "said", ["<!channel>", "<@U0EVIL>", "@everyone", "<at>Cleo</at>", "a & b < c > d", "*a* `b` _c"]
)
def test_data_says_what_it_says(said):
    """In every kind of text the same words arrive, but for the space that parts a mention."""
    drawn = RENDERER.render_source(NOTE, {"said": said})

    expected = re.sub(r"<(?=[!@a])|@(?=everyone)", r"\g<0> ", said)
    assert [expected] * 5 == text_of(drawn.blocks).split("\n\n")
    assert expected == plain_text(drawn.text)


@pytest.mark.parametrize("name", NAMES)
def test_every_message_of_ours_has_words(name):
    """None comes out empty, with Slack's marks, or with a word that only programs know."""
    context = json.loads((SAMPLES / f"{name}.json").read_text())
    drawn = RENDERER.render(name, context)

    read = f"{plain_text(drawn.text)}\n{text_of(drawn.blocks)}"
    assert read.strip()
    assert not re.search(r"<[@!#]|&(lt|gt|amp);|rich_text|plain_text|mrkdwn|action_id", read)


def test_blocks_are_paragraphs():
    """Fields, lists, links, tables and charts keep their words and their order."""
    text = {"type": "plain_text", "text": "Ada"}
    item = {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}
    link = {"type": "link", "url": "https://ada.example/", "text": "log"}
    cell = {"type": "raw_number", "value": 2, "text": "2"}
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": text},
        {"type": "divider"},
        {"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": [item, item]}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link]}]},
        {
            "type": "actions",
            "elements": [
                {"type": "button", "text": text, "url": "https://ada.example/"},
                {"type": "button", "text": text, "action_id": "go"},
            ],
        },
        {"type": "data_table", "caption": "c", "rows": [[{"type": "raw_text", "text": "n"}, cell]]},
        {
            "type": "data_visualization",
            "title": "Rows",
            "chart": {"type": "pie", "segments": [{"label": "good", "value": 9}]},
        },
        {"type": "image", "image_url": "https://ada.example/a.png", "alt_text": "A curve"},
    ]

    assert text_of(blocks).split("\n\n") == [
        "Ada",
        "- one\n- one",
        "log (https://ada.example/)",
        "Ada: https://ada.example/",
        "n | 2",
        "Rows\ngood: 9",
        "A curve",
    ]
