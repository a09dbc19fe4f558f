"""Reads drawn HTML as a browser would and keeps what could do harm."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TAGS = frozenset(
    [
        *("a", "b", "blockquote", "br", "code", "em", "h2", "hr", "i", "li", "ol", "p", "pre"),
        *("s", "span", "strong", "table", "tbody", "td", "th", "thead", "time", "tr", "ul"),
    ]
)
ATTRIBUTES = {
    "a": {"href", "target", "rel"},
    "span": {"class"},
    "time": {"datetime", "data-format"},
    "ol": {"start"},
    "td": {"class"},
    "th": {"class"},
}
CLASSES = frozenset({"mention", "align-left", "align-center", "align-right"})
_EMPTY = frozenset({"br", "hr"})


@dataclass
class Page(HTMLParser):
    """The text of some HTML, its links, and every reason not to trust it."""

    html: str
    text: str = ""
    links: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()
        self.faults += [f"left open: {tag}" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(f"tag: {tag}")
        for name, value in attrs:
            self._check_attribute(tag, name, value or "")
        if tag not in _EMPTY:
            self._open.append(tag)

    def _check_attribute(self, tag: str, name: str, value: str) -> None:
        if name not in ATTRIBUTES.get(tag, set()):
            self.faults.append(f"attribute: {tag} {name}")
        if name == "class" and value not in CLASSES:
            self.faults.append(f"class: {value}")
        if name == "href":
            self.links.append(value)
            if not value.lower().startswith(("http://", "https://", "mailto:")):
                self.faults.append(f"href: {value}")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"closed out of order: {tag}")

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment: {data}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"instruction: {data}")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"declaration: {data}")
