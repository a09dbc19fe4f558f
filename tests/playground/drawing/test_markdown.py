"""Markdown blocks become the HTML a person expects."""

import pytest
from slack_playground.drawing import draw_markdown

from tests.playground.drawing.page import Page


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a **b** _c_ ~~d~~ `e`", "<p>a <strong>b</strong> <em>c</em> <s>d</s> <code>e</code></p>"),
        ("# One", "<h2>One</h2>"),
        ("###### Six", "<h2>Six</h2>"),
        ("Two\n===", "<h2>Two</h2>"),
        ("a\nb", "<p>a<br>\nb</p>"),
        ("- [ ] do\n- [x] done", "<ul>\n<li>☐ do</li>\n<li>☑ done</li>\n</ul>"),
        ("3. three", '<ol start="3">\n<li>three</li>\n</ol>'),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ('```py "onload=x\na<b\n```', "<pre><code>a&lt;b\n</code></pre>"),
        ("---", "<hr>"),
        (":tada: `:tada:`", "<p>🎉 <code>:tada:</code></p>"),
        ("<b>x</b> &copy;", "<p>&lt;b&gt;x&lt;/b&gt; ©</p>"),
    ],
)
def test_markdown_is_drawn(text, html):
    """The usual Markdown works, headings have one size, and HTML is text."""
    assert html == draw_markdown(text).strip()


def test_tables_are_drawn_with_their_alignment():
    """A table is a table; the alignment becomes a class."""
    drawn = draw_markdown("|a|b|\n|-|-:|\n|1|2|")
    assert "<th>a</th>" in drawn
    assert '<td class="align-right">2</td>' in drawn
    assert Page(drawn).faults == []


def test_an_image_becomes_a_link():
    """An image is a link with its words, or with its address if it has none."""
    page = Page(draw_markdown('![the week](https://a.example/x.png "t") ![](https://b.example)'))
    assert page.links == ["https://a.example/x.png", "https://b.example"]
    assert page.text.strip() == "the week https://b.example"
    assert page.faults == []


def test_an_image_in_a_link_is_its_words():
    """Links do not nest."""
    page = Page(draw_markdown("[![badge](https://a.example/x.png)](https://b.example)"))
    assert (page.links, page.text.strip()) == (["https://b.example"], "badge")


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "![x](javascript:alert(1))",
        "[x](data:text/html;base64,PHM+)",
        "![x](data:image/png;base64,AAAA)",
        "[x](/relative)",
        "[x](//other.example)",
        "[x]: javascript:alert(1)\n\n[x]",
        "<javascript:alert(1)>",
        "[x](java&#115;cript:alert(1))",
        "[x](&#x6A;avascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "<!-- x -->",
    ],
)
def test_nothing_leads_astray(text):
    """No link but to the web and to mail, and no HTML of the writer's own."""
    page = Page(draw_markdown(text))
    assert (page.links, page.faults) == ([], [])
