"""
A person opens the details of a Work Object that an app hung on a message.

https://docs.slack.dev/messaging/work-objects-implementation
"""

from slack_playground.delivery.message_events import send_event
from slack_playground.people.outcome import Outcome, failed
from slack_playground.people.permissions import hears, is_not_installed
from slack_playground.requests.addresses import host_of
from slack_playground.state import Channel, Record, User
from slack_playground.workspace import Workspace


def open_entity(
    workspace: Workspace, user: User, channel: Channel, ts: str, url: str | None = None
) -> Outcome:
    """
    Ask the app for the details of a message's Work Object: of the first, or the one at `url`.

    The app answers with entity.presentDetails.
    """
    workspace.did("entity", user, channel=channel.id, ts=ts, url=url)
    if is_not_installed(workspace, user):
        return failed("app_not_installed")
    message = channel.messages.get(ts)
    entities = [] if message is None else _entities(message.body)
    entity = next((one for one in entities if url in (None, one.get("url"))), None)
    if entity is None:
        return failed("entity_not_found")
    workspace.state.entity_details.pop(user.id, None)
    if hears(workspace, user, "entity_details_requested") and workspace.has_app:
        send_event(workspace, _event(workspace, user, channel, ts, entity))
    return Outcome()


def _entities(body: Record) -> list[Record]:
    """Return the Work Objects of a message: those of its links, and those it was posted with."""
    unfurled = [one["entity"] for one in body.get("attachments", []) if "entity" in one]
    posted = body.get("metadata", {}).get("entities", [])
    return [one for one in (*unfurled, *posted) if _is_whole(one)]


def _is_whole(entity: Record) -> bool:
    """Say whether it has an address and an id; a message may hold entities without."""
    reference = entity.get("external_ref")
    needed = (entity.get("url"), reference.get("id") if isinstance(reference, dict) else None)
    return all(isinstance(one, str) and one for one in needed)


def _event(workspace: Workspace, user: User, channel: Channel, ts: str, entity: Record) -> Record:
    reference = entity["external_ref"]
    trigger_id = workspace.triggers.issue(workspace.state, user.id, entity=reference["id"])
    address = entity["url"]
    event: Record = {
        "type": "entity_details_requested",
        "user": user.id,
        "external_ref": reference,
        "entity_url": address,
        "link": {"url": address, "domain": host_of(address)},
        "app_unfurl_url": entity.get("app_unfurl_url", address),
        "trigger_id": trigger_id,
        "user_locale": "en-US",
        "channel": channel.id,
        "message_ts": ts,
        "event_ts": workspace.next_ts(),
    }
    thread_ts = channel.messages[ts].body.get("thread_ts")
    if thread_ts is not None:
        event["thread_ts"] = thread_ts
    return event
