"""Slack's mrkdwn becomes the HTML a person expects."""

import pytest
from slack_playground.drawing import Names, draw_mrkdwn
from slack_playground.emoji import characters

from tests.playground.drawing.page import Page

NAMES = Names(
    users={"U0ADA": "Ada", "U0EVIL": "<b>Cleo</b>"},
    channels={"C0OPS": "ops"},
    usergroups={"S0ONCALL": "oncall"},
)


def draw(text: str, **more: bool) -> str:
    return draw_mrkdwn(text, NAMES, **more)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold*", "<b>bold</b>"),
        ("_it_ and ~gone~", "<i>it</i> and <s>gone</s>"),
        ("*_both_*", "<b><i>both</i></b>"),
        ("(*b*), *c*.", "(<b>b</b>), <b>c</b>."),
        ("a*b*c", "a*b*c"),
        ("*a*b", "*a*b"),
        ("a*b*", "a*b*"),
        ("*a *b*", "<b>a *b</b>"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("* a*", "* a*"),
        ("*a *", "*a *"),
        ("**", "**"),
        ("snake_case_name", "snake_case_name"),
        ("*a _b* c_", "<b>a _b</b> c_"),
        ("*a\nb*", "*a<br>b*"),
        ("one\ntwo\r\nthree", "one<br>two<br>three"),
        ("`a*b*` *c*", "<code>a*b*</code> <b>c</b>"),
        ("*`code`*", "<b><code>code</code></b>"),
        ("`<@U0ADA>`", "<code>&lt;@U0ADA&gt;</code>"),
        ("a ` b", "a ` b"),
        ("see\n```x *y*\n  z```\nend", "see<pre>x *y*\n  z</pre>end"),
        ("``` left open", "``` left open"),
        ("```a```b```c", "<pre>a</pre>b```c"),
        ("> one\n> two\nthree", "<blockquote>one<br>two</blockquote>three"),
        ("&gt; one", "<blockquote>one</blockquote>"),
        ("a\n>>> b\nc", "a<blockquote>b<br>c</blockquote>"),
        ("- one\n- two", "- one<br>- two"),
        ("&lt;b&gt; &amp; &amp;lt;", "&lt;b&gt; &amp; &amp;lt;"),
        ("&quot;", "&amp;quot;"),
        ("", ""),
    ],
)
def test_marks_are_drawn(text, html):
    """Marks count at the edges of words, inside one line, outside of code."""
    assert html == draw(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@U0ADA>", "@Ada"),
        ("<@U0ADA|somebody>", "@Ada"),
        ("<@U0BEN|ben>", "@ben"),
        ("<@U0BEN>", "@U0BEN"),
        ("<#C0OPS>", "#ops"),
        ("<#C0NEW|new>", "#new"),
        ("<!here>", "@here"),
        ("<!channel>", "@channel"),
        ("<!everyone|everyone>", "@everyone"),
        ("<!subteam^S0ONCALL>", "@oncall"),
        ("<!subteam^S0NEW|@new>", "@new"),
    ],
)
def test_mentions_are_chips(text, words):
    """A mention shows the name we know, else the one it brings, else its id."""
    assert f'<span class="mention">{words}</span>' == draw(text)


def test_a_name_is_text():
    """A person's name cannot bring tags into the page."""
    page = Page(draw("<@U0EVIL>"))
    assert (page.text, page.faults) == ("@<b>Cleo</b>", [])


@pytest.mark.parametrize(
    ("text", "href", "words"),
    [
        ("<https://a.example|the log>", "https://a.example", "the log"),
        ("<https://a.example/?a=1&amp;b=2>", "https://a.example/?a=1&b=2", None),
        ("<mailto:ada@a.example|Ada>", "mailto:ada@a.example", "Ada"),
        ("https://a.example/x_y_z", "https://a.example/x_y_z", None),
        ("https://a.example/?a=1&amp;b=2", "https://a.example/?a=1&b=2", None),
        ("*https://a.example*", "https://a.example", None),
        ("<https://a.example|a&amp;b &lt;c&gt;>", "https://a.example", "a&b <c>"),
    ],
)
def test_links_are_drawn(text, href, words):
    """Links lead to their address, written or bare, and open beside the page."""
    page = Page(draw(text))
    assert ([href], words or href, []) == (page.links, page.text, page.faults)
    assert 'target="_blank" rel="noopener noreferrer"' in page.html


@pytest.mark.parametrize(
    ("text", "href", "rest"),
    [
        ("(https://a.example).", "https://a.example", "(https://a.example)."),
        ("https://a.example&gt; x", "https://a.example", "https://a.example> x"),
        ("https://a.example/?!", "https://a.example/", "https://a.example/?!"),
    ],
)
def test_a_bare_link_ends_before_punctuation(text, href, rest):
    """What ends a sentence is no part of the address."""
    page = Page(draw(text))
    assert ([href], rest) == (page.links, page.text)


def test_verbatim_leaves_bare_links_alone():
    """With verbatim only what stands in brackets is a link."""
    page = Page(draw("https://a.example <https://b.example>", verbatim=True))
    assert page.links == ["https://b.example"]


@pytest.mark.parametrize(
    "text",
    [
        "<javascript:alert(1)|x>",
        "<JaVaScRiPt:alert(1)>",
        "<java\tscript:alert(1)|x>",
        "<data:text/html,x|x>",
        "<vbscript:x>",
        '<https://a.example" onclick="x|x>',
        "<https://a b|x>",
        "< https://a.example>",
        "<//a.example|x>",
        "<file:///etc/passwd>",
        "<@U0ADA/../x>",
        "<#>",
        "<!>",
        "<>",
        "<script>",
        "<!--",
        "https://",
    ],
)
def test_what_means_nothing_is_text(text):
    """A reference that leads nowhere good is shown as it was written."""
    page = Page(draw(text))
    assert ([], text, []) == (page.links, page.text, page.faults)


def test_a_date_is_drawn_for_the_reader_to_come():
    """A date carries its moment and format; the fallback stands there until the page is read."""
    assert draw("<!date^1795000000^{date_short} at {time}|18 Nov>") == (
        '<time datetime="2026-11-18T11:06:40+00:00" data-format="{date_short} at {time}">'
        "18 Nov</time>"
    )


def test_a_date_may_be_a_link():
    """A date with an address is a link around the moment, if the address is a good one."""
    page = Page(draw("<!date^1795000000^{date}^https://a.example/run|18 Nov>"))
    assert (page.links, page.text, page.faults) == (["https://a.example/run"], "18 Nov", [])
    page = Page(draw("<!date^1795000000^{date}^javascript:x|18 Nov>"))
    assert (page.links, page.text, page.faults) == ([], "18 Nov", [])


def test_a_date_format_stays_in_its_quotes():
    """The format of a date is data of the page and can end no attribute."""
    page = Page(draw('<!date^1795000000^" onclick="x&lt;b&gt;|18 Nov>'))
    assert (page.text, page.faults) == ("18 Nov", [])


@pytest.mark.parametrize("text", ["<!date^99999999999999^{date}>", "<!date^x^{date}>"])
def test_a_date_that_is_none_is_text(text):
    """A moment no calendar knows is shown as it was written."""
    assert text == Page(draw(text)).text


def test_an_unknown_command_shows_its_label():
    """What Slack may add one day shows at least the words it brings."""
    assert draw("<!later^1|soon>") == "soon"


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        (":tada: done", "🎉 done"),
        ("*:white_check_mark: ok*", "<b>✅ ok</b>"),
        (":nobody_knows: :nope_nope:", ":nobody_knows: :nope_nope:"),
        ("10:30:tada:", "10:30🎉"),
        ("`:tada:`", "<code>:tada:</code>"),
        (":+1:", "👍"),
    ],
)
def test_emoji_are_drawn(text, drawn):
    """Common short names become emoji, all others stay text."""
    assert drawn == draw(text)


def test_there_are_enough_emoji():
    """The table holds what operations messages use, each a name and no word."""
    assert len(characters()) >= 1900
    assert all(not emoji.isascii() for name, emoji in characters().items() if name != "100")
