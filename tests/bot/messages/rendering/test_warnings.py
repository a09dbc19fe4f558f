"""What a message does not show as its template has it is said: the place, why, and what to do."""

import json

import pytest
from slack_playground.blocks import validate_message

from bot.messages.rendering.renderer import Renderer
from bot.messages.rendering.warnings import MOST, summarized

IMAGE = {"type": "image", "image_url": "{{ url }}", "alt_text": "a chart"}
TEXT = {"type": "mrkdwn", "text": "{{ text }}"}
SECTION = {"type": "section", "text": TEXT}
BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Open"}, "url": "{{ url }}"}


@pytest.fixture
def drawn(tmp_path):
    """Draw blocks, given as objects or as a template's source, with a payload."""
    renderer = Renderer(tmp_path)

    def draw(blocks, **payload):
        source = blocks if isinstance(blocks, str) else json.dumps(blocks)
        message = renderer.render_source(f'{{"text": "t", "blocks": {source}}}', payload)
        assert validate_message({"text": message.text, "blocks": message.blocks}) == []
        return message

    return draw


@pytest.mark.parametrize(
    ("blocks", "payload", "said"),
    [
        (
            [SECTION, {"type": "{{ kind }}", "text": TEXT}],
            {"text": "a", "kind": "section"},
            "/blocks/1 was left out: its type `section` comes from the payload; "
            "write the type into the template.",
        ),
        (
            [IMAGE],
            {"url": "javascript:alert(1)"},
            "/blocks/0 was left out because of its `image_url`: `javascript:alert(1)` may not be "
            "opened; an address has to begin with https://, http:// or mailto:.",
        ),
        (
            [IMAGE],
            {},
            "/blocks/0 was left out because of its `image_url`: it is empty; "
            "an address has to begin with https://, http:// or mailto:.",
        ),
        (
            [{"type": "actions", "elements": [BUTTON, {**BUTTON, "url": "https://a.example"}]}],
            {"url": "ftp://x"},
            "/blocks/0/elements/0 was left out because of its `url`: `ftp://x` may not be opened; "
            "an address has to begin with https://, http:// or mailto:.",
        ),
        (
            [{**SECTION, "accessory": IMAGE}],
            {"text": "a", "url": "x"},
            "/blocks/0/accessory was left out because of its `image_url`: `x` may not be opened; "
            "an address has to begin with https://, http:// or mailto:.",
        ),
        (
            [SECTION],
            {"text": ""},
            "/blocks/0 was left out: its `text` or `fields` came out empty; "
            "the payload has to fill it.",
        ),
        (
            [SECTION, {"type": "{{ kind }}"}],
            {"text": "a"},
            "/blocks/1 was left out: its type came out empty; write it into the template.",
        ),
        (
            [{"type": "section", "text": {"type": "mrkdwn", "text": "{{ a }}<{{ url }}|Open>"}}],
            {},
            "/blocks/0/text/text has an empty link: "
            "an address has to begin with https://, http:// or mailto:.",
        ),
        (
            [{"type": "section", "text": {"type": "mrkdwn", "text": "<{{ url }}|Open>"}}],
            {"url": "javascript:x"},
            "/blocks/0/text/text shows `javascript:x` without a link: "
            "an address has to begin with https://, http:// or mailto:.",
        ),
        (
            [SECTION],
            {"text": "a" * 3001},
            "/blocks/0/text/text was cut to 3,000 characters: "
            "all of it follows below; send less, or in more blocks.",
        ),
        (
            [{**SECTION, "accessory": {**BUTTON, "url": "https://a.example", "style": "{{ s }}"}}],
            {"text": "a", "s": "purple"},
            "/blocks/0/accessory/style was left out: `purple` means nothing there; "
            "what does: bullet, danger, ordered, primary.",
        ),
        (
            [{"type": "plan", "title": "p", "tasks": [{"title": "a", "status": "{{ s }}"}]}],
            {"s": "purple"},
            "/blocks/0/tasks/0/status was left out: `purple` means nothing there; "
            "what does: complete, error, in_progress, pending.",
        ),
        (
            '[{"type": "context", "elements": [{% for n in range(12) %}'
            '{"type": "mrkdwn", "text": "{{ n }}"},{% endfor %}]}]',
            {},
            "/blocks/0/elements shows 10 of 12, the most it can: "
            "the words of the others follow below; send fewer.",
        ),
        (
            '[{"type": "table", "rows": {{ rows|json }}}]',
            {"rows": [["a", "b"]] * 120},
            "/blocks/0/rows shows 100 of 120, the most it can: "
            "the words of the others follow below; send fewer.",
        ),
        (
            '[{"type": "table", "rows": {{ rows|json }}}]',
            {"rows": [["a"] * 23]},
            "/blocks/0/rows/0 shows 20 of 23, the most it can: "
            "the others are left out; send fewer.",
        ),
        (
            '[{"type": "table", "rows": {{ rows|json }}}, {"type": "table", "rows": [["b"]]}]',
            {"rows": [["a"]]},
            "/blocks/1 was left out: Slack takes 1 `table` in a message; its words follow below; "
            "send it as another message.",
        ),
        (
            '[{% for n in range(53) %}{"type": "divider"},{% endfor %}]',
            {},
            "/blocks/49 and all after it (4) were left out: Slack takes 50 blocks and about "
            "11,900 characters; the words follow below; send less, or two messages.",
        ),
        (
            '[{"type": "data_visualization", "title": "t", "chart": {"type": "pie", "segments": ['
            '{% for n in range(14) %}{"label": "{{ n }}", "value": 1},{% endfor %}]}}]',
            {},
            "/blocks/0/chart/segments shows 12 of 14, the most it can: "
            "the others are left out; send fewer.",
        ),
        (
            '[{"type": "data_visualization", "title": "t", "chart": {"type": "pie", "segments": ['
            '{"label": "{{ long }}", "value": 1}]}}]',
            {"long": "a" * 21},
            "/blocks/0/chart/segments has labels that were cut to 20 characters: "
            "give shorter ones.",
        ),
        (
            '[{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": ['
            '{"type": "user", "user_id": "{{ who }}"}]}]}]',
            {"who": "U0BEN00002"},
            "/blocks/0/elements/0/elements/0 is shown as words: a payload mentions nobody; "
            "write the mention into the template.",
        ),
        (
            '[{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": ['
            '{"type": "link", "url": "{{ url }}", "text": "Open"}]}]}]',
            {"url": "javascript:x"},
            "/blocks/0/elements/0/elements/0 is shown as words without its link because of its "
            "`url`: `javascript:x` may not be opened; "
            "an address has to begin with https://, http:// or mailto:.",
        ),
    ],
)
def test_what_is_altered_is_said(drawn, blocks, payload, said):
    """One sentence with the path of the block, the reason and the way back."""
    assert [said] == drawn(blocks, **payload).warnings


def test_a_long_text_above_blocks_is_said_to_be_cut(tmp_path):
    """Notifications show only its beginning."""
    source = '{"text": "{{ text }}", "blocks": [{"type": "divider"}]}'

    message = Renderer(tmp_path).render_source(source, {"text": "a" * 4000})

    assert message.warnings == ["/text was cut to 3,900 characters: send less, or in more blocks."]


def test_of_what_is_as_the_template_has_it_nothing_is_said(drawn):
    """Neither of a good address nor of a text that a block does without."""
    fields = [TEXT, {"type": "mrkdwn", "text": "{{ nothing }}"}]
    blocks = [{"type": "section", "text": TEXT, "fields": fields, "accessory": IMAGE}]

    assert drawn(blocks, text="a", url="https://example.com/a.png").warnings == []


def test_our_own_templates_leave_blocks_empty_on_purpose(tmp_path):
    """Of what they leave out nothing is said; of what data spoils it is."""
    blocks = [SECTION, {"type": "actions", "elements": [BUTTON]}]
    (tmp_path / "ours.json").write_text(json.dumps({"text": "t", "blocks": blocks}))

    renderer = Renderer(tmp_path)

    assert renderer.render("ours", {}).warnings == []
    assert [
        one.split()[0] for one in renderer.render("ours", {"url": "javascript:x"}).warnings
    ] == ["/blocks/1/elements/0"]


def test_a_message_of_which_nothing_is_left_says_why(drawn, tmp_path):
    """The reason is that of the first block, not only that there are none."""
    with pytest.raises(Exception, match="neither text nor blocks: /blocks/0 was left out"):
        Renderer(tmp_path).render_source(json.dumps([IMAGE]), {"url": "x"})


def test_of_very_many_the_first_are_told():
    """A timeline is no dump; the same is told once."""
    many = [f"number {number}" for number in range(30)] * 2

    said = summarized(many)

    assert len(said) == MOST + 1
    assert said[-1] == "… and 10 more."
