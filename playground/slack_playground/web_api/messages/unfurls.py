"""chat.unfurl: what an app shows of links that somebody wrote."""

from urllib.parse import urlsplit

from slack_playground.conversations import messages
from slack_playground.conversations.content import read_content
from slack_playground.errors import SlackError
from slack_playground.state import Record
from slack_playground.web_api.call import Call


def unfurl(call: Call) -> Record:
    """Hang attachments on a message, one for each of its links that `unfurls` names."""
    unfurls = call.arguments.structure("unfurls")
    if not isinstance(unfurls, dict) or not unfurls:
        raise SlackError("missing_unfurls")
    channel_id, ts = _place(call)
    channel = call.state.channels.get(channel_id)
    message = None if channel is None else channel.messages.get(ts)
    if channel is None or message is None:
        raise SlackError("cannot_find_message")
    said = f"{message.body.get('text', '')}"
    attachments = []
    for url, shown in unfurls.items():
        if url not in said or not _is_own(call, url) or not isinstance(shown, dict):
            raise SlackError("cannot_unfurl_url")
        attachments.append({**shown, "from_url": url})
    content = read_content({"attachments": attachments})
    added = [{**one, **_origin(call, one)} for one in content.attachments or []]
    new = {one["from_url"] for one in added}
    kept = [one for one in message.body.get("attachments", []) if one.get("from_url") not in new]
    numbered = [{**one, "id": number} for number, one in enumerate([*kept, *added], 1)]
    messages.change(call.workspace, channel, ts, {**message.body, "attachments": numbered})
    return {}


def _place(call: Call) -> tuple[str, str]:
    """Return channel and timestamp: named, or behind the `unfurl_id` of an event."""
    unfurl_id = call.arguments.text("unfurl_id")
    if unfurl_id:
        channel_id, _, ts = unfurl_id.partition("-")
        return channel_id, ts
    return call.arguments.required("channel"), call.arguments.required("ts")


def _is_own(call: Call, url: str) -> bool:
    manifest, host = call.workspace.manifest, urlsplit(url).hostname or ""
    domains = manifest.unfurl_domains
    return not manifest.is_known or any(
        host == domain or host.endswith(f".{domain}") for domain in domains
    )


def _origin(call: Call, attachment: Record) -> Record:
    state = call.state
    return {
        "app_unfurl_url": attachment["from_url"],
        "original_url": attachment["from_url"],
        "is_app_unfurl": True,
        "app_id": state.app_id,
        "bot_id": state.bot_id,
    }
