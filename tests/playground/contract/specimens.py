"""One call of every method that works in a fresh workspace, for rules that hold for all."""

import json
from dataclasses import dataclass
from typing import Any

from playground import Playground
from tests.playground.wire import ADA, OPS, RANDOM, Api, modal, section

FILE_BYTES = b"a,b"


@dataclass
class Fresh:
    """What stands in the workspace before the call: a message, a file, a trigger, a modal."""

    ts: str
    file: str
    trigger: str
    second_trigger: str
    view: str


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
    return Fresh(ts, begun["file_id"], second, third, view)


def calls(fresh: Fresh) -> dict[str, dict[str, Any]]:
    """Return the arguments of one working call of each method."""
    message = {"channel": OPS, "ts": fresh.ts}
    return {
        "api.test": {"a": "1"},
        "apps.connections.open": {},
        "auth.test": {},
        "blocks.validate": {"blocks": json.dumps([section()])},
        "bots.info": {},
        "chat.delete": message,
        "chat.getPermalink": {"channel": OPS, "message_ts": fresh.ts},
        "chat.postEphemeral": {"channel": OPS, "user": ADA, "text": "x"},
        "chat.postMessage": {"channel": OPS, "text": "x", "blocks": [section()]},
        "chat.update": {**message, "text": "y"},
        "conversations.history": {"channel": OPS, "limit": 1},
        "conversations.info": {"channel": OPS, "include_num_members": True},
        "conversations.join": {"channel": RANDOM},
        "conversations.list": {"types": "public_channel,im", "limit": 2},
        "conversations.members": {"channel": OPS, "limit": 2},
        "conversations.open": {"users": ADA},
        "conversations.replies": message,
        "files.completeUploadExternal": {"files": [{"id": fresh.file}], "channel_id": OPS},
        "files.getUploadURLExternal": {"filename": "b.txt", "length": 1},
        "files.info": {"file": fresh.file},
        "reactions.add": {"channel": OPS, "timestamp": fresh.ts, "name": "eyes"},
        "reactions.remove": {"channel": OPS, "timestamp": fresh.ts, "name": "eyes"},
        "team.info": {},
        "usergroups.list": {"include_users": True},
        "usergroups.users.list": {"usergroup": "S0OPERATOR"},
        "users.conversations": {"user": ADA, "limit": 2},
        "users.info": {"user": ADA},
        "users.list": {"limit": 2},
        "users.lookupByEmail": {"email": "ada@example.com"},
        "views.open": {"trigger_id": fresh.trigger, "view": modal()},
        "views.publish": {"user_id": ADA, "view": {"type": "home", "blocks": [section()]}},
        "views.push": {"trigger_id": fresh.second_trigger, "view": modal()},
        "views.update": {"view_id": fresh.view, "view": modal()},
    }


# What only a step before it makes possible answers with its own refusal in a fresh workspace.
REFUSED = {"files.info": "file_not_found", "reactions.remove": "no_reaction"}
