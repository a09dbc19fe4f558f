"""files.*: upload in three steps, as everyone does since files.upload is gone."""

from slack_playground.conversations import messages
from slack_playground.conversations.content import read_content
from slack_playground.conversations.files import file_record
from slack_playground.errors import SlackError
from slack_playground.requests.arguments import invalid_arguments
from slack_playground.requests.serving import Answer
from slack_playground.state import File, Record
from slack_playground.web_api.call import Call
from slack_playground.web_api.messages.chat import author_fields, thread_fields

# https://docs.slack.dev/reference/methods/files.completeUploadExternal
MOST_CHANNELS = 100


def get_upload_url(call: Call) -> Record:
    name = call.arguments.required("filename")
    length = call.arguments.number("length", 0)
    if length < 1:
        raise invalid_arguments("must be greater than 0: length")
    file = File(
        call.state.next_id("F"),
        name,
        length,
        created=int(call.workspace.clock.now()),
        user=call.actor,
    )
    call.state.files[file.id] = file
    return {"upload_url": f"{call.workspace.address}/upload/v1/{file.id}", "file_id": file.id}


def receive_upload(file: File, content: bytes) -> Answer:
    """Take the bytes of an upload, the second of the three steps."""
    file.content = content
    return Answer({"ok": True}, text=f"OK - {len(content)}")


def complete_upload(call: Call) -> Record:
    """Finish uploads, once each, and share them where `channel_id` or `channels` says."""
    wanted = call.arguments.structure("files")
    if not isinstance(wanted, list) or not wanted:
        raise invalid_arguments("missing required field: files")
    files = [_uploaded(call, one) for one in wanted]
    if len(call.arguments.words("channels")) > MOST_CHANNELS:
        raise invalid_arguments(f"no more than {MOST_CHANNELS} items allowed: channels")
    channels = [
        _channel_to_share_in(call, channel)
        for channel in [*call.arguments.words("channel_id"), *call.arguments.words("channels")]
    ]
    for file in files:
        file.is_complete = True
    for channel in channels:
        _share(call, channel, files)
    return {"files": [file_record(call.workspace, file) for file in files]}


def info(call: Call) -> Record:
    file = _complete_file(call)
    return {"file": file_record(call.workspace, file), "comments": [], "response_metadata": {}}


def list_files(call: Call) -> Record:
    """Answer the finished files, those of one channel if `channel` says so."""
    channel = call.arguments.text("channel")
    found = [
        file_record(call.workspace, file)
        for file in call.state.files.values()
        if file.is_complete and (not channel or channel in file.channels)
    ]
    paging = {"count": len(found), "total": len(found), "page": 1, "pages": 1}
    return {"files": found, "paging": paging}


def delete(call: Call) -> Record:
    file = _complete_file(call)
    del call.state.files[file.id]
    return {}


def _complete_file(call: Call) -> File:
    file = call.state.files.get(call.arguments.required("file"))
    if file is None or not file.is_complete:
        raise SlackError("file_not_found")
    return file


def _uploaded(call: Call, one: Record) -> File:
    file = call.state.files.get(one.get("id", "")) if isinstance(one, dict) else None
    if file is None or file.content is None or file.is_complete:
        raise SlackError("file_not_found")
    file.title = one.get("title") or file.name
    return file


def _channel_to_share_in(call: Call, channel_id: str) -> str:
    channel = call.state.channels.get(channel_id)
    if channel is None or not (channel.is_public or call.actor in channel.members):
        raise SlackError("channel_not_found")
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel_id


def _share(call: Call, channel_id: str, files: list[File]) -> None:
    channel = call.state.channels[channel_id]
    for file in files:
        file.channels.append(channel_id)
    arguments = call.arguments
    content = read_content(
        {"text": arguments.text("initial_comment") or "", "blocks": arguments.values.get("blocks")}
    )
    body = {**author_fields(call), **content.stored(), **thread_fields(call, channel)}
    body["files"] = [file_record(call.workspace, file) for file in files]
    messages.post(call.workspace, channel, body, author=call.actor)
