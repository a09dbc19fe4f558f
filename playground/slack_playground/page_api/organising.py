"""What people do to messages and channels besides writing and clicking."""

import base64
from collections.abc import Awaitable, Callable

from slack_playground.errors import PageError
from slack_playground.page_api.request import Fields
from slack_playground.people import assistants, channels, editing, entities, workflows
from slack_playground.people.outcome import Outcome
from slack_playground.state import Record, User

Doing = Callable[[Fields], Awaitable[Record]]


def decoded(fields: Fields) -> bytes:
    """Return the bytes that `content` holds in base64."""
    try:
        return base64.b64decode(fields.text("content"), validate=True)
    except ValueError:
        raise PageError("wrong_type", "content must be base64.") from None


def _serving(do: Callable[[Fields], Outcome]) -> Doing:
    async def serve(fields: Fields) -> Record:
        return do(fields).as_json()

    return serve


def _edit(fields: Fields) -> Outcome:
    place = fields.workspace, fields.user(), fields.channel()
    return editing.edit(*place, fields.text("ts"), fields.text("text"))


def _delete(fields: Fields) -> Outcome:
    return editing.delete(fields.workspace, fields.user(), fields.channel(), fields.text("ts"))


def _pin(fields: Fields) -> Outcome:
    place = fields.workspace, fields.user(), fields.channel()
    return editing.pin_message(*place, fields.text("ts"), is_removed=fields.flag("remove"))


def _share(fields: Fields) -> Outcome:
    return editing.share_file(
        fields.workspace,
        fields.user(),
        fields.channel(),
        fields.text("name"),
        decoded(fields),
        fields.optional("text") or "",
        fields.optional("thread_ts"),
    )


def _create(fields: Fields) -> Outcome:
    is_private = fields.flag("is_private")
    return channels.create(
        fields.workspace, fields.user(), fields.text("name"), is_private=is_private
    )


def _join(fields: Fields) -> Outcome:
    return channels.join(fields.workspace, fields.user(), fields.channel())


def _leave(fields: Fields) -> Outcome:
    return channels.leave(fields.workspace, fields.user(), fields.channel())


def _invite(fields: Fields) -> Outcome:
    invited = [_person(fields, name) for name in _names(fields)]
    return channels.invite(fields.workspace, fields.user(), fields.channel(), invited)


def _kick(fields: Fields) -> Outcome:
    (other, *_) = [_person(fields, name) for name in _names(fields)]
    return channels.kick(fields.workspace, fields.user(), fields.channel(), other)


def _set_topic(fields: Fields) -> Outcome:
    place = fields.workspace, fields.user(), fields.channel()
    return channels.set_topic(*place, fields.text("text"))


def _rename(fields: Fields) -> Outcome:
    return channels.rename(fields.workspace, fields.user(), fields.channel(), fields.text("name"))


def _archive(fields: Fields) -> Outcome:
    return channels.archive(fields.workspace, fields.user(), fields.channel())


def _unarchive(fields: Fields) -> Outcome:
    place = fields.workspace, fields.user(), fields.channel()
    return channels.archive(*place, is_brought_back=True)


def _run_function(fields: Fields) -> Outcome:
    place = fields.workspace, fields.user()
    return workflows.run_function(*place, fields.text("callback_id"), fields.record("inputs"))


def _open_assistant(fields: Fields) -> Outcome:
    beside = None if fields.optional("channel") is None else fields.channel()
    return assistants.open_assistant(fields.workspace, fields.user(), beside)


def _look_at(fields: Fields) -> Outcome:
    place = fields.workspace, fields.user(), fields.text("thread_ts")
    return assistants.look_at(*place, fields.channel())


def _open_entity(fields: Fields) -> Outcome:
    place = fields.workspace, fields.user(), fields.channel()
    return entities.open_entity(*place, fields.text("ts"), fields.optional("url"))


def _names(fields: Fields) -> list[str]:
    said = fields.values.get("users")
    if not isinstance(said, list) or not said or not all(isinstance(one, str) for one in said):
        raise PageError("wrong_type", "users must be a list of people.")
    return said


def _person(fields: Fields, name: str) -> User:
    state = fields.workspace.state
    found = state.user(state.bot_user_id if name == "app" else name)
    if found is None:
        raise PageError("user_not_found", f"There is nobody called {name!r}.", status=404)
    return found


ORGANISING: dict[str, Doing] = {
    "messages/edit": _serving(_edit),
    "messages/delete": _serving(_delete),
    "pins": _serving(_pin),
    "files/share": _serving(_share),
    "functions": _serving(_run_function),
    "assistant": _serving(_open_assistant),
    "assistant/context": _serving(_look_at),
    "entity": _serving(_open_entity),
    "channels/create": _serving(_create),
    "channels/join": _serving(_join),
    "channels/leave": _serving(_leave),
    "channels/invite": _serving(_invite),
    "channels/kick": _serving(_kick),
    "channels/topic": _serving(_set_topic),
    "channels/rename": _serving(_rename),
    "channels/archive": _serving(_archive),
    "channels/unarchive": _serving(_unarchive),
}
