"""What people do on the page."""

from collections.abc import Awaitable, Callable

from slack_playground.conversations.files import file_record, keep
from slack_playground.drawn import draw_inside, draw_message, names_of
from slack_playground.page_api.organising import ORGANISING, decoded
from slack_playground.page_api.request import Fields
from slack_playground.people import actions, commands, home, reacting, shortcuts, views, writing
from slack_playground.people.containers import find_container, find_view
from slack_playground.people.outcome import Outcome
from slack_playground.state import Record


async def write(fields: Fields) -> Record:
    outcome = writing.write(
        fields.workspace,
        fields.user(),
        fields.channel(),
        fields.text("text"),
        fields.optional("thread_ts"),
    )
    if outcome.ok:
        names = names_of(fields.workspace.state)
        outcome.answer["message"] = draw_message(outcome.answer["message"], names)
    return outcome.as_json()


async def command(fields: Fields) -> Record:
    outcome = await commands.run_command(
        fields.workspace,
        fields.user(),
        fields.channel(),
        fields.text("text"),
        fields.optional("thread_ts"),
    )
    return outcome.as_json()


async def act(fields: Fields) -> Record:
    user = fields.user()
    container = find_container(fields.workspace, user, fields.record("container"))
    filled = fields.record("state").get("values") or {}
    outcome = await actions.act(fields.workspace, user, container, fields.record("action"), filled)
    return outcome.as_json()


async def options(fields: Fields) -> Record:
    user = fields.user()
    container = find_container(fields.workspace, user, fields.record("container"))
    outcome = await actions.ask_options(fields.workspace, user, container, fields.values)
    return outcome.as_json()


async def submit(fields: Fields) -> Record:
    user = fields.user()
    view = find_view(fields.workspace, user, fields.text("view_id"))
    outcome: Outcome = await views.submit(fields.workspace, user, view, fields.record("values"))
    return outcome.as_json()


async def close(fields: Fields) -> Record:
    outcome = await views.close(
        fields.workspace, fields.user(), is_all=bool(fields.values.get("all"))
    )
    return outcome.as_json()


async def open_home(fields: Fields) -> Record:
    outcome = home.open_home(fields.workspace, fields.user(), fields.optional("tab") or "home")
    if not outcome.ok:
        return outcome.as_json()
    names = names_of(fields.workspace.state)
    return {"ok": True, "view": draw_inside(outcome.answer["view"], names)}


async def shortcut(fields: Fields) -> Record:
    ts = fields.optional("ts")
    outcome = await shortcuts.run_shortcut(
        fields.workspace,
        fields.user(),
        fields.text("callback_id"),
        None if ts is None else fields.channel(),
        ts,
    )
    return outcome.as_json()


async def upload(fields: Fields) -> Record:
    """Keep a file of a person, to be chosen in a file input: its bytes in base64."""
    file = keep(fields.workspace, fields.user(), fields.text("name"), decoded(fields))
    return {"ok": True, "file": file_record(fields.workspace, file)}


async def react(fields: Fields) -> Record:
    outcome = reacting.react(
        fields.workspace,
        fields.user(),
        fields.channel(),
        fields.text("ts"),
        fields.text("name"),
        is_removed=fields.flag("remove"),
    )
    return outcome.as_json()


REQUESTS: dict[str, Callable[[Fields], Awaitable[Record]]] = {
    "messages": write,
    "command": command,
    "actions": act,
    "options": options,
    "views/submit": submit,
    "views/close": close,
    "home": open_home,
    "shortcuts": shortcut,
    "reactions": react,
    "files": upload,
    **ORGANISING,
}
