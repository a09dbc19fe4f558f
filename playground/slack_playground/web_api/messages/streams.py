"""chat.startStream, appendStream and stopStream: what an agent writes bit by bit."""

from slack_playground.conversations import messages
from slack_playground.conversations.content import read_content
from slack_playground.conversations.streams import add_chunks, draw_stream, read_chunks
from slack_playground.errors import SlackError
from slack_playground.state import Channel, Message, Record, Stream
from slack_playground.web_api.call import Call
from slack_playground.web_api.messages.chat import author_fields, channel_to_write, thread_fields

_MODES = ("timeline", "plan", "dense")


def start(call: Call) -> Record:
    channel = channel_to_write(call)
    call.arguments.required("thread_ts")
    if not channel.is_im:
        for name in ("recipient_user_id", "recipient_team_id"):
            if name not in call.arguments:
                raise SlackError(f"missing_{name}")
        call.user("recipient_user_id")
    mode = call.arguments.text("task_display_mode") or _MODES[0]
    if mode not in _MODES:
        raise SlackError("invalid_arguments")
    stream = Stream(mode=mode, said_in=_said_in(call))
    add_chunks(stream, _chunks(call))
    fields = {**author_fields(call), **thread_fields(call, channel)}
    body = {**fields, "streaming_state": "in_progress", **draw_stream(stream)}
    posted = messages.post(call.workspace, channel, body, author=call.actor)
    channel.messages[posted["ts"]].stream = stream
    return {"channel": channel.id, "ts": posted["ts"]}


def append(call: Call) -> Record:
    channel = call.channel()
    message, stream = _streaming(call, channel)
    if not _said_in(call, stream):
        raise SlackError("markdown_text_or_chunks_required")
    chunks = _chunks(call)
    if not chunks:
        raise SlackError("no_text")
    _grow(call, channel, message, stream, chunks)
    return {"channel": channel.id, "ts": message.body["ts"]}


def stop(call: Call) -> Record:
    """End a stream; blocks sent now stand under what was written."""
    channel = call.channel()
    message, stream = _streaming(call, channel)
    content = read_content(
        {name: call.arguments.values.get(name) for name in ("blocks", "metadata")}
    )
    _said_in(call, stream)
    chunks = _chunks(call)
    last: Record = {"streaming_state": "completed"}
    if content.metadata:
        last["metadata"] = content.metadata
    _grow(call, channel, message, stream, chunks, last, blocks=content.blocks)
    message.stream = None
    return {"channel": channel.id, "ts": message.body["ts"], "message": message.body}


def _said_in(call: Call, stream: Stream | None = None) -> str:
    """
    Return the argument that has the words, "" for none; it is the same one for a whole stream.

    `markdown_text` and `chunks` never come together.
    """
    said = [name for name in ("markdown_text", "chunks") if call.arguments.values.get(name)]
    if len(said) > 1:
        raise SlackError("cannot_provide_both_markdown_text_and_chunks")
    name = said[0] if said else ""
    if stream is not None and name:
        if stream.said_in not in ("", name):
            raise SlackError("streaming_mode_mismatch")
        stream.said_in = name
    return name


def _chunks(call: Call) -> list[Record]:
    chunks = call.arguments.structure("chunks", "invalid_chunks")
    return read_chunks(chunks, call.arguments.text("markdown_text"))


def _streaming(call: Call, channel: Channel) -> tuple[Message, Stream]:
    message = channel.messages.get(call.arguments.required("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.author != call.actor:
        raise SlackError("message_not_owned_by_app")
    if message.stream is None:
        raise SlackError("message_not_in_streaming_state")
    return message, message.stream


def _grow(
    call: Call,
    channel: Channel,
    message: Message,
    stream: Stream,
    chunks: list[Record],
    last: Record | None = None,
    *,
    blocks: list[Record] | None = None,
) -> None:
    """
    Append what was sent, or nothing at all when it does not fit.

    `blocks` come last and have a limit of their own.
    """
    grown = Stream([dict(part) for part in stream.parts], stream.mode)
    add_chunks(grown, chunks)
    drawn = draw_stream(grown)
    drawn["blocks"] = [*drawn["blocks"], *(blocks or [])]
    body = {**message.body, **drawn, **(last or {})}
    stream.parts = grown.parts
    messages.change(call.workspace, channel, body["ts"], body)
