"""files.*: upload in three steps, as everyone does since files.upload is gone."""

import secrets

from slack_playground.canvases.canvases import canvas_record, level_of
from slack_playground.conversations.content import read_content
from slack_playground.conversations.direct_messages import open_group
from slack_playground.conversations.files import file_kinds, file_record, share
from slack_playground.errors import SlackError
from slack_playground.requests.arguments import invalid_arguments, wrong_argument
from slack_playground.requests.serving import Answer
from slack_playground.state import File, Record
from slack_playground.web_api.call import Call
from slack_playground.web_api.messages.chat import author_fields, thread_fields
from slack_playground.web_api.pages import take_numbered_page

# https://docs.slack.dev/reference/methods/files.completeUploadExternal
MOST_CHANNELS = 100
# https://docs.slack.dev/reference/methods/files.getUploadURLExternal
MOST_ALT_TEXT = 1000
MOST_SNIPPET_BYTES = 1024 * 1024
# https://docs.slack.dev/reference/methods/files.list
MOST_ON_PAGE = 1000


def get_upload_url(call: Call) -> Record:
    name = call.arguments.required("filename")
    length = call.arguments.number("length", 0)
    if length == 0:
        raise SlackError("missing_argument")
    if length < 0:
        raise wrong_argument("length", "must be greater than 0")
    if len(call.arguments.text("alt_txt") or "") > MOST_ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    if "snippet_type" in call.arguments and length > MOST_SNIPPET_BYTES:
        raise SlackError("snippet_too_large")
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
        raise SlackError("channels_limit_exceeded")
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
    canvas = call.state.canvases.get(call.arguments.required("file"))
    if canvas is not None and level_of(call.state, canvas, call.actor) is not None:
        record = canvas_record(call.workspace, canvas)
    else:
        record = file_record(call.workspace, _complete_file(call))
    return {"file": record, "comments": [], "response_metadata": {}}


def list_files(call: Call) -> Record:
    """Answer a page of the finished files, the newest first, as the arguments choose them."""
    found = [one for one in call.state.files.values() if one.is_complete and _is_wanted(call, one)]
    found.sort(key=lambda file: (file.created, file.id), reverse=True)
    shown, paging = take_numbered_page(call, found, default=100, most=MOST_ON_PAGE)
    return {"files": [file_record(call.workspace, file) for file in shown], "paging": paging}


def _is_wanted(call: Call, file: File) -> bool:
    """Say whether the caller may see a file and its arguments ask for it."""
    arguments = call.arguments
    if not is_visible_file(call, file):
        return False
    channel, user = arguments.text("channel"), arguments.text("user")
    if (channel and channel not in file.shares) or (user and user != file.user):
        return False
    start, end = arguments.number("ts_from", 0), arguments.number("ts_to", 2**62)
    kinds = set(arguments.words("types")) or {"all"}
    return start <= file.created <= end and bool(kinds & {"all", *file_kinds(file.name)})


def is_visible_file(call: Call, file: File) -> bool:
    """Say whether the caller may see a file: their own, and what is shared where they look."""
    places = [call.state.channels[one] for one in file.shares if one in call.state.channels]
    is_own = file.user == call.actor or (call.is_of_bot and file.is_handed)
    return is_own or any(place.is_public or call.actor in place.members for place in places)


def delete(call: Call) -> Record:
    file = _complete_file(call)
    if file.user != call.actor and not call.state.users[call.actor].is_owner:
        raise SlackError("cant_delete_file")
    del call.state.files[file.id]
    call.state.deleted_files.add(file.id)
    return {}


def make_public(call: Call) -> Record:
    """Give a file a link by which anybody may read it."""
    file = _complete_file(call)
    if file.public_secret:
        raise SlackError("already_public")
    file.public_secret = secrets.token_hex(5)
    return {"file": file_record(call.workspace, file)}


def revoke_public(call: Call) -> Record:
    file = _complete_file(call)
    file.public_secret = ""
    return {"file": file_record(call.workspace, file)}


def _complete_file(call: Call) -> File:
    """Return the finished file that is named, if the caller may see it."""
    file_id = call.arguments.required("file")
    file = call.state.files.get(file_id)
    if file_id in call.state.deleted_files:
        raise SlackError("file_deleted")
    if file is None or not file.is_complete or not is_visible_file(call, file):
        raise SlackError("file_not_found")
    return file


def _uploaded(call: Call, one: Record) -> File:
    named = one.get("id") if isinstance(one, dict) else None
    file = call.state.files.get(named) if isinstance(named, str) else None
    if file is None or file.content is None or file.is_complete:
        raise SlackError("file_not_found")
    title = one.get("title")
    file.title = title if isinstance(title, str) and title else file.name
    return file


def _channel_to_share_in(call: Call, channel_id: str) -> str:
    channel = call.state.channels.get(channel_id)
    if channel is None and channel_id in call.state.users:
        channel = open_group(call.workspace, [call.state.users[channel_id]], call.actor)
    if channel is None or not (channel.is_public or call.actor in channel.members):
        raise SlackError("channel_not_found")
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel.id


def _share(call: Call, channel_id: str, files: list[File]) -> None:
    channel = call.state.channels[channel_id]
    arguments = call.arguments
    comment = arguments.text("initial_comment")
    blocks = None if comment else arguments.values.get("blocks")
    content = read_content({"text": comment or "", "blocks": blocks})
    body = {**author_fields(call), **content.stored(), **thread_fields(call, channel)}
    share(call.workspace, channel, files, body, author=call.actor)
