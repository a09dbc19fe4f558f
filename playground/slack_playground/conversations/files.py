"""Files: what Slack tells of them, and those that people choose in a modal."""

from pathlib import PurePath

from slack_playground.conversations import messages
from slack_playground.delivery.message_events import tell_file_shared
from slack_playground.errors import PageError
from slack_playground.state import Channel, File, Record, User
from slack_playground.workspace import Workspace

_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "csv": "text/csv",
    "json": "application/json",
    "txt": "text/plain",
    "md": "text/markdown",
    "pdf": "application/pdf",
}


def file_type(name: str) -> str:
    """Return Slack's word for the kind of file: its ending, or `text`."""
    return PurePath(name).suffix.removeprefix(".").lower() or "text"


def content_type(name: str) -> str:
    return _TYPES.get(file_type(name), "application/octet-stream")


def file_record(workspace: Workspace, file: File) -> Record:
    """Return a file as Slack answers and sends it."""
    address = f"{workspace.address}/files/{file.id}"
    channels = workspace.state.channels
    places = [channels[one] for one in file.shares if one in channels]
    public = {one.id: _shares(workspace, one, file) for one in places if one.is_public}
    private = {one.id: _shares(workspace, one, file) for one in places if one.is_private}
    shares = {"public": public, "private": private}
    record = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": content_type(file.name),
        "filetype": file_type(file.name),
        "size": len(file.content or b""),
        "user": file.user,
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(public),
        "public_url_shared": bool(file.public_secret),
        "url_private": address,
        "url_private_download": address,
        "permalink": address,
        "channels": list(public),
        "groups": list(private),
        "ims": [one.id for one in places if one.is_im],
        "shares": {name: one for name, one in shares.items() if one},
    }
    if file.public_secret:
        record["permalink_public"] = f"{address}?pub_secret={file.public_secret}"
    return {**record, **_elsewhere(file)} if file.external_id else record


def _elsewhere(file: File) -> Record:
    """Return what differs for a file that lies in another service."""
    return {
        "mimetype": "application/octet-stream",
        "filetype": file.kind or "remote",
        "pretty_type": file.kind or "Remote",
        "size": 0,
        "mode": "external",
        "is_external": True,
        "external_type": "app",
        "external_id": file.external_id,
        "external_url": file.external_url,
        "url_private": file.external_url,
        "has_rich_preview": file.content is not None,
    }


def _shares(workspace: Workspace, channel: Channel, file: File) -> list[Record]:
    """Return where in a channel a file stands: one entry for each message that holds it."""
    found = []
    for ts in file.shares[channel.id]:
        thread = channel.threads.get(ts)
        found.append(
            {
                "ts": ts,
                "channel_name": channel.name,
                "team_id": workspace.state.team_id,
                "share_user_id": file.user,
                "source": "UNKNOWN",
                "reply_users": [] if thread is None else list(thread.writers)[:5],
                "reply_users_count": 0 if thread is None else len(thread.writers),
                "reply_count": 0 if thread is None else len(thread.replies),
            }
        )
    return found


def file_kinds(name: str) -> set[str]:
    """Return the words by which `types` of files.list finds a file."""
    kind = content_type(name)
    words = {file_type(name)}
    if kind.startswith("image/"):
        words.add("images")
    return words | ({"snippets"} if kind.startswith("text/") else set())


def share(
    workspace: Workspace, channel: Channel, files: list[File], body: Record, *, author: str = ""
) -> Record:
    """Post a message with files; they tell from then on that they stand there."""
    shared = [{**file_record(workspace, file), "is_public": channel.is_public} for file in files]
    kind = {} if "subtype" in body else {"subtype": "file_share"}
    fields = {**body, **kind, "upload": True, "files": shared}
    posted = messages.post(workspace, channel, fields, author=author)
    for file in files:
        file.shares.setdefault(channel.id, []).append(posted["ts"])
        tell_file_shared(workspace, channel, file.id, file.user)
    return posted


def keep(workspace: Workspace, user: User, name: str, content: bytes) -> File:
    """Keep a file that a person chose; it is shared nowhere yet."""
    state = workspace.state
    file = File(
        state.next_id("F"),
        name,
        len(content),
        user=user.id,
        content=content,
        created=int(workspace.clock.now()),
        is_complete=True,
    )
    state.files[file.id] = file
    return file


def chosen_files(workspace: Workspace, user: User, said: list[object]) -> list[Record]:
    """Return the whole of files that are named by id or `{"id": …}`; they must be the person's."""
    found = []
    for one in said:
        file_id = one.get("id") if isinstance(one, dict) else one
        file = workspace.state.files.get(str(file_id))
        if file is None or file.user != user.id:
            raise PageError("file_not_found", f"{user.name} has no file {file_id}.", status=404)
        file.is_handed = True
        found.append(file_record(workspace, file))
    return found
