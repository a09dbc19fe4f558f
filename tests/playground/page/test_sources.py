"""What the page's files must keep to, whatever they draw."""

import re
from pathlib import Path

import pytest
from slack_playground.server import PAGE

MODULES = sorted(PAGE.rglob("*.js"))
MOST_LINES = 300


def imported(module: Path) -> set[Path]:
    names = re.findall(r'from "(\.[^"]+)"', module.read_text(encoding="utf-8"))
    return {(module.parent / name).resolve() for name in names}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PAGE)))
def test_a_module_is_short_and_makes_no_markup_from_text(module: Path):
    """Only `html.js` parses markup, the server's; nothing runs or fetches from elsewhere."""
    source = module.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MOST_LINES
    assert ("innerHTML" in source) == (module.name == "html.js")
    assert not re.search(
        r"outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source
    )
    assert not re.search(r'(fetch|import|EventSource)\(\s*["`]https?:', source)


def test_every_module_is_used():
    """Each module is reached from `page.js`, and every import leads to a file."""
    reached: set[Path] = set()
    waiting = {PAGE / "page.js"}
    while waiting:
        module = waiting.pop()
        reached.add(module)
        waiting |= imported(module) - reached
    assert set(MODULES) == reached


def test_the_page_allows_itself_only():
    """The content policy runs no inline script and loads nothing from another place."""
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy[1]
    assert "unsafe" not in policy[1]
    assert not re.search(r'(src|href)="(?!/page/)', page)
