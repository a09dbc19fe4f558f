"""Short names such as `:tada:` in a text, drawn as emoji."""

import re

from slack_playground.emoji import characters

SHORT_NAME = r":(?P<emoji>[a-z0-9_+'\-]{1,60}):"


def with_emoji(text: str) -> str:
    """Put the emoji in the place of the short names that are known."""
    return re.sub(SHORT_NAME, lambda found: characters().get(found["emoji"], found[0]), text)
