"""
chat.unfurl: what an app shows of links that somebody wrote.

Errors and arguments: https://docs.slack.dev/reference/methods/chat.unfurl
Work Objects: https://docs.slack.dev/messaging/work-objects-implementation
"""

from typing import Any

from slack_playground.conversations import messages
from slack_playground.conversations.content import read_content
from slack_playground.errors import SlackError
from slack_playground.requests.addresses import host_of
from slack_playground.state import Channel, Message, Record
from slack_playground.web_api.call import Call

_SOURCES = ("composer", "conversations_history")


def unfurl(call: Call) -> Record:
    """Hang attachments on a message, one for each of its links that the call names."""
    unfurls = call.arguments.structure("unfurls", "invalid_unfurls_format")
    metadata = call.arguments.structure("metadata", "invalid_metadata_format")
    channel_id, ts = _place(call)
    if not unfurls and not metadata:
        raise SlackError("missing_unfurls")
    channel, message = _message(call, channel_id, ts)
    shown = {**_shown(unfurls or {}), **_entities(metadata or {})}
    said = f"{message.body.get('text', '')}"
    for url in shown:
        if url not in said:
            raise SlackError("cannot_unfurl_message")
        if not _is_own(call, url):
            raise SlackError("cannot_unfurl_url")
    content = read_content(
        {"attachments": [{**one, "from_url": url} for url, one in shown.items()]}
    )
    added = [{**one, **_origin(call, one)} for one in content.attachments or []]
    kept = [one for one in message.body.get("attachments", []) if one.get("from_url") not in shown]
    numbered = [{**one, "id": number} for number, one in enumerate([*kept, *added], 1)]
    messages.change(call.workspace, channel, ts, {**message.body, "attachments": numbered})
    return {}


def _place(call: Call) -> tuple[str, str]:
    """Return channel and timestamp: named, or behind the `unfurl_id` of an event."""
    arguments = call.arguments
    unfurl_id, source = arguments.text("unfurl_id"), arguments.text("source")
    if not unfurl_id and not source:
        for name in ("channel", "ts"):
            if not arguments.text(name):
                raise SlackError(f"missing_{name}")
        return arguments.required("channel"), arguments.required("ts")
    if not unfurl_id or not source:
        raise SlackError("missing_source" if unfurl_id else "missing_unfurl_id")
    if source not in _SOURCES:
        raise SlackError("invalid_source")
    channel_id, dash, ts = unfurl_id.partition("-")
    if not dash or channel_id not in call.state.channels:
        raise SlackError("invalid_unfurl_id")
    return channel_id, ts


def _message(call: Call, channel_id: str, ts: str) -> tuple[Channel, Message]:
    channel = call.state.channels.get(channel_id)
    if channel is None or not (channel.is_public or call.actor in channel.members):
        raise SlackError("cannot_find_channel")
    message = channel.messages.get(ts)
    if message is None:
        raise SlackError("cannot_find_message")
    return channel, message


def _shown(unfurls: Any) -> dict[str, Record]:
    """Return the attachment for each link."""
    if not isinstance(unfurls, dict) or not all(isinstance(one, dict) for one in unfurls.values()):
        raise SlackError("invalid_unfurls_format")
    return unfurls


def _entities(metadata: Any) -> dict[str, Record]:
    """Return each Work Object by its link, as an attachment that shows the most of it."""
    entities = metadata.get("entities") if isinstance(metadata, dict) else None
    if metadata and not (isinstance(entities, list) and entities):
        raise SlackError("invalid_metadata_format")
    shown = {}
    for entity in entities or []:
        try:
            title = entity["entity_payload"]["attributes"]["title"]["text"]
            link, url, kind = (entity[name] for name in ("app_unfurl_url", "url", "entity_type"))
            reference = entity["external_ref"]["id"]
        except (KeyError, TypeError):
            raise SlackError("invalid_metadata_format") from None
        if not all(isinstance(one, str) for one in (title, link, url, kind, reference)):
            raise SlackError("invalid_metadata_format")
        shown[link] = {**_card(entity["entity_payload"]), "title_link": url, "entity": entity}
    return shown


def _card(payload: Record) -> Record:
    attributes = payload["attributes"]
    own = payload.get("custom_fields")
    fields = [
        {"title": str(one.get("label") or one.get("key", "")), "value": str(one.get("value", ""))}
        for one in (own if isinstance(own, list) else [])
        if isinstance(one, dict)
    ]
    return {
        "title": attributes["title"]["text"],
        "fallback": attributes["title"]["text"],
        "author_name": str(attributes.get("display_type") or attributes.get("product_name") or ""),
        "fields": fields,
    }


def _is_own(call: Call, url: str) -> bool:
    manifest, host = call.workspace.manifest, host_of(url)
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
