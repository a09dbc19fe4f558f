import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.rendering.escaping import clean, escape_markdown, escape_mrkdwn, is_safe_url, mark

ANY_TEXT = st.text(st.characters())


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("a\x00b\x1b[31mc\x7f", "abc"),
        ("\x1b]8;;https://evil.example\x07\x9b1mtext\x1b]8;;\x1b\\", "text"),
        ("StraÃ\x9fe\x85", "StraÃe"),
        ("\u202egnp.exe\u2069\u200f", "gnp.exe"),
        ("one\r\ntwo\rthree\u2028four\tfive", "one\ntwo\nthree\nfour\tfive"),
        ("\ud800x\udfff", "x"),
        ("\ufdd0x\ufdd1\ufdd2\ufdd3\uffff", "x"),
        ("Grüße 👩‍🚀 日本", "Grüße 👩‍🚀 日本"),
    ],
)
def test_cleaning_drops_what_no_reader_sees(dirty, expected):
    """Controls, bidi marks, surrogates and noncharacters go; everything readable stays."""
    assert expected == clean(dirty)


@given(ANY_TEXT)
def test_marked_data_is_always_the_inside_of_a_json_string(text):
    """No data can end the string it is printed into, nor the marks around it."""
    read = json.loads(f'"{mark(text)}"', strict=False)

    assert "\ufdd0" + clean(text) + "\ufdd1" == read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!channel> & <@U0BEN>", "&lt;!channel&gt; &amp; &lt;@U0BEN&gt;"),
        ("schema_fix 2*3*4 a~b", "schema_fix 2*3*4 a~b"),
        ("*bold* _it_ ~no~", "\u2217bold\u2217 \u02cdit\u02cd \u223cno\u223c"),
        ("`rm` ```x```", "\u02cbrm\u02cb \u02cb\u02cb\u02cbx\u02cb\u02cb\u02cb"),
        ("nothing to do", "nothing to do"),
    ],
)
def test_mrkdwn_shows_data_as_it_is(text, expected):
    """Mentions and formatting lose their meaning; names with underscores keep their look."""
    assert expected == escape_mrkdwn(text)


@given(ANY_TEXT)
def test_escaped_mrkdwn_has_no_active_character(text):
    """Nothing is left of which Slack makes a mention, a link, a date or code."""
    escaped = escape_mrkdwn(text)

    assert not set("<>`") & set(escaped)
    assert escaped.count("&") == sum(text.count(each) for each in "&<>")


def test_markdown_shows_data_as_it_is():
    """Headings, links, mentions and code in data are plain words in a markdown block."""
    assert (
        escape_markdown("# [x](https://evil.example) <!here> `c`")
        == "\\# \\[x\\]\\(https\\://evil.example\\) &lt;\\!here&gt; \\`c\\`"
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://logs.example.com/a?b=c&d=%20",
        "http://127.0.0.1:8000/x",
        "HTTPS://EXAMPLE.COM",
        "mailto:ada@example.com?subject=x",
        "https://example.com/grüße",
    ],
)
def test_ordinary_addresses_are_safe(url):
    """What people link to may come from data."""
    assert is_safe_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "slack://open",
        "//example.com",
        "https://",
        "https://exa mple.com",
        "https://example.com/<!channel>",
        "https://example.com|label",
        "https://example.com\n",
        "https://[::1",
        "https://example.com:99999",
        "mailto:",
        "mailto:a@b@c",
        "https://example.com/" + "x" * 3_000,
        "",
    ],
)
def test_other_addresses_are_refused(url):
    """Schemes that act, hidden parts and addresses Slack would refuse never become a link."""
    assert not is_safe_url(url)
