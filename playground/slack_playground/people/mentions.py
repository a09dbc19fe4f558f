"""What a person types after `@` and `#`, as the mention that Slack makes of it."""

import re
from collections.abc import Callable

from slack_playground.state import State

_SIGN = re.compile(r"(?<![\w<@#|/])[@#](?=\w)")
# Where a name may end: not inside of a word, nor before the rest of `ada.b`, `ops-alerts` or `a@b`.
_NAME_END = re.compile(r"(?<=\w)(?![\w@]|[.-]\w)")
_BROADCASTS = ("here", "channel", "everyone")


def with_mentions(state: State, text: str, *, with_names: bool) -> str:
    """
    Return escaped text with mentions for `@ada`, `@Ada Lovelace`, `@here` and `#ops`.

    The longest known name counts, in any case of letters; a handle comes before a display name.
    People get names, `<@U…|ada>`, where the caller wants them; channels always do.
    """
    if _SIGN.search(text) is None:
        return text
    known = {"@": _people(state, with_names=with_names), "#": _channels(state)}
    longest = max(map(len, [*known["@"], *known["#"]]), default=0)
    parts: list[str] = []
    end = 0
    for found in _SIGN.finditer(text):
        if found.start() < end:
            continue
        rest = text[found.end() : found.end() + longest + 1]
        length, mention = _longest(rest, known[found.group()].get)
        if mention is not None:
            parts += [text[end : found.start()], mention]
            end = found.end() + length
    return "".join([*parts, text[end:]])


def _longest(rest: str, mention_of: Callable[[str], str | None]) -> tuple[int, str | None]:
    """Return how much of the text is the longest known name, and its mention."""
    for end in reversed([found.start() for found in _NAME_END.finditer(rest)]):
        mention = mention_of(rest[:end].casefold())
        if mention is not None:
            return end, mention
    return 0, None


def _people(state: State, *, with_names: bool) -> dict[str, str]:
    present = [user for user in state.users.values() if not user.deleted]
    mentions = {
        user.id: f"<@{user.id}|{user.name}>" if with_names else f"<@{user.id}>" for user in present
    }
    known: dict[str, str] = {}
    for user in present:
        known.setdefault(user.name.casefold(), mentions[user.id])
    known |= {name: f"<!{name}>" for name in _BROADCASTS if name not in known}
    for user in present:
        known.setdefault(escaped(user.real_name).casefold(), mentions[user.id])
    return known


def _channels(state: State) -> dict[str, str]:
    return {name.casefold(): f"<#{id_}|{name}>" for name, id_ in state.channel_ids.items()}


def escaped(text: str) -> str:
    """Return text without Slack's three control characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
