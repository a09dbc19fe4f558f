"""What a message may say: text, blocks, attachments and metadata, checked and stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_playground.blocks import API_ERRORS, Problem, normalise_blocks, validate_message
from slack_playground.blocks.markup import store_text
from slack_playground.errors import SlackError
from slack_playground.requests.arguments import Arguments
from slack_playground.requests.refusals import error_messages, line
from slack_playground.state import Record

MAX_TEXT = 40_000
NO_TEXT = "This content can't be displayed."


@dataclass(slots=True)
class Content:
    """What was sent; None where nothing was sent, which an empty list is not."""

    text: str | None = None
    blocks: list[Record] | None = None
    attachments: list[Record] | None = None
    metadata: Record | None = None

    @property
    def is_empty(self) -> bool:
        """Say whether there would be nothing to see: blanks are no text."""
        return not ((self.text or "").strip() or self.blocks or self.attachments)

    def stored(self) -> Record:
        """Return the fields of a new message."""
        fields: Record = {"text": self.text or (NO_TEXT if self.blocks else "")}
        for name in ("blocks", "attachments", "metadata"):
            value = getattr(self, name)
            if value:
                fields[name] = value
        return fields


def read_content(fields: Mapping[str, Any]) -> Content:
    """Read and check what a message should say; raise the SlackError it deserves."""
    sent = _sent(Arguments(fields))
    if not sent.keys() - {"text"}:
        # Nothing can be wrong with a text, and posting one is what is done most.
        return Content(text=_stored_text(sent))
    # An empty object takes the metadata off a message; it is nothing to check.
    checked = {name: value for name, value in sent.items() if (name, value) != ("metadata", {})}
    problems = [problem for problem in validate_message(checked) if problem.code != "no_text"]
    if problems:
        raise _refusal(problems)
    markdown = sent.get("markdown_text")
    if markdown is not None:
        blocks = normalise_blocks([{"type": "markdown", "text": markdown}])
        return replace(_store(sent), text=markdown, blocks=blocks)
    return _store(sent)


def _stored_text(sent: Record) -> str | None:
    text = sent.get("text")
    return text if text is None else store_text(text)


def _sent(arguments: Arguments) -> Record:
    sent: Record = {}
    for name in ("text", "markdown_text"):
        text = arguments.text(name)
        if text is not None:
            sent[name] = text
    for name, error in _STRUCTURES.items():
        value = arguments.structure(name, error)
        if value is not None:
            sent[name] = value
    return sent


_STRUCTURES = {
    "blocks": "invalid_blocks_format",
    "attachments": "invalid_attachments",
    "metadata": "invalid_metadata_format",
}


def _store(sent: Record) -> Content:
    blocks = sent.get("blocks")
    return Content(
        text=_stored_text(sent),
        blocks=None if blocks is None else normalise_blocks(blocks),
        attachments=_store_attachments(sent.get("attachments")),
        metadata=sent.get("metadata"),
    )


# What an old attachment shows; one without any of it is dropped, as Slack does.
_SEEN = frozenset(
    {
        *("title", "text", "pretext", "fallback", "fields", "blocks", "image_url", "thumb_url"),
        *("author_name", "footer", "actions"),
    }
)
# The texts of an old attachment that may hold markup.
_WORDS = frozenset({"text", "pretext"})


def _store_attachments(attachments: list[Record] | None) -> list[Record] | None:
    if attachments is None:
        return None
    stored = []
    seen = [one for one in attachments if any(one.get(name) for name in _SEEN)]
    for number, attachment in enumerate(seen, 1):
        one = {"id": number, "fallback": "[no preview available]", **attachment}
        if "blocks" in one:
            one["blocks"] = normalise_blocks(one["blocks"])
        for name in _WORDS & one.keys():
            one[name] = store_text(one[name])
        stored.append(one)
    return stored


def _refusal(problems: list[Problem]) -> SlackError:
    for problem in problems:
        if problem.code in API_ERRORS:
            return SlackError(problem.code)
        if problem.pointer == "/markdown_text":
            return SlackError("msg_too_long")
        if problem.pointer == "/blocks" and problem.code == "invalid_type":
            return SlackError("invalid_blocks_format")
    lines = [line(problem) for problem in problems]
    return SlackError(
        "invalid_blocks" if any("/blocks" in one for one in lines) else "invalid_attachments",
        errors=lines,
        response_metadata=error_messages(lines),
    )
