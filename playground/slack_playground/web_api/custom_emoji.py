"""emoji.list: the workspace's own emoji."""

from slack_playground.emoji import standard_emoji
from slack_playground.state import Record
from slack_playground.web_api.call import Call


def list_emoji(call: Call) -> Record:
    answer: Record = {
        "emoji": dict(call.state.emoji),
        "cache_ts": f"{call.workspace.clock.now():.6f}",
    }
    if call.arguments.flag("include_categories"):
        names = list(dict.fromkeys(one.name for one in standard_emoji().values()))
        answer["categories"] = [{"name": "Standard", "emoji_names": names}]
        answer["categories_version"] = "1"
    return answer
