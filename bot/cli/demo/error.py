"""Errors that prevent the demo from running."""

from bot.errors import OpsbellError


class DemoError(OpsbellError):
    """The demo cannot start or go on; the message says what to look at."""
