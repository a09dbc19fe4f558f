"""The scopes that the app asks for in `manifest.json`, and what fails without each."""

#: Without these the bot is of no use.
NEEDED_SCOPES = {
    "chat:write": "nothing can be posted or edited",
    "commands": "/ops, its short forms and the shortcuts do not exist",
}
#: Without these something is missing; docs/scopes.md says more.
USEFUL_SCOPES = {
    "app_mentions:read": "questions to a report are asked with its button only",
    "channels:read": "`#name` is not understood; give channels by id",
    "groups:read": "`#name` is not understood; give channels by id",
    "files:write": "messages with files are given up",
    "channels:history": "a post whose answer was lost may be repeated in public channels",
    "groups:history": "a post whose answer was lost may be repeated in private channels",
    "im:history": "a post whose answer was lost may be repeated in direct messages",
    "im:write": "a post whose answer was lost may be repeated in direct messages",
    "mpim:history": "a post whose answer was lost may be repeated in group messages",
    "channels:join": "somebody must invite the bot to each public channel",
    "pins:write": "task boards are posted but not pinned",
    "users:read": "guests pass as members, and tokens of two apps are not noticed",
    "usergroups:read": "user groups in [access] and retry_roles count as empty",
}
