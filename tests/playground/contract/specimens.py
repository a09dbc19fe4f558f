"""One call of every method that works in a fresh workspace, for rules that hold for all."""

import json
from dataclasses import dataclass
from typing import Any

from slack_playground import Playground

from tests.playground.wire import ADA, CLEO, OPS, RANDOM, Api, modal, section

FILE_BYTES = b"a,b"
RECIPIENT = {"recipient_user_id": ADA, "recipient_team_id": "T0PLAYGRND"}
CLIENT = {"client_id": Playground.client_id, "client_secret": Playground.client_secret}
DOCUMENT = {"type": "markdown", "markdown": "# x"}


@dataclass
class Fresh:
    """What stands in the workspace before the call: a message, a file, a trigger, a modal."""

    ts: str
    file: str
    trigger: str
    second_trigger: str
    view: str
    scheduled: str
    stream: str
    code: str
    canvas: str
    call: str
    list: str
    item: str
    reminder: str


async def freshen(playground: Playground, api: Api) -> Fresh:
    """Go back to the seed and prepare what the calls below act on."""
    playground.reset()
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    begun = await api("files.getUploadURLExternal", filename="t.csv", length=len(FILE_BYTES))
    async with api.session.post(begun["upload_url"], data=FILE_BYTES) as response:
        assert response.status == 200
    workspace = playground.workspace
    first, second, third = (workspace.triggers.issue(workspace.state, ADA) for _ in range(3))
    view = (await api("views.open", trigger_id=first, view=modal()))["view"]["id"]
    later = int(workspace.clock.now()) + 60
    planned = await api("chat.scheduleMessage", channel=OPS, text="later", post_at=later)
    stream = await api("chat.startStream", channel=OPS, thread_ts=ts, **RECIPIENT)
    code = workspace.platform.installations.allow(
        playground.state.team_id, ADA, frozenset({"chat:write"}), "http://127.0.0.1/done"
    )
    canvas = await api("canvases.create", title="x")
    await api("files.remote.add", external_id="soup", external_url="https://a.test", title="x")
    call = await api("calls.add", external_unique_id="1", join_url="https://a.test")
    made = await api("slackLists.create", name="x")
    item = await api("slackLists.items.create", list_id=made["list_id"])
    _, reminded = await api.raw(
        "reminders.add", token=playground.user_token, json={"text": "x", "time": "in 5 minutes"}
    )
    return Fresh(
        ts,
        begun["file_id"],
        second,
        third,
        view,
        planned["scheduled_message_id"],
        stream["ts"],
        code,
        canvas["canvas_id"],
        call["call"]["id"],
        made["list_id"],
        item["item"]["id"],
        reminded["reminder"]["id"],
    )


def calls(fresh: Fresh) -> dict[str, dict[str, Any]]:
    """Return the arguments of one working call of each method."""
    message = {"channel": OPS, "ts": fresh.ts}
    return {
        "agents.sessions.rename": {"channel_id": OPS, "thread_ts": fresh.ts, "title": "x"},
        "agents.sessions.setStatus": {
            "channel_id": OPS,
            "thread_ts": fresh.ts,
            "status": "processing",
        },
        **_outside(fresh),
        **_lists(fresh),
        **_of_people(fresh),
        "api.test": {"a": "1"},
        "apps.connections.open": {},
        "apps.manifest.validate": {"manifest": {"display_information": {"name": "x"}}},
        "apps.uninstall": CLIENT,
        "assistant.threads.setStatus": {
            "channel_id": OPS,
            "thread_ts": fresh.ts,
            "status": "thinking",
        },
        "assistant.threads.setSuggestedPrompts": {
            "channel_id": OPS,
            "thread_ts": fresh.ts,
            "prompts": [{"title": "x", "message": "y"}],
        },
        "assistant.threads.setTitle": {"channel_id": OPS, "thread_ts": fresh.ts, "title": "x"},
        "auth.revoke": {"test": True},
        "auth.teams.list": {"limit": 2},
        "auth.test": {},
        "blocks.validate": {"blocks": json.dumps([section()])},
        "bookmarks.add": {
            "channel_id": OPS,
            "title": "x",
            "type": "link",
            "link": "https://a.test",
        },
        "bookmarks.edit": {"channel_id": OPS, "bookmark_id": "Bk1", "title": "y"},
        "bookmarks.list": {"channel_id": OPS},
        "bookmarks.remove": {"channel_id": OPS, "bookmark_id": "Bk1"},
        "bots.info": {},
        "canvases.access.delete": {"canvas_id": fresh.canvas, "user_ids": [CLEO]},
        "canvases.access.set": {
            "canvas_id": fresh.canvas,
            "access_level": "read",
            "channel_ids": [OPS],
        },
        "canvases.create": {"title": "x", "document_content": DOCUMENT},
        "canvases.delete": {"canvas_id": fresh.canvas},
        "canvases.edit": {
            "canvas_id": fresh.canvas,
            "changes": [{"operation": "insert_at_end", "document_content": DOCUMENT}],
        },
        "canvases.getContent": {"canvas_id": fresh.canvas},
        "canvases.sections.lookup": {
            "canvas_id": fresh.canvas,
            "criteria": {"section_types": ["any_header"]},
        },
        "chat.appendStream": {"channel": OPS, "ts": fresh.stream, "markdown_text": "x"},
        "chat.delete": message,
        "chat.deleteScheduledMessage": {"channel": OPS, "scheduled_message_id": fresh.scheduled},
        "chat.scheduleMessage": {"channel": OPS, "text": "x", "post_at": 1_800_000_100},
        "chat.scheduledMessages.list": {"channel": OPS},
        "chat.startStream": {"channel": OPS, "thread_ts": fresh.ts, **RECIPIENT},
        "chat.stopStream": {"channel": OPS, "ts": fresh.stream, "blocks": [section()]},
        "chat.getPermalink": {"channel": OPS, "message_ts": fresh.ts},
        "chat.meMessage": {"channel": OPS, "text": "cooks"},
        "chat.postEphemeral": {"channel": OPS, "user": ADA, "text": "x"},
        "chat.postMessage": {"channel": OPS, "text": "x", "blocks": [section()]},
        "chat.unfurl": {**message, "unfurls": {"https://a.test": {"text": "x"}}},
        "chat.update": {**message, "text": "y"},
        "conversations.archive": {"channel": OPS},
        "conversations.canvases.create": {"channel_id": OPS, "document_content": DOCUMENT},
        "conversations.close": {"channel": OPS},
        "conversations.mark": message,
        "conversations.create": {"name": "new-place", "is_private": True},
        "conversations.invite": {"channel": OPS, "users": CLEO},
        "conversations.kick": {"channel": OPS, "user": CLEO},
        "conversations.leave": {"channel": OPS},
        "conversations.rename": {"channel": OPS, "name": "ops-2025"},
        "conversations.unarchive": {"channel": OPS},
        "conversations.setPurpose": {"channel": OPS, "purpose": "x"},
        "conversations.setTopic": {"channel": OPS, "topic": "x"},
        "conversations.history": {"channel": OPS, "limit": 1},
        "conversations.info": {"channel": OPS, "include_num_members": True},
        "conversations.join": {"channel": RANDOM},
        "conversations.list": {"types": "public_channel,im", "limit": 2},
        "conversations.members": {"channel": OPS, "limit": 2},
        "conversations.open": {"users": ADA},
        "conversations.replies": message,
        "dnd.endDnd": {},
        "dnd.endSnooze": {},
        "dnd.info": {"user": ADA},
        "dnd.setSnooze": {"num_minutes": 5},
        "dnd.teamInfo": {"users": f"{ADA},{CLEO}"},
        "emoji.list": {"include_categories": True},
        "functions.completeError": {"function_execution_id": "Fx1", "error": "x"},
        "functions.completeSuccess": {"function_execution_id": "Fx1", "outputs": {}},
        "files.completeUploadExternal": {"files": [{"id": fresh.file}], "channel_id": OPS},
        "files.delete": {"file": fresh.file},
        "files.list": {"channel": OPS},
        "files.getUploadURLExternal": {"filename": "b.txt", "length": 1},
        "files.info": {"file": fresh.file},
        "oauth.v2.access": {**CLIENT, "code": fresh.code},
        "oauth.v2.exchange": {**CLIENT},
        "pins.add": {"channel": OPS, "timestamp": fresh.ts},
        "pins.list": {"channel": OPS},
        "pins.remove": {"channel": OPS, "timestamp": fresh.ts},
        "reactions.add": {"channel": OPS, "timestamp": fresh.ts, "name": "eyes"},
        "reactions.get": {"channel": OPS, "timestamp": fresh.ts},
        "reactions.list": {"user": ADA, "limit": 2},
        "reactions.remove": {"channel": OPS, "timestamp": fresh.ts, "name": "eyes"},
        "team.billing.info": {},
        "team.info": {},
        "team.preferences.list": {},
        "team.profile.get": {},
        "usergroups.create": {"name": "Cooks"},
        "usergroups.disable": {"usergroup": "S0OPERATOR"},
        "usergroups.enable": {"usergroup": "S0OPERATOR"},
        "usergroups.update": {"usergroup": "S0OPERATOR", "name": "Cooks"},
        "usergroups.users.update": {"usergroup": "S0OPERATOR", "users": [ADA]},
        "usergroups.list": {"include_users": True},
        "usergroups.users.list": {"usergroup": "S0OPERATOR"},
        "users.conversations": {"user": ADA, "limit": 2},
        "users.getPresence": {"user": ADA},
        "users.info": {"user": ADA},
        "users.list": {"limit": 2},
        "users.lookupByEmail": {"email": "ada@example.com"},
        "users.profile.get": {"user": ADA},
        "users.profile.set": {"profile": {"status_text": "x"}},
        "users.setPresence": {"presence": "auto"},
        "views.open": {"trigger_id": fresh.trigger, "view": modal()},
        "views.publish": {"user_id": ADA, "view": {"type": "home", "blocks": [section()]}},
        "views.push": {"trigger_id": fresh.second_trigger, "view": modal()},
        "views.update": {"view_id": fresh.view, "view": modal()},
    }


def _outside(fresh: Fresh) -> dict[str, dict[str, Any]]:
    """Return the calls about what lives in other services, and about apps."""
    elsewhere = {"external_id": "stew", "external_url": "https://a.test", "title": "x"}
    person = [{"external_id": "1", "display_name": "Dora"}]
    app = {"app_id": "A0SAMPLE001"}
    manifest = {"manifest": {"display_information": {"name": "x"}}}
    return {
        "apps.event.authorizations.list": {"event_context": "4-x"},
        "apps.manifest.create": manifest,
        "apps.manifest.delete": app,
        "apps.manifest.export": app,
        "apps.manifest.update": {**app, **manifest},
        "calls.add": {"external_unique_id": "2", "join_url": "https://a.test"},
        "calls.end": {"id": fresh.call, "duration": 5},
        "calls.info": {"id": fresh.call},
        "calls.participants.add": {"id": fresh.call, "users": person},
        "calls.participants.remove": {"id": fresh.call, "users": person},
        "calls.update": {"id": fresh.call, "title": "Lunch"},
        "entity.presentDetails": {"trigger_id": fresh.trigger},
        "files.remote.add": elsewhere,
        "openid.connect.token": {**CLIENT, "code": "x"},
        "files.remote.info": {"external_id": "soup"},
        "files.remote.list": {"limit": 2},
        "files.remote.remove": {"external_id": "soup"},
        "files.remote.share": {"external_id": "soup", "channels": OPS},
        "files.remote.update": {"external_id": "soup", "title": "y"},
        "tooling.tokens.rotate": {"refresh_token": "xoxe-playground-config"},
    }


def _lists(fresh: Fresh) -> dict[str, dict[str, Any]]:
    named, item = {"list_id": fresh.list}, {"list_id": fresh.list, "id": fresh.item}
    return {
        "slackLists.access.delete": {**named, "user_ids": [ADA]},
        "slackLists.access.set": {**named, "user_ids": [ADA], "access_level": "read"},
        "slackLists.create": {"name": "x", "todo_mode": True},
        "slackLists.items.create": named,
        "slackLists.items.delete": item,
        "slackLists.items.deleteMultiple": {**named, "ids": [fresh.item]},
        "slackLists.items.info": item,
        "slackLists.items.list": {**named, "limit": 2, "include_list": True},
        "slackLists.items.update": {**named, "cells": [{"column_id": "Col1"}]},
        "slackLists.update": {"id": fresh.list, "name": "y"},
    }


def _of_people(fresh: Fresh) -> dict[str, dict[str, Any]]:
    """Return the calls that only a person's token may make."""
    reminder, message = {"reminder": fresh.reminder}, {"channel": OPS, "timestamp": fresh.ts}
    return {
        "files.revokePublicURL": {"file": fresh.file},
        "files.sharedPublicURL": {"file": fresh.file},
        "openid.connect.userInfo": {},
        "reminders.add": {"text": "x", "time": "tomorrow"},
        "reminders.complete": reminder,
        "reminders.delete": reminder,
        "reminders.info": reminder,
        "reminders.list": {},
        "search.all": {"query": "x"},
        "search.files": {"query": "x"},
        "search.messages": {"query": "x in:#ops", "highlight": True},
        "stars.add": message,
        "stars.list": {"count": 2},
        "stars.remove": message,
        "team.accessLogs": {},
        "team.billableInfo": {},
        "team.integrationLogs": {},
        "users.deletePhoto": {},
        "users.identity": {},
        "users.setPhoto": {},
    }


# What only a step before it makes possible answers with its own refusal in a fresh workspace.
REFUSED = {
    "apps.event.authorizations.list": "invalid_event_context",
    "entity.presentDetails": "invalid_trigger_id",
    "files.revokePublicURL": "file_not_found",
    "openid.connect.token": "invalid_code",
    "files.sharedPublicURL": "file_not_found",
    "slackLists.items.update": "invalid_column_id",
    "stars.remove": "not_starred",
    "users.setPhoto": "invalid_arguments",
    "agents.sessions.rename": "session_not_found",
    "bookmarks.edit": "not_found",
    "bookmarks.remove": "not_found",
    "chat.unfurl": "cannot_unfurl_message",
    "dnd.endSnooze": "snooze_not_active",
    "conversations.close": "method_not_supported_for_channel_type",
    "functions.completeError": "function_execution_not_found",
    "functions.completeSuccess": "function_execution_not_found",
    "conversations.invite": "already_in_channel",
    "conversations.unarchive": "not_archived",
    "files.delete": "file_not_found",
    "files.info": "file_not_found",
    "oauth.v2.exchange": "token_rotation_not_enabled",
    "pins.remove": "no_pin",
    "reactions.remove": "no_reaction",
}
