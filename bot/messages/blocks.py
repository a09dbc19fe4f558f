"""
Walk the blocks of one message: find every text, settle every address and id,
and drop what came out empty instead of letting Slack refuse the whole message.
"""

import re
from typing import Any

from bot.errors import TemplateError
from bot.messages.escaping import is_safe_url
from bot.messages.filters import DATE_FORMATS
from bot.messages.leaf import Leaf, Markdown, Mrkdwn, Part, is_marked, plain, remark, split
from bot.messages.limits import (
    CHILDREN,
    DEFAULT_TEXT_CHARACTERS,
    OPAQUE,
    OPTION_VALUE_CHARACTERS,
    PLACEHOLDER_CHARACTERS,
    TEXT,
    units,
)

Node = dict[str, Any]
DASH = "–"  # What stands where Slack insists on a text and there is none.

# Objects that Slack tells apart by their place rather than by a `type`.
_ROLES = {
    "confirm": "confirm",
    "options": "option",
    "initial_option": "option",
    "initial_options": "option",
    "option_groups": "group",
    "tasks": "task_card",
    "chart": "chart",
    "series": "series",
    "segments": "segments",
    "data": "data",
    "axis_config": "axis_config",
    "workflow": "workflow",
}
# Fields without which an object says nothing; one of each group must be there.
_NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "plain_text": (("text",),),
    "mrkdwn": (("text",),),
    "text": (("text",),),
    "section": (("text", "fields"),),
    "header": (("text",),),
    "markdown": (("text",),),
    "context": (("elements",),),
    "context_actions": (("elements",),),
    "actions": (("elements",),),
    "carousel": (("elements",),),
    "container": (("child_blocks",), ("title", "rich_text_title")),
    "rich_text": (("elements",),),
    "rich_text_section": (("elements",),),
    "rich_text_list": (("elements",),),
    "rich_text_quote": (("elements",),),
    "rich_text_preformatted": (("elements",),),
    "button": (("text",),),
    "option": (("text",), ("value", "url")),
    "overflow": (("options",),),
    "image": (("image_url", "slack_file"),),
    "card": (("hero_image", "title", "body", "actions"),),
    "plan": (("tasks",),),
    "table": (("rows",),),
    "data_table": (("rows",),),
    "data_visualization": (("title",), ("chart",)),
    "confirm": (("title",), ("text",)),
}
# Fields Slack insists on that get a dash when data left them empty.
_DASHED = {
    "task_card": ("title",),
    "plan": ("title",),
    "raw_text": ("text",),
    "image": ("alt_text",),
    "data_table": ("caption",),
    "confirm": ("confirm", "deny"),
}
_INERT_TYPES = frozenset(
    [
        "area",
        "bar",
        "line",
        "pie",
        "plain_text",
        "raw_number",
        "raw_text",
        "rich_text",
        "rich_text_list",
        "rich_text_preformatted",
        "rich_text_quote",
        "rich_text_section",
        "text",
    ]
)
_MENTIONS = frozenset(["user_id", "usergroup_id", "channel_id", "team_id", "range"])
_WORDS = {
    "status": frozenset(["pending", "in_progress", "complete", "error"]),
    "style": frozenset(["primary", "danger", "bullet", "ordered"]),
}
_USER_ID = re.compile(r"[UW][A-Z0-9]{1,30}")
_FORMATTED_TEXT = {"mrkdwn": Mrkdwn, "markdown": Markdown}


class Walk:
    """
    One pass over the blocks of one message.

    Afterwards `leaves` are the texts to be written and `spilled` is what had
    no room in a list. `trusted` says that the template is one of ours.
    """

    def __init__(self, *, trusted: bool) -> None:
        self.leaves: list[Leaf] = []
        self.spilled: list[str] = []
        self._trusted = trusted

    def block(self, node: Any) -> Node | None:
        """Settle one block in place; None if nothing is left of it."""
        if not isinstance(node, dict) or not isinstance(node.get("type"), str):
            raise TemplateError(f"every block is an object with a type, this is none: {node!r:.80}")
        return self._object(node, "", DEFAULT_TEXT_CHARACTERS)

    def _object(self, node: Node, place: str, most: int) -> Node | None:
        kind = self._kind(node, place)
        if kind is None:
            return None
        for key, value in list(node.items()):
            if isinstance(value, str):
                if not self._string(node, kind, key, most):
                    return self._instead(node)
            elif isinstance(value, dict):
                self._child(node, kind, key)
            elif isinstance(value, list):
                self._children(node, kind, key)
            elif value is None:
                del node[key]
        return self._complete(node, kind)

    def _kind(self, node: Node, place: str) -> str | None:
        """What the limits call this object; None if data tries to be more than text."""
        kind = node.get("type")
        if isinstance(kind, str) and is_marked(kind):
            node["type"] = kind = plain(kind)
            if kind not in _INERT_TYPES:
                return None
        if kind in ("plain_text", "mrkdwn"):
            return str(kind)
        return _ROLES.get(place) or (kind if isinstance(kind, str) else place)

    def _string(self, node: Node, kind: str, key: str, most: int) -> bool:
        """Settle one string field; False if the whole object cannot stand."""
        value: str = node[key]
        if key == "type":
            return True
        if key.endswith("url") and (kind, key) not in TEXT:
            return self._address(node, key, value)
        if key in OPAQUE:
            return self._opaque(node, kind, key, value)
        if not is_marked(value):
            if key in ("text", "title", "alt_text") or (kind, key) in TEXT:
                self._text(node, kind, key, split(value), most)
            return True
        if key in _MENTIONS:
            node[key] = plain(value)
            return self._trusted and key == "user_id" and bool(_USER_ID.fullmatch(node[key]))
        if key in _WORDS:
            node[key] = plain(value)
            if node[key] not in _WORDS[key]:
                del node[key]
            return True
        self._text(node, kind, key, split(value), most)
        return True

    def _text(self, node: Node, kind: str, key: str, parts: list[Part], most: int) -> None:
        most = TEXT.get((kind, key), most)
        empty = not parts if kind == "text" else not any(part.text.strip() for part in parts)
        if empty:
            del node[key]
            return
        form = _FORMATTED_TEXT.get(kind, Leaf) if key == "text" else Leaf
        self.leaves.append(form(node, key, parts, most))
        if kind == "mrkdwn" and any(part.is_data for part in parts):
            # Else Slack would make links of the addresses and mentions of the names in it.
            node["verbatim"] = True

    def _address(self, node: Node, key: str, value: str) -> bool:
        node[key] = plain(value)
        if (is_marked(value) and not is_safe_url(node[key])) or not value:
            del node[key]
        # A title that links nowhere is still a title; a button or an image is nothing.
        return key in node or key in ("title_url", "author_url")

    def _opaque(self, node: Node, kind: str, key: str, value: str) -> bool:
        node[key] = plain(value)
        most = OPTION_VALUE_CHARACTERS if (kind, key) == ("option", "value") else OPAQUE[key]
        if units(node[key]) > most:
            raise TemplateError(f"{key} is longer than {most} characters: {node[key][:40]!r}…")
        if not node[key]:
            del node[key]
        return True

    def _child(self, node: Node, kind: str, key: str) -> None:
        most = TEXT.get((kind, key), DEFAULT_TEXT_CHARACTERS)
        if key == "placeholder":
            most = PLACEHOLDER_CHARACTERS
        if self._object(node[key], key, most) is None:
            del node[key]

    def _children(self, node: Node, kind: str, key: str) -> None:
        most = TEXT.get((kind, key), DEFAULT_TEXT_CHARACTERS)
        items = node[key]
        if kind.startswith("rich_text"):
            items = _with_dates(items, kind)
        kept = [done for item in items if (done := self._item(item, kind, key, most)) is not None]
        room = CHILDREN.get((kind, key), len(kept))
        if len(kept) > room:
            self._spill(kept[room:])
            del kept[room:]
        if kept:
            node[key] = kept
        else:
            del node[key]

    def _item(self, item: Any, kind: str, key: str, most: int) -> Any:
        if isinstance(item, dict):
            return self._object(item, key, most)
        if isinstance(item, list):
            return [self._item(each, kind, key, most) or _dash() for each in item]
        if isinstance(item, str):
            return plain(item)
        return item

    def _spill(self, lost: list[Any]) -> None:
        """Take back the texts under `lost` and keep their words for the overflow."""
        gone = {id(each) for item in lost for each in _dicts(item)}
        words = [leaf.whole() for leaf in self.leaves if id(leaf.holder) in gone]
        self.leaves = [leaf for leaf in self.leaves if id(leaf.holder) not in gone]
        self.spilled.append(" ".join(words))

    def _complete(self, node: Node, kind: str) -> Node | None:
        for key in _DASHED.get(kind, ()):
            node.setdefault(key, DASH) if kind != "confirm" else None
        for group in _NEEDS.get(kind, ()):
            if not any(key in node for key in group):
                return None
        return node

    def _instead(self, node: Node) -> Node | None:
        """What remains of an object that may not stand: the words of a link or a mention."""
        words = node.get("text")
        if node["type"] == "link" and not isinstance(words, dict):
            shown = plain(words) if words else ""
        else:
            shown = next((node[key] for key in _MENTIONS if key in node), "")
        if not shown:
            return None
        held = {"type": "text", "text": shown}
        self.leaves.append(Leaf(held, "text", [Part(shown, is_data=True)], DEFAULT_TEXT_CHARACTERS))
        return held


def _dash() -> Node:
    return {"type": "raw_text", "text": DASH}


def _dicts(item: Any) -> list[Node]:
    if isinstance(item, list):
        return [each for inner in item for each in _dicts(inner)]
    if not isinstance(item, dict):
        return []
    return [item, *(each for inner in item.values() for each in _dicts(inner))]


def _with_dates(items: list[Any], kind: str) -> list[Any]:
    """Turn times inside rich text into date elements, which each reader sees in their zone."""
    if kind not in ("rich_text_section", "rich_text_quote"):
        return items
    done: list[Any] = []
    for item in items:
        text = item.get("text") if isinstance(item, dict) else None
        if not isinstance(text, str) or item.get("type") != "text" or not is_marked(text):
            done.append(item)
            continue
        done += _elements(item, split(text))
    return done


def _elements(item: Node, parts: list[Part]) -> list[Node]:
    if not any(part.form for part in parts):
        return [item]
    style = {"style": item["style"]} if "style" in item else {}
    done: list[Node] = []
    for part in parts:
        if part.form:
            shown = {"timestamp": part.epoch, "format": DATE_FORMATS[part.form][0]}
            done.append({"type": "date", **shown, "fallback": part.text, **style})
        else:
            done.append({"type": "text", "text": remark(part), **style})
    return done
