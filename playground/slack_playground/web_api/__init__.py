"""The Web API: every method that is served, and what it takes to call it."""

from slack_playground.timing.limits import TIER_1, TIER_2, TIER_3, TIER_4
from slack_playground.web_api import (
    agents,
    auth,
    blocks,
    canvases,
    custom_emoji,
    do_not_disturb,
    files,
    functions,
    manifests,
    oauth,
    presence,
    team,
    usergroups,
    users,
    views,
)
from slack_playground.web_api.call import Method, Takes
from slack_playground.web_api.conversations import bookmarks, channels, conversations, history
from slack_playground.web_api.external import calls, entities, remote_files
from slack_playground.web_api.lists import items, lists
from slack_playground.web_api.messages import chat, pins, reactions, scheduled, streams, unfurls
from slack_playground.web_api.personal import identity, reminders, saved_items, search

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_DISTURB = ("dnd:write",)
_WRITE_CANVASES = ("canvases:write",)
_ADMIN = ("admin",)
_WRITE_CALLS = ("calls:write",)
_WRITE_LISTS = ("lists:write",)
_WRITE_REMOTE = ("remote_files:write",)
_MANAGE = ("channels:manage", "groups:write")
_INVITE = (*_MANAGE, "channels:write.invites", "groups:write.invites")
_TOPIC = (*_MANAGE, "channels:write.topic", "groups:write.topic")
_OPEN = ("im:write", "mpim:write", "channels:manage", "groups:write")

# The tiers: https://docs.slack.dev/apis/web-api/rate-limits and each method's page.
METHODS: dict[str, Method] = {
    "agents.sessions.rename": Method(
        agents.rename_session, ("chat:write",), TIER_3, takes=Takes.BOT
    ),
    "agents.sessions.setStatus": Method(
        agents.set_session_status, ("chat:write",), TIER_3, takes=Takes.BOT
    ),
    "api.test": Method(auth.api_test, takes=Takes.NOTHING),
    "apps.connections.open": Method(
        auth.open_connection, ("connections:write",), TIER_3, takes=Takes.APP, is_post=True
    ),
    "apps.event.authorizations.list": Method(
        auth.list_authorizations, ("authorizations:read",), takes=Takes.APP
    ),
    "apps.manifest.create": Method(manifests.create, per_minute=TIER_1, takes=Takes.CONFIG),
    "apps.manifest.delete": Method(manifests.delete, per_minute=TIER_1, takes=Takes.CONFIG),
    "apps.manifest.export": Method(manifests.export, per_minute=TIER_3, takes=Takes.CONFIG),
    "apps.manifest.update": Method(manifests.update, per_minute=TIER_1, takes=Takes.CONFIG),
    "apps.manifest.validate": Method(manifests.validate, per_minute=TIER_3, takes=Takes.CONFIG),
    "apps.uninstall": Method(oauth.uninstall_app),
    "assistant.threads.setStatus": Method(
        agents.set_status, ("chat:write", "assistant:write"), 600, takes=Takes.BOT
    ),
    "assistant.threads.setSuggestedPrompts": Method(
        agents.set_suggested_prompts, ("assistant:write",), TIER_4, takes=Takes.BOT
    ),
    "assistant.threads.setTitle": Method(
        agents.set_title, ("assistant:write",), TIER_4, takes=Takes.BOT
    ),
    "auth.revoke": Method(oauth.revoke_token, per_minute=TIER_3),
    "auth.teams.list": Method(team.list_of_token, per_minute=TIER_2),
    "auth.test": Method(auth.auth_test),
    "blocks.validate": Method(blocks.validate, takes=Takes.NOTHING),
    "bookmarks.add": Method(bookmarks.add, ("bookmarks:write",), TIER_2),
    "bookmarks.edit": Method(bookmarks.edit, ("bookmarks:write",), TIER_2),
    "bookmarks.list": Method(bookmarks.list_bookmarks, ("bookmarks:read",), TIER_3),
    "bookmarks.remove": Method(bookmarks.remove, ("bookmarks:write",), TIER_2),
    "bots.info": Method(auth.bot_info, ("users:read",), TIER_3),
    "calls.add": Method(calls.add, _WRITE_CALLS, TIER_3),
    "calls.end": Method(calls.end, _WRITE_CALLS, TIER_3),
    "calls.info": Method(calls.info, ("calls:read",), TIER_3),
    "calls.participants.add": Method(calls.add_participants, _WRITE_CALLS, TIER_3),
    "calls.participants.remove": Method(calls.remove_participants, _WRITE_CALLS, TIER_3),
    "calls.update": Method(calls.update, _WRITE_CALLS, TIER_3),
    "canvases.access.delete": Method(canvases.delete_access, _WRITE_CANVASES, TIER_3),
    "canvases.access.set": Method(canvases.set_access, _WRITE_CANVASES, TIER_3),
    "canvases.create": Method(canvases.create, _WRITE_CANVASES, TIER_2),
    "canvases.delete": Method(canvases.delete, _WRITE_CANVASES, TIER_3),
    "canvases.edit": Method(canvases.edit, _WRITE_CANVASES, TIER_3),
    "canvases.getContent": Method(canvases.get_content, ("canvases:read",), TIER_3),
    "canvases.sections.lookup": Method(canvases.look_up_sections, ("canvases:read",), TIER_3),
    "chat.appendStream": Method(streams.append, ("chat:write",), TIER_4, takes=Takes.BOT),
    "chat.delete": Method(chat.delete, ("chat:write",), TIER_3),
    "chat.deleteScheduledMessage": Method(scheduled.delete_scheduled, ("chat:write",), TIER_3),
    "chat.getPermalink": Method(chat.get_permalink),
    "chat.meMessage": Method(chat.post_me_message, ("chat:write",), TIER_3),
    "chat.postEphemeral": Method(chat.post_ephemeral, ("chat:write",), TIER_4),
    "chat.postMessage": Method(chat.post_message, ("chat:write",)),
    "chat.scheduleMessage": Method(scheduled.schedule, ("chat:write",), TIER_3),
    "chat.scheduledMessages.list": Method(scheduled.list_scheduled, per_minute=TIER_3),
    "chat.startStream": Method(streams.start, ("chat:write",), TIER_2, takes=Takes.BOT),
    "chat.stopStream": Method(streams.stop, ("chat:write",), TIER_2, takes=Takes.BOT),
    "chat.unfurl": Method(unfurls.unfurl, ("links:write",), TIER_3),
    "chat.update": Method(chat.update, ("chat:write",), TIER_3),
    "conversations.archive": Method(channels.archive, _MANAGE, TIER_2),
    "conversations.canvases.create": Method(canvases.create_in_channel, _WRITE_CANVASES, TIER_2),
    "conversations.close": Method(channels.close, _OPEN, TIER_2),
    "conversations.create": Method(channels.create, _MANAGE, TIER_2),
    "conversations.history": Method(history.history, _HISTORY, TIER_3),
    "conversations.info": Method(conversations.info, _READ, TIER_3),
    "conversations.invite": Method(channels.invite, _INVITE, TIER_3),
    "conversations.join": Method(conversations.join, ("channels:join",), TIER_3),
    "conversations.kick": Method(channels.kick, _MANAGE, TIER_3),
    "conversations.leave": Method(channels.leave, _MANAGE, TIER_3),
    "conversations.list": Method(conversations.list_channels, _READ, TIER_2),
    "conversations.mark": Method(channels.mark, _OPEN, TIER_3),
    "conversations.members": Method(conversations.members, _READ, TIER_4),
    "conversations.open": Method(conversations.open_conversation, _OPEN, TIER_3),
    "conversations.rename": Method(channels.rename, _MANAGE, TIER_2),
    "conversations.replies": Method(history.replies, _HISTORY, TIER_3),
    "conversations.setPurpose": Method(channels.set_purpose, _TOPIC, TIER_2),
    "conversations.setTopic": Method(channels.set_topic, _TOPIC, TIER_2),
    "conversations.unarchive": Method(channels.unarchive, _MANAGE, TIER_2),
    "dnd.endDnd": Method(do_not_disturb.end, _DISTURB, TIER_2, takes=Takes.PERSON),
    "dnd.endSnooze": Method(do_not_disturb.end_snooze, _DISTURB, TIER_2, takes=Takes.PERSON),
    "dnd.info": Method(do_not_disturb.info, ("dnd:read",), TIER_3),
    "dnd.setSnooze": Method(do_not_disturb.set_snooze, _DISTURB, TIER_2, takes=Takes.PERSON),
    "dnd.teamInfo": Method(do_not_disturb.team_info, ("dnd:read",), TIER_2),
    "emoji.list": Method(custom_emoji.list_emoji, ("emoji:read",), TIER_2),
    "entity.presentDetails": Method(entities.present_details, per_minute=TIER_3, takes=Takes.BOT),
    "files.completeUploadExternal": Method(files.complete_upload, ("files:write",), TIER_4),
    "files.delete": Method(files.delete, ("files:write",), TIER_3),
    "files.getUploadURLExternal": Method(files.get_upload_url, ("files:write",), TIER_4),
    "files.info": Method(files.info, ("files:read",), TIER_4),
    "files.list": Method(files.list_files, ("files:read",), TIER_3),
    "files.remote.add": Method(remote_files.add, _WRITE_REMOTE, TIER_2, takes=Takes.BOT),
    "files.remote.info": Method(remote_files.info, ("remote_files:read",), TIER_2),
    "files.remote.list": Method(remote_files.list_remote, ("remote_files:read",), TIER_2),
    "files.remote.remove": Method(remote_files.remove, _WRITE_REMOTE, TIER_2, takes=Takes.BOT),
    "files.remote.share": Method(remote_files.share_remote, ("remote_files:share",), TIER_2),
    "files.remote.update": Method(remote_files.update, _WRITE_REMOTE, TIER_2, takes=Takes.BOT),
    "files.revokePublicURL": Method(
        files.revoke_public, ("files:write",), TIER_3, takes=Takes.PERSON
    ),
    "files.sharedPublicURL": Method(
        files.make_public, ("files:write",), TIER_3, takes=Takes.PERSON
    ),
    "functions.completeError": Method(functions.complete_error, per_minute=TIER_3),
    "functions.completeSuccess": Method(functions.complete_success, per_minute=TIER_3),
    "oauth.v2.access": Method(oauth.access, takes=Takes.NOTHING),
    "oauth.v2.exchange": Method(oauth.exchange, per_minute=TIER_3, takes=Takes.NOTHING),
    "openid.connect.token": Method(oauth.sign_in, per_minute=TIER_4, takes=Takes.NOTHING),
    "openid.connect.userInfo": Method(identity.user_info, ("openid",), TIER_3, takes=Takes.PERSON),
    "pins.add": Method(pins.add, ("pins:write",), TIER_2),
    "pins.list": Method(pins.list_pins, ("pins:read",), TIER_2),
    "pins.remove": Method(pins.remove, ("pins:write",), TIER_2),
    "reactions.add": Method(reactions.add, ("reactions:write",), TIER_3),
    "reactions.get": Method(reactions.get, ("reactions:read",), TIER_3),
    "reactions.list": Method(reactions.list_reactions, ("reactions:read",), TIER_2),
    "reactions.remove": Method(reactions.remove, ("reactions:write",), TIER_2),
    "reminders.add": Method(reminders.add, ("reminders:write",), TIER_2, takes=Takes.PERSON),
    "reminders.complete": Method(
        reminders.complete, ("reminders:write",), TIER_2, takes=Takes.PERSON
    ),
    "reminders.delete": Method(reminders.delete, ("reminders:write",), TIER_2, takes=Takes.PERSON),
    "reminders.info": Method(reminders.info, ("reminders:read",), TIER_2, takes=Takes.PERSON),
    "reminders.list": Method(
        reminders.list_reminders, ("reminders:read",), TIER_2, takes=Takes.PERSON
    ),
    "search.all": Method(search.search_all, ("search:read",), TIER_2, takes=Takes.PERSON),
    "search.files": Method(search.search_files, ("search:read",), TIER_2, takes=Takes.PERSON),
    "search.messages": Method(search.search_messages, ("search:read",), TIER_2, takes=Takes.PERSON),
    "slackLists.access.delete": Method(lists.delete_access, _WRITE_LISTS, TIER_3),
    "slackLists.access.set": Method(lists.set_access, _WRITE_LISTS, TIER_3),
    "slackLists.create": Method(lists.create, _WRITE_LISTS, TIER_2),
    "slackLists.items.create": Method(items.create, _WRITE_LISTS, TIER_3),
    "slackLists.items.delete": Method(items.delete, _WRITE_LISTS, TIER_2),
    "slackLists.items.deleteMultiple": Method(items.delete_multiple, _WRITE_LISTS, TIER_2),
    "slackLists.items.info": Method(items.info, ("lists:read",), TIER_2),
    "slackLists.items.list": Method(items.list_items, ("lists:read",), TIER_2),
    "slackLists.items.update": Method(items.update, _WRITE_LISTS, TIER_3),
    "slackLists.update": Method(lists.update, _WRITE_LISTS, TIER_2),
    "stars.add": Method(saved_items.add, ("stars:write",), TIER_2, takes=Takes.PERSON),
    "stars.list": Method(saved_items.list_stars, ("stars:read",), TIER_3, takes=Takes.PERSON),
    "stars.remove": Method(saved_items.remove, ("stars:write",), TIER_2, takes=Takes.PERSON),
    "team.accessLogs": Method(team.access_logs, _ADMIN, TIER_2, takes=Takes.PERSON),
    "team.billableInfo": Method(team.billable_info, _ADMIN, TIER_2, takes=Takes.PERSON),
    "team.billing.info": Method(team.billing, ("team.billing:read",), TIER_3),
    "team.info": Method(team.info, ("team:read",), TIER_3),
    "team.integrationLogs": Method(team.integration_logs, _ADMIN, TIER_2, takes=Takes.PERSON),
    "team.preferences.list": Method(team.preferences, ("team.preferences:read",), TIER_2),
    "team.profile.get": Method(team.profile, ("users.profile:read",), TIER_3),
    "tooling.tokens.rotate": Method(manifests.rotate_token, takes=Takes.NOTHING),
    "usergroups.create": Method(usergroups.create, ("usergroups:write",), TIER_2),
    "usergroups.disable": Method(usergroups.disable, ("usergroups:write",), TIER_2),
    "usergroups.enable": Method(usergroups.enable, ("usergroups:write",), TIER_2),
    "usergroups.list": Method(usergroups.list_usergroups, ("usergroups:read",), TIER_2),
    "usergroups.update": Method(usergroups.update, ("usergroups:write",), TIER_2),
    "usergroups.users.list": Method(usergroups.list_usergroup_users, ("usergroups:read",), TIER_2),
    "usergroups.users.update": Method(usergroups.update_users, ("usergroups:write",), TIER_2),
    "users.conversations": Method(conversations.list_of_user, _READ, TIER_3),
    "users.deletePhoto": Method(
        users.delete_photo, ("users.profile:write",), TIER_2, takes=Takes.PERSON
    ),
    "users.getPresence": Method(presence.get_presence, ("users:read",), TIER_3),
    "users.identity": Method(identity.identity, ("identity.basic",), TIER_3, takes=Takes.PERSON),
    "users.info": Method(users.info, ("users:read",), TIER_4),
    "users.list": Method(users.list_users, ("users:read",), TIER_2),
    "users.lookupByEmail": Method(users.lookup_by_email, ("users:read.email",), TIER_3),
    "users.profile.get": Method(users.get_profile, ("users.profile:read",), TIER_4),
    "users.profile.set": Method(
        users.set_profile, ("users.profile:write",), TIER_3, takes=Takes.PERSON
    ),
    "users.setPhoto": Method(users.set_photo, ("users.profile:write",), TIER_2, takes=Takes.PERSON),
    "users.setPresence": Method(presence.set_presence, ("users:write",), TIER_2),
    "views.open": Method(views.open_view, per_minute=TIER_4, takes=Takes.BOT),
    "views.publish": Method(views.publish_view, per_minute=TIER_4, takes=Takes.BOT),
    "views.push": Method(views.push_view, per_minute=TIER_4, takes=Takes.BOT),
    "views.update": Method(views.update_view, per_minute=TIER_4, takes=Takes.BOT),
}
