"""
Methods that Slack has retired, and what it answers to them.

https://docs.slack.dev/changelog/2020-01-deprecating-antecedents-to-the-conversations-api
and each method's page; the wording is that of Slack's answers.
"""

from slack_playground.errors import SlackError

_CHANNELS = (
    *("archive", "create", "history", "info", "invite", "join", "kick", "leave", "list", "mark"),
    *("rename", "replies", "setPurpose", "setTopic", "unarchive"),
)
_OF_CONVERSATIONS = {
    "channels": _CHANNELS,
    "groups": (*(one for one in _CHANNELS if one != "join"), "open", "createChild"),
    "im": ("close", "history", "list", "mark", "open", "replies"),
    "mpim": ("close", "history", "list", "mark", "open", "replies"),
}
_ELSEWHERE = {
    "list": "conversations.list or users.conversations",
    "createChild": "conversations.create",
}
_CHANGELOG = (
    "https://api.slack.com/changelog/2020-01-deprecating-antecedents-to-the-conversations-api"
)

#: Method → what to use instead, as far as Slack says.
RETIRED: dict[str, str] = {
    f"{family}.{name}": _ELSEWHERE.get(name, f"conversations.{name}")
    for family, names in _OF_CONVERSATIONS.items()
    for name in names
} | dict.fromkeys(
    (
        "files.upload",
        "rtm.start",
        "workflows.stepCompleted",
        "workflows.stepFailed",
        "workflows.updateStep",
    ),
    "",
)


def retired(method: str) -> SlackError:
    """Return how Slack refuses a retired method."""
    instead = RETIRED[method]
    if not instead:
        return SlackError("method_deprecated")
    said = (
        "[ERROR] This method is retired and can no longer be used. "
        f"Please use {instead} instead. Learn more: {_CHANGELOG}."
    )
    return SlackError("method_deprecated", response_metadata={"messages": [said]})
