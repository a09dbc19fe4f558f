"""Files: what Slack tells of them, and those that people choose in a modal."""

from pathlib import PurePath

from slack_playground.errors import PageError
from slack_playground.state import File, Record, User
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
    return {
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
        "is_public": bool(file.channels),
        "url_private": address,
        "url_private_download": address,
        "permalink": address,
        "channels": list(file.channels),
    }


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
        found.append(file_record(workspace, file))
    return found
