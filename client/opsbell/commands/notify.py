"""`opsbell notify`: one message."""

from __future__ import annotations

import sys

from opsbell.notices.client import Opsbell, warn
from opsbell.notices.layout import text_notice
from opsbell.notices.webhook import WebhookError, post_to_webhook
from opsbell.settings import exit_seconds, webhook_url
from opsbell.values.plain import MAX_CHARS, plain_text

from .words import UsageError, sort_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE = "opsbell notify [--channel C] [--thread TS] [--priority P] TEXT…"
HELP = f"""\
usage: {USAGE}

Send a message. A TEXT of - is read from standard input.

options:
  --channel C    where to; default: the server's choice
  --thread TS    the message to answer in a thread
  --priority P   LOW, NORMAL, HIGH or CRITICAL

What the server cannot take now is kept and sent by the next opsbell command.
Without OPSBELL_URL and OPSBELL_TOKEN the message goes to SLACK_WEBHOOK_URL.
exit codes: 0, also when the server is away; 2 for wrong usage.
"""


def run(words: Sequence[str]) -> int:
    """Send the message and return the exit code; raises UsageError."""
    sorted_words = sort_words(words, ("channel", "thread", "priority"), USAGE)
    text = " ".join(sorted_words.rest)
    if text == "-":
        text = sys.stdin.buffer.read(16 * MAX_CHARS).decode("utf-8", "replace")
    text = plain_text(text).strip()
    if not text:
        raise UsageError(f"there is no text to send\nusage: {USAGE}")
    seconds = exit_seconds()
    opsbell = Opsbell(timeout_seconds=seconds)
    if opsbell.is_live:
        options = sorted_words.options
        opsbell.send(
            text,
            channel=options.get("channel"),
            thread_ts=options.get("thread"),
            priority=options.get("priority"),
        )
    elif webhook_url():
        try:
            post_to_webhook(webhook_url(), text_notice(text), seconds)
        except WebhookError as error:
            warn(str(error))
    return 0
