"""
Everything the playground raises on purpose:

* PlaygroundError
  x SlackError       a Web API answer with `ok: false`
    + LimitedError   the same as HTTP 429 with Retry-After
  x PageError        a refusal of the page API, with its HTTP status
  x SeedError        the seed or the manifest cannot be read
"""

from typing import Any


class PlaygroundError(Exception):
    pass


class SlackError(PlaygroundError):
    def __init__(self, error: str, **details: Any) -> None:
        super().__init__(error)
        self.error = error
        self.details = details


class LimitedError(SlackError):
    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class PageError(PlaygroundError):
    def __init__(self, error: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.error = error
        self.message = message
        self.status = status


class SeedError(PlaygroundError):
    pass
