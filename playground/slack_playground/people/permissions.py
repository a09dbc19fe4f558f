"""What the manifest does not allow people to do, and what to add to it so that it does."""

from slack_playground.app.manifest import EVENT_SCOPES
from slack_playground.state import Channel, User
from slack_playground.workspace import Workspace


def refuse_command(workspace: Workspace, user: User, channel: Channel, command: str) -> str | None:
    """Return why a slash command cannot be run, after telling the person what to add."""
    if is_not_installed(workspace, user):
        return "app_not_installed"
    if not workspace.manifest.is_known:
        return None
    if command not in workspace.manifest.commands:
        add = f'features.slash_commands: {{"command": "{command}", "description": "…"}}'
        workspace.refuse(user.id, f"{command} is not a command of this app.", add, channel.id)
        return "unknown_command"
    return _without_commands_scope(workspace, user, f"{command} needs a scope.")


def refuse_shortcut(workspace: Workspace, user: User, callback_id: str, kind: str) -> str | None:
    """Return why a shortcut cannot be used, after telling the person what to add."""
    if is_not_installed(workspace, user):
        return "app_not_installed"
    declared = workspace.manifest.shortcuts.get(callback_id)
    is_unknown = declared is None and workspace.manifest.is_known
    if is_unknown or (declared is not None and declared.type != kind):
        add = (
            f'features.shortcuts: {{"type": "{kind}", "callback_id": "{callback_id}", '
            '"name": "…", "description": "…"}'
        )
        workspace.refuse(user.id, f"{callback_id} is no {kind} shortcut of this app.", add)
        return "unknown_command"
    if is_not_interactive(workspace, user, None):
        return "interactivity_disabled"
    return _without_commands_scope(workspace, user, f"The shortcut {callback_id} needs a scope.")


def refuse_home(workspace: Workspace, user: User, tab: str) -> str | None:
    """Return why the app's Home cannot be opened, after telling the person what to add."""
    if is_not_installed(workspace, user):
        return "app_not_installed"
    manifest = workspace.manifest
    if tab == "home" and not manifest.home_tab:
        add = 'features.app_home: {"home_tab_enabled": true}'
        workspace.refuse(user.id, "This app has no Home tab.", add)
        return "home_tab_disabled"
    if tab == "messages" and not manifest.messages_tab:
        add = 'features.app_home: {"messages_tab_enabled": true}'
        workspace.refuse(user.id, "This app has no Messages tab.", add)
        return "messages_tab_disabled"
    return None


def is_closed_for_writing(workspace: Workspace, user: User, channel: Channel) -> bool:
    """Say whether a person cannot write to the bot, and tell them what to add."""
    manifest = workspace.manifest
    if manifest.messages_tab and not manifest.messages_read_only:
        return False
    add = (
        'features.app_home: {"messages_tab_enabled": true, "messages_tab_read_only_enabled": false}'
    )
    workspace.refuse(user.id, "This app takes no messages.", add, channel.id)
    return True


def is_not_interactive(workspace: Workspace, user: User, channel: Channel | None) -> bool:
    """Say whether the app hears of no clicks, and tell the person what to add."""
    if workspace.manifest.interactivity:
        return False
    place = None if channel is None else channel.id
    add = 'settings.interactivity: {"is_enabled": true}'
    workspace.refuse(user.id, "This app is not interactive.", add, place)
    return True


def is_not_installed(workspace: Workspace, user: User) -> bool:
    if workspace.state.is_installed:
        return False
    text = f"{workspace.manifest.name} is not installed in {workspace.state.team_name}."
    workspace.tell_notice(user.id, f"{text} Open {workspace.address}/oauth/v2/authorize for it.")
    return True


def hears(workspace: Workspace, user: User, event: str) -> bool:
    """Say whether the app subscribes to an event; if not, tell the person once what to add."""
    manifest = workspace.manifest
    what = f"This app does not hear {event}."
    if not manifest.subscribes(event):
        if what not in workspace.state.refused:
            add = f'"{event}" in settings.event_subscriptions.bot_events'
            scope = EVENT_SCOPES.get(event)
            if scope is not None and not manifest.has_scope(scope):
                add += f' and "{scope}" in oauth_config.scopes.bot'
            workspace.refuse(user.id, what, add)
        return False
    return True


def _without_commands_scope(workspace: Workspace, user: User, what: str) -> str | None:
    if workspace.manifest.has_scope("commands"):
        return None
    workspace.refuse(user.id, what, '"commands" in oauth_config.scopes.bot')
    return "missing_scope"
