"""
Warnings about parts of a message that could not be shown as the template says, with the fix.

They appear in the timeline, so that nobody has to guess why a block or a link is missing.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.messages.rendering.truncation import ALL_BLOCKS_CHARACTERS, BLOCKS, PER_MESSAGE, truncate

#: The position of an object: that of its parent, and its name or number there.
At = tuple[Any, str | int] | None

MOST = 20
_QUOTED_CHARACTERS = 60
_ADDRESS = "an address has to begin with https://, http:// or mailto:"


def pointer(at: At, *more: str) -> str:
    """Return e.g. `/blocks/1/elements/0`."""
    names = [*more]
    while at is not None:
        at, name = at
        names.insert(0, str(name))
    return "".join(f"/{name}" for name in names)


def summarized(sentences: Iterable[str]) -> list[str]:
    """Return each sentence once, and of very many the first."""
    each = list(dict.fromkeys(sentences))
    if len(each) > MOST:
        each[MOST:] = [f"… and {len(each) - MOST} more."]
    return each


def foreign_type(at: At, kind: str) -> str:
    return (
        f"{pointer(at)} was left out: its type `{_quoted(kind)}` comes from the payload; "
        "write the type into the template."
    )


def no_type(at: At) -> str:
    return f"{pointer(at)} was left out: its type came out empty; write it into the template."


def own_button(at: At, name: str) -> str:
    return (
        f"{pointer(at)} was left out: `{name}` is a button of Opsbell's own; name yours otherwise."
    )


def no_address(at: At, key: str, address: str, *, is_link: bool) -> str:
    what = "is shown as words without its link" if is_link else "was left out"
    found = f"`{_quoted(address)}` may not be opened" if address else "it is empty"
    return f"{pointer(at)} {what} because of its `{key}`: {found}; {_ADDRESS}."


def dead_link(at: At, key: str, address: str) -> str:
    what = f"shows `{_quoted(address)}` without a link" if address else "has an empty link"
    return f"{pointer(at, key)} {what}: {_ADDRESS}."


def no_mention(at: At) -> str:
    return (
        f"{pointer(at)} is shown as words: a payload mentions nobody; "
        "write the mention into the template."
    )


def unknown_word(at: At, key: str, word: str, known: Iterable[str]) -> str:
    return (
        f"{pointer(at, key)} was left out: `{_quoted(word)}` means nothing there; "
        f"what does: {', '.join(sorted(known))}."
    )


def came_out_empty(at: At, fields: Sequence[str]) -> str:
    names = " or ".join(f"`{name}`" for name in fields)
    return f"{pointer(at)} was left out: its {names} came out empty; the payload has to fill it."


def fewer(at: At, key: str, shown: int, asked: int, *, follow: bool) -> str:
    rest = "the words of the others follow below" if follow else "the others are left out"
    return f"{pointer(at, key)} shows {shown} of {asked}, the most it can: {rest}; send fewer."


def was_truncated(at: At, key: str, limit: int, *, follows: bool) -> str:
    rest = "all of it follows below; " if follows else ""
    return (
        f"{pointer(at, key)} was cut to {limit:,} characters: {rest}send less, or in more blocks."
    )


def labels_truncated(at: At, key: str, limit: int) -> str:
    return f"{pointer(at, key)} has labels that were cut to {limit} characters: give shorter ones."


def too_many_of(at: At, kind: str) -> str:
    return (
        f"{pointer(at)} was left out: Slack takes {PER_MESSAGE[kind]} `{kind}` in a message; "
        "its words follow below; send it as another message."
    )


def dropped_blocks(first: At, count: int) -> str:
    blocks = "was left out" if count == 1 else f"and all after it ({count}) were left out"
    return (
        f"{pointer(first)} {blocks}: Slack takes {BLOCKS} blocks and about "
        f"{ALL_BLOCKS_CHARACTERS:,} characters; the words follow below; send less, or two messages."
    )


def _quoted(words: str) -> str:
    return truncate(words.replace("`", "'"), _QUOTED_CHARACTERS)
