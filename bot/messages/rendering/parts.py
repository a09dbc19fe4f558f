"""What a text of a message is made of."""

from typing import NamedTuple


class Part(NamedTuple):
    """A stretch of text; `epoch` and `form` are set for a time, whose `text` is the fallback."""

    text: str
    is_data: bool = False
    epoch: int = 0
    form: str = ""
