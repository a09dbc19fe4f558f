"""Markdown as the sections of a canvas."""

import pytest
from slack_playground.canvases.document import (
    MOST_CELLS,
    UnfitMarkdownError,
    changed,
    found_sections,
    read_sections,
    written,
)
from slack_playground.state import Section, Sections

MENU = """# Menu

Today's *dishes*:

- soup
  with bread
- [ ] stew

> Eat well.

| dish | price |
| --- | --- |
| soup | 3 |

```
no # heading
```

---"""


def sections(*names: str) -> Sections:
    return tuple(Section(name, "p", name.upper()) for name in names)


def test_a_document_is_read_in_sections() -> None:
    """Each outermost block is one, and so is each item of a list; together they are it."""
    found = read_sections(MENU)
    kinds = ["h1", "p", "li", "li", "blockquote", "table", "code", "hr"]
    assert [kind for kind, _ in found] == kinds
    assert found[2][1] == "- soup\n  with bread"
    assert written(tuple(Section(kind, kind, text) for kind, text in found)) == MENU


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("a\n\n> > b", "BlockQuote"),
        ("> - b", "BulletList"),
        ("> 1. b", "OrderedList"),
        ("| a |\n| - |\n" + "| b |\n" * MOST_CELLS, "300 cells"),
    ],
)
def test_what_a_canvas_does_not_take(markdown: str, words: str) -> None:
    """Slack names the block and the line."""
    with pytest.raises(UnfitMarkdownError, match=words):
        read_sections(markdown)


def test_two_tables_count_apart() -> None:
    """The limit of cells is a table's own."""
    table = "| a |\n| - |\n" + "| b |\n" * (MOST_CELLS - 1)
    assert len(read_sections(f"{table}\n{table}")) == 2


@pytest.mark.parametrize(
    ("operation", "section", "expected"),
    [
        ("insert_at_start", None, "n a b c"),
        ("insert_at_end", None, "a b c n"),
        ("insert_before", "b", "a n b c"),
        ("insert_after", "b", "a b n c"),
        ("replace", "b", "a b c"),
        ("replace", None, "n"),
    ],
)
def test_sections_are_changed(operation: str, section: str | None, expected: str) -> None:
    """A replaced section keeps its id, under which it may be found again."""
    new = sections("n")
    after = changed(sections("a", "b", "c"), operation, section, new)
    assert " ".join(one.id for one in after) == expected
    assert "N" in [one.markdown for one in after]


def test_a_section_is_deleted() -> None:
    """And what is not there cannot be."""
    assert changed(sections("a", "b"), "delete", "a", ()) == sections("b")
    with pytest.raises(LookupError):
        changed(sections("a"), "delete", "b", ())


def test_sections_are_found() -> None:
    """By kind, by text, or by both."""
    document = (
        Section("1", "h1", "# Soup"),
        Section("2", "h2", "## Stew"),
        Section("3", "p", "Soup"),
    )
    assert found_sections(document, ["any_header"], None) == ["1", "2"]
    assert found_sections(document, [], "Soup") == ["1", "3"]
    assert found_sections(document, ["h1", "h2"], "Stew") == ["2"]
