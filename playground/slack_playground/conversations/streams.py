"""Messages an agent writes bit by bit."""

from typing import Any

from slack_playground.blocks import normalise_blocks, validate_blocks
from slack_playground.errors import SlackError
from slack_playground.state import Record, Stream

MOST_BLOCKS = 50
MOST_FIELD = 256
MOST_TEXT = 12_000
_STATUSES = frozenset({"pending", "in_progress", "complete", "error"})
_TASK_FIELDS = frozenset({"type", "id", "title", "status", "details", "output", "sources"})


def read_chunks(chunks: Any, markdown_text: str | None) -> list[Record]:
    """Return the checked chunks of one call; plain markdown is a chunk as well."""
    if chunks is None:
        chunks = []
    if not isinstance(chunks, list) or not all(_is_chunk(one) for one in chunks):
        raise SlackError("invalid_chunks")
    if markdown_text and len(markdown_text) > MOST_TEXT:
        raise SlackError("msg_too_long")
    said = [{"type": "markdown_text", "text": markdown_text}] if markdown_text else []
    return [*said, *chunks]


def add_chunks(stream: Stream, chunks: list[Record]) -> None:
    """Append to a stream; a task that is known changes, and its details grow."""
    for chunk in chunks:
        known = _known_part(stream, chunk)
        if known is None:
            stream.parts.append(dict(chunk))
        elif chunk["type"] == "markdown_text":
            known["text"] += chunk["text"]
        else:
            grown = known.get("details", "") + chunk.get("details", "")
            known.update(chunk)
            if grown:
                known["details"] = grown


def draw_stream(stream: Stream) -> Record:
    """Return `text` and `blocks` of the message as it stands."""
    words = [part["text"] for part in stream.parts if part["type"] == "markdown_text"]
    blocks: list[Record] = []
    if stream.mode == "plan":
        blocks += _plan(stream)
    for part in stream.parts:
        if part["type"] == "markdown_text":
            blocks.append({"type": "markdown", "text": part["text"]})
        elif part["type"] == "blocks":
            blocks += part["blocks"]
        elif part["type"] == "task_update" and stream.mode != "plan":
            blocks.append({"type": "task_card", **_task(part)})
    if len(blocks) > MOST_BLOCKS:
        raise SlackError("msg_blocks_too_many")
    return {"text": "\n".join(words), "blocks": normalise_blocks(blocks)}


def _plan(stream: Stream) -> list[Record]:
    tasks = [_task(part) for part in stream.parts if part["type"] == "task_update"]
    titles = [part["title"] for part in stream.parts if part["type"] == "plan_update"]
    if not tasks:
        return []
    return [{"type": "plan", "title": titles[-1] if titles else "Plan", "tasks": tasks}]


def _task(part: Record) -> Record:
    task = {"task_id": part["id"], "title": part.get("title", ""), "status": part["status"]}
    for name in ("details", "output"):
        if part.get(name):
            task[name] = _rich_text(part[name])
    if part.get("sources"):
        task["sources"] = part["sources"]
    return task


def _rich_text(text: str) -> Record:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def _known_part(stream: Stream, chunk: Record) -> Record | None:
    kind = chunk["type"]
    if kind == "markdown_text":
        last = stream.parts[-1] if stream.parts else None
        return last if last is not None and last["type"] == kind else None
    if kind not in ("task_update", "plan_update"):
        return None
    same = [part for part in stream.parts if part["type"] == kind]
    return next((part for part in same if part.get("id") == chunk.get("id")), None)


def _is_chunk(chunk: Any) -> bool:
    if not isinstance(chunk, dict):
        return False
    kind = chunk.get("type")
    if kind == "markdown_text":
        return isinstance(chunk.get("text"), str)
    if kind == "plan_update":
        return isinstance(chunk.get("title"), str)
    if kind == "blocks":
        return not validate_blocks(chunk.get("blocks"), "message")
    return kind == "task_update" and _is_task(chunk)


def _is_task(chunk: Record) -> bool:
    if not chunk.keys() <= _TASK_FIELDS or chunk.get("status") not in _STATUSES:
        return False
    if not isinstance(chunk.get("id"), str) or not chunk["id"]:
        return False
    texts = [chunk.get(name, "") for name in ("id", "title", "details", "output")]
    return all(isinstance(text, str) and len(text) <= MOST_FIELD for text in texts)
