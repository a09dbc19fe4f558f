"""Whatever the text, the HTML is harmless, well formed and made quickly."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_playground.drawing import Names, draw_markdown, draw_mrkdwn

from tests.playground.drawing.page import Page

PIECES = st.sampled_from(
    [
        *"*_~`<>|:^&\"'/\\[]()!@#-\n \t\x00",
        *("```", ">>>", "&lt;", "&gt;", "&amp;", "&#60;", "**", "~~", "![", "](", "<!--", "]]>"),
        *("<@U0ADA", "<#C0OPS", "<!here", "<!date^1^", "<!subteam^S0", "{date}", "https://a.b"),
        *("javascript:", "data:text/html,", "mailto:", "onerror=", "<script>", "</script>"),
        *("<img src=x ", "<svg/onload=", "style=", "href=", ":tada:", ":x:", "# ", "- [x] ", "|-|"),
        *("Ada", "x", "1", "é", "\u2028", "\ud800"),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join)
NAMES = st.builds(
    Names,
    users=st.fixed_dictionaries({"U0ADA": TEXTS}),
    channels=st.fixed_dictionaries({"C0OPS": TEXTS}),
    usergroups=st.fixed_dictionaries({"S0": TEXTS}),
)


@settings(deadline=None, max_examples=300)
@given(TEXTS, NAMES, st.booleans())
def test_mrkdwn_is_harmless(text, names, verbatim):
    """No tag, attribute or address comes out of mrkdwn or a name unchecked."""
    assert Page(draw_mrkdwn(text, names, verbatim=verbatim)).faults == []


@settings(deadline=None, max_examples=300)
@given(TEXTS)
def test_markdown_is_harmless(text):
    """No tag, attribute or address comes out of Markdown unchecked."""
    assert Page(draw_markdown(text)).faults == []


@settings(deadline=None)
@given(st.text(alphabet=st.characters(blacklist_characters="*_~`<>&:\n\r"), max_size=200))
def test_plain_words_are_shown_as_they_are(text):
    """Text without marks reads as it was written."""
    assert text == Page(draw_mrkdwn(text, Names())).text


@pytest.mark.parametrize(
    "piece",
    [
        *("*", "_*~", "*a ", "`", "```", "<", "<a", "<@", ">", "&lt;", ":", ":a", "&amp;", "\n>"),
        *("https://", "https://a&lt;", "https://a.", "http://.", "<!date^1^", "|", "^", ">>>\n"),
    ],
)
def test_long_mrkdwn_is_drawn_quickly(piece):
    """No text of Slack's greatest length takes long, however it repeats itself."""
    text = (piece * 40_000)[:40_000]
    started = time.process_time()
    draw_mrkdwn(text, Names())
    assert time.process_time() - started < 3


@pytest.mark.parametrize("piece", [">", "- ", "[", "![", "*", "`", "<", "|a", "&", "a\n-\n", "\\"])
def test_long_markdown_is_drawn_quickly(piece):
    """No Markdown of Slack's greatest length takes long, however it repeats itself."""
    text = (piece * 12_000)[:12_000]
    started = time.process_time()
    draw_markdown(text)
    assert time.process_time() - started < 5
