"""
files.remote.*: files that lie in another service and are shown in Slack.

Errors and arguments: https://docs.slack.dev/reference/methods/files.remote.add
"""

from slack_playground.conversations.files import file_record, share
from slack_playground.errors import SlackError
from slack_playground.requests.arguments import wrong_argument
from slack_playground.state import Channel, File, Record
from slack_playground.web_api.call import Call
from slack_playground.web_api.messages.chat import author_fields
from slack_playground.web_api.pages import next_cursor, take_page

MOST_TITLE = 255
MOST_EXTERNAL_ID = 255


def add(call: Call) -> Record:
    """Add a file by the app's own id for it; the same id again changes the file."""
    external_id = call.arguments.required("external_id")
    title, url = _title(call.arguments.required("title")), call.arguments.required("external_url")
    if len(external_id) > MOST_EXTERNAL_ID:
        raise SlackError("invalid_external_id")
    file = _standing(call, external_id, None)
    address = _address(url)
    call.picture("preview_image")
    if file is None:
        file = File(
            call.state.next_id("F"),
            title,
            0,
            user=call.actor,
            created=int(call.workspace.clock.now()),
            is_complete=True,
            external_id=external_id,
        )
        call.state.files[file.id] = file
    _change(file, title, address, call)
    return {"file": file_record(call.workspace, file)}


def update(call: Call) -> Record:
    file = _named(call)
    title = _title(call.arguments.text("title") or file.title)
    url = call.arguments.text("external_url")
    _change(file, title, _address(url) if url else file.external_url, call)
    return {"file": file_record(call.workspace, file)}


def info(call: Call) -> Record:
    return {"file": file_record(call.workspace, _named(call))}


def list_remote(call: Call) -> Record:
    """Answer the app's remote files, the newest first, as the arguments choose them."""
    channel = call.arguments.text("channel")
    start, end = call.arguments.number("ts_from", 0), call.arguments.number("ts_to", 2**62)
    found = [
        file
        for file in call.state.files.values()
        if file.external_id and start <= file.created <= end
        if not channel or channel in file.shares
    ]
    found.sort(key=lambda file: (file.created, file.id), reverse=True)
    page, cursor = take_page(call, found, default=100, most=1000)
    return {"files": [file_record(call.workspace, file) for file in page], **next_cursor(cursor)}


def remove(call: Call) -> Record:
    del call.state.files[_named(call).id]
    return {}


def share_remote(call: Call) -> Record:
    """Post the file into every channel named, or into none."""
    file = _named(call)
    names = call.arguments.words("channels")
    if not names:
        call.arguments.required("channels")
    for channel in [_channel(call, name) for name in names]:
        share(call.workspace, channel, [file], {**author_fields(call), "text": ""})
    return {"file": file_record(call.workspace, file)}


def _named(call: Call) -> File:
    """Return the file that `external_id` or `file` names."""
    external_id, file_id = call.arguments.text("external_id"), call.arguments.text("file")
    if not external_id and not file_id:
        raise SlackError("invalid_args")
    file = _standing(call, external_id, file_id)
    if file is None:
        raise SlackError("file_not_found")
    return file


def _standing(call: Call, external_id: str | None, file_id: str | None) -> File | None:
    for file in call.state.files.values():
        if file.external_id and (file.external_id == external_id or file.id == file_id):
            return file
    return None


def _channel(call: Call, name: str) -> Channel:
    channel = call.state.channels.get(name)
    if channel is None or not (channel.is_public or call.actor in channel.members):
        raise SlackError("channel_not_found")
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _title(title: str) -> str:
    if len(title) > MOST_TITLE:
        raise SlackError("bad_title")
    return title


def _address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise wrong_argument("external_url", "must be a valid URL")
    return url


def _change(file: File, title: str, url: str, call: Call) -> None:
    preview = call.picture("preview_image")
    file.name = file.title = title
    file.external_url = url
    file.kind = call.arguments.text("filetype") or file.kind
    file.content = preview or file.content
