"""Inside a line of rich text: times become date elements, refused ones become text."""

from itertools import groupby
from typing import Any

from bot.messages.rendering.escaping import Part
from bot.messages.rendering.filters import DATE_FORMATS
from bot.messages.rendering.text_field import is_marked, plain_words, remark, split_parts

Node = dict[str, Any]
MENTIONS = frozenset(["user_id", "usergroup_id", "channel_id", "team_id", "range"])
_HOLD_DATES = frozenset({"rich_text_section", "rich_text_quote"})


def with_dates(items: list[Any], kind: str) -> list[Any]:
    """Turn the times in a line's texts into elements each reader sees in their own zone."""
    if kind not in _HOLD_DATES:
        return items
    done: list[Any] = []
    for item in items:
        text = item.get("text") if isinstance(item, dict) else None
        if isinstance(text, str) and item.get("type") == "text" and is_marked(text):
            done += _elements(item, split_parts(text))
        else:
            done.append(item)
    return done


def words_instead(node: Node) -> Node | None:
    """Return the text of a link or mention that is not allowed."""
    words = node.get("text")
    if isinstance(words, str) and node.get("type") == "link":
        return {"type": "text", "text": words} if plain_words(words) else None
    shown = next((node[key] for key in sorted(MENTIONS) if key in node), "")
    return {"type": "text", "text": shown} if shown else None


def _elements(item: Node, parts: list[Part]) -> list[Node]:
    if not any(part.form for part in parts):
        return [item]
    style = {"style": item["style"]} if "style" in item else {}
    done: list[Node] = []
    for is_date, run in groupby(parts, key=lambda part: bool(part.form)):
        if not is_date:
            done.append({"type": "text", "text": "".join(map(remark, run)), **style})
            continue
        for part in run:
            shown = {"timestamp": part.epoch, "format": DATE_FORMATS[part.form][0]}
            done.append({"type": "date", **shown, "fallback": part.text, **style})
    return done
