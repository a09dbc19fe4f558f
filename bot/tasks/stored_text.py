"""Prepares text for storage: masks secrets, removes lone surrogates and, for PostgreSQL, NUL."""

import re
from dataclasses import fields
from typing import Any

from bot.errors import InvalidError
from bot.redaction import redact_json
from bot.terminal_sequences import strip_sequences

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
#: Ids stand in indexes, and PostgreSQL's take at most 2,704 bytes.
MAX_ID_CHARACTERS = 300


def storable(text: str) -> str:
    """
    Remove characters that cannot be stored, and sequences that only terminals understand.

    The rest is unchanged: the renderer escapes.
    """
    return strip_sequences(_UNSTORABLE.sub("", text))


def make_storable(record: Any, *ids: str) -> None:
    """
    Apply `storable` to every text of a frozen dataclass; JSON is stored in ASCII and needs none.

    Raises `InvalidError` if one of the fields named *ids* is too long to be indexed.
    """
    for one in fields(record):
        value = getattr(record, one.name)
        if type(value) is str:
            object.__setattr__(record, one.name, storable(value))
            if one.name in ids and len(value) > MAX_ID_CHARACTERS:
                raise InvalidError(f"`{one.name}` has more than {MAX_ID_CHARACTERS} characters.")


def redact_record(record: Any) -> None:
    """Mask the secrets in the texts and JSON of a frozen dataclass."""
    for one in fields(record):
        value = getattr(record, one.name)
        if type(value) in (str, dict, list):
            object.__setattr__(record, one.name, redact_json(value))
