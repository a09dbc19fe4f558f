"""
The only place that writes tags around text.

Text drawn as HTML holds these tags only: a, b, blockquote, br, code, em, h2 to h5, hr,
i, li, ol, p, pre, s, span, strong, table, tbody, td, th, thead, time, tr, ul.
"""

import html
import re

# What a browser may be sent to. No control character, blank, quote or bracket
# may follow: browsers drop some of them while they look for the scheme.
_HREF = re.compile(r"(https?://|mailto:)[^\x00-\x20\x7f\"'<>`\\]+", re.IGNORECASE)

# Links leave the page in a tab of their own and tell nothing about it.
LINK_ATTRIBUTES = {"target": "_blank", "rel": "noopener noreferrer"}

escape = html.escape


def checked_href(url: str) -> str | None:
    """Return the URL if a page may link to it, else None."""
    return url if _HREF.fullmatch(url) else None


def link(href: str, label: str) -> str:
    """A link; `href` has been checked, `label` is HTML."""
    attributes = "".join(f' {name}="{value}"' for name, value in LINK_ATTRIBUTES.items())
    return f'<a href="{escape(href)}"{attributes}>{label}</a>'


def chip(words: str) -> str:
    """A mention, highlighted; `words` is text."""
    return f'<span class="mention">{escape(words)}</span>'
