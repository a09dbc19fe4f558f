"""
A query as people type it into Slack's search: words, "phrases", -without, and modifiers.

https://slack.com/help/articles/202528808-Search-in-Slack has the modifiers.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

_PIECE = re.compile(r'(-?)(?:(in|from|with|has|before|after|on|is):)?(?:"([^"]*)"|(\S+))')


@dataclass(slots=True)
class Query:
    """
    What must be in a message (`words`) or must not, and where, by whom and when it was said.

    `excluded` is what the modifiers with a minus say: whatever fits any of it is not wanted.
    """

    words: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    writers: list[str] = field(default_factory=list)
    has: list[str] = field(default_factory=list)
    days: list[tuple[str, date]] = field(default_factory=list)
    excluded: "Query | None" = None

    def fits_text(self, text: str) -> bool:
        """Say whether a text has all the words and none of the others, in any case of letters."""
        low = text.lower()
        has_words = all(word in low for word in self.words)
        return has_words and not any(word in low for word in self.without)

    def fits_day(self, at: float, offset_seconds: int) -> bool:
        """Say whether a moment lies in the days asked for, in the zone of who asks."""
        day = datetime.fromtimestamp(at, timezone(timedelta(seconds=offset_seconds))).date()
        return all(_is_within(day, how, wanted) for how, wanted in self.days)


def read_query(said: str, today: date) -> Query:
    """Read a query; a modifier that says nothing sensible is a word to look for."""
    query = Query(excluded=Query())
    for minus, modifier, phrase, word in _PIECE.findall(said):
        value = phrase or word
        if not value:
            continue
        meant = query.excluded if minus else query
        if not (modifier and meant and _add_modifier(meant, modifier, value, today)):
            text = f"{modifier}:{value}" if modifier else value
            (query.without if minus else query.words).append(text.lower())
    return query


def _add_modifier(query: Query, modifier: str, value: str, today: date) -> bool:
    if modifier in ("before", "after", "on"):
        day = _day(value, today)
        if day is not None:
            query.days.append((modifier, day))
        return day is not None
    bare = value.strip("<>#@").partition("|")[0]
    named = {"in": query.places, "from": query.writers, "with": query.writers, "has": query.has}
    if modifier not in named:
        return False
    named[modifier].append(bare.lower() if modifier == "has" else bare)
    return True


def _day(value: str, today: date) -> date | None:
    if value in ("today", "yesterday"):
        return today - timedelta(days=int(value == "yesterday"))
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _is_within(day: date, how: str, wanted: date) -> bool:
    if how == "on":
        return day == wanted
    return day < wanted if how == "before" else day > wanted
