"""The messages and files that fit a query, among those that somebody may see."""

from collections.abc import Iterator

from slack_playground.searching.query import Query
from slack_playground.state import Channel, File, Message, Record, State


def channels_of(state: State, user: str) -> Iterator[Channel]:
    """Yield the conversations in which a person finds something: public ones and their own."""
    for channel in state.channels.values():
        if channel.is_public or user in channel.members:
            yield channel


def found_messages(
    state: State, query: Query, user: str, channels: list[Channel]
) -> list[tuple[Channel, Record]]:
    """Return what fits in these conversations, the newest first; tombstones are nothing."""
    offset = state.users[user].tz_offset
    found = [
        (channel, message.body)
        for channel in channels
        if _is_place(state, query, channel)
        for message in channel.messages.values()
        if message.body.get("subtype") != "tombstone"
        and query.fits_text(message.body.get("text", ""))
        and query.fits_day(float(message.body["ts"]), offset)
        and _is_written_by(state, query, message, user)
        and all(_has(channel, message, what) for what in query.has)
        and not (query.excluded and _fits_any(state, query.excluded, channel, message, user))
    ]
    return sorted(found, key=lambda one: one[1]["ts"], reverse=True)


def found_files(state: State, query: Query, user: str, channels: list[Channel]) -> list[File]:
    """Return the finished files that fit by title, name or content, the newest first."""
    within = {one.id for one in channels if _is_place(state, query, one)}
    excluded = query.excluded or Query()
    without = {one.id for one in channels if excluded.places and _is_place(state, excluded, one)}
    offset = state.users[user].tz_offset
    found = [
        file
        for file in state.files.values()
        if file.is_complete
        and (file.user == user or within & file.shares.keys())
        and (not query.places or within & file.shares.keys())
        and (not query.writers or _named(state, query, user, file.user))
        and not without & file.shares.keys()
        and not _named(state, excluded, user, file.user)
        and query.fits_text(f"{file.title} {file.name} {_content(file)}")
        and query.fits_day(file.created, offset)
    ]
    return sorted(found, key=lambda one: (one.created, one.id), reverse=True)


def _fits_any(state: State, query: Query, channel: Channel, message: Message, user: str) -> bool:
    return (
        bool(query.places and _is_place(state, query, channel))
        or bool(query.writers and _is_written_by(state, query, message, user))
        or any(_has(channel, message, what) for what in query.has)
    )


def _content(file: File) -> str:
    return (file.content or b"").decode("utf-8", "ignore")


def _is_place(state: State, query: Query, channel: Channel) -> bool:
    if not query.places:
        return True
    people = {state.users[one].name for one in channel.members} if channel.is_im else set()
    return any(one in (channel.id, channel.name) or one in people for one in query.places)


def _is_written_by(state: State, query: Query, message: Message, user: str) -> bool:
    if not query.writers:
        return True
    return _named(state, query, user, message.author) or any(
        one == message.body.get("username") for one in query.writers
    )


def _named(state: State, query: Query, user: str, writer: str) -> bool:
    known = state.users.get(writer)
    names = {writer, known.name if known else "", "me" if writer == user else writer}
    return any(one in names for one in query.writers)


def _has(channel: Channel, message: Message, what: str) -> bool:
    body = message.body
    if what == "pin":
        return body["ts"] in channel.pins
    if what == "reaction":
        return bool(message.reactions)
    if what.startswith(":"):
        return what.strip(":") in message.reactions
    if what == "link":
        return "<http" in body.get("text", "")
    return what == "file" and bool(body.get("files"))
