"""
What an answer means for a message: the one table of error codes, and the waiting times.

Sources: the method pages of docs.slack.dev, its page on incoming webhooks, and the SDK's sources.
A code that is missing here is treated as transient and logged as unrecognised, so that it gets
added.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

MAX_TRIES = 4
OWN_TRIES = 60  # of what nobody would ask for again, a task's end or an alert: half an hour
BACKOFF_BASE = timedelta(seconds=2)
BACKOFF_CAP = timedelta(seconds=60)
#: How long a call whose answer was lost may still be on its way inside Slack.
SETTLE = timedelta(seconds=2)
ANSWER_LOST = "answer_lost"  # what is said of such a call, whoever lost the answer


class Verdict(StrEnum):
    """What to do after one call."""

    DELIVERED = "delivered"
    TRANSIENT = "transient"  #: try again later, counted
    PACED = "paced"  #: Slack said wait: not counted, never dead
    OUTAGE = "outage"  #: nothing was done; if a probe fails too, the lane pauses, uncounted
    LOCKED_OUT = "locked_out"  #: the workspace's token or account is refused: the lane pauses
    REPOST = "repost"  #: the message is gone from Slack: post it anew
    JOIN = "join"  #: join the public channel once, then try again
    TEXT_ONLY = "text_only"  #: Slack refuses the blocks: send the text alone
    AMBIGUOUS = "ambiguous"  #: it may have happened: look before posting again
    FINAL = "final"  #: trying again cannot help


@dataclass(frozen=True)
class Answer:
    """
    What came back from one call: `ok`, or Slack's error code, or nothing at all.

    `lost` means that the request may have reached Slack but no answer arrived; `unreachable` that
    it certainly did not. `retry_after` is in seconds, `altered` says what could not be shown.
    """

    ok: bool = False
    ts: str | None = None
    channel: str | None = None
    error: str = ""
    status: int = 200
    retry_after: float | None = None
    lost: bool = False
    unreachable: bool = False
    altered: Sequence[str] = ()
    detail: dict[str, Any] = field(default_factory=dict)


VERDICTS: dict[Verdict, frozenset[str]] = {
    Verdict.PACED: frozenset({"ratelimited", "rate_limited"}),
    Verdict.OUTAGE: frozenset({"service_unavailable"}),
    Verdict.LOCKED_OUT: frozenset(
        {
            "account_inactive",
            "action_prohibited",
            "address_refused",
            "app_access_restricted",
            "ekm_access_denied",
            "invalid_auth",
            "invalid_token",
            "login_refused",
            "message_limit_exceeded",
            "no_active_hooks",
            "no_service",
            "no_team",
            "not_allowed_token_type",
            "not_authed",
            "org_login_required",
            "team_disabled",
            "team_not_found",
            "token_expired",
            "token_revoked",
            "two_factor_setup_required",
        }
    ),
    Verdict.REPOST: frozenset({"message_not_found"}),
    Verdict.JOIN: frozenset({"not_in_channel"}),
    Verdict.TEXT_ONLY: frozenset(
        {"invalid_blocks", "invalid_blocks_format", "invalid_attachments", "msg_blocks_too_long"}
    ),
    Verdict.AMBIGUOUS: frozenset({"fatal_error", "internal_error", "request_timeout"}),
    Verdict.TRANSIENT: frozenset(
        {"external_channel_migrating", "team_added_to_org", "streaming_state_conflict"}
        | {"try_later", "update_failed"}
    ),
    Verdict.FINAL: frozenset(
        {
            "access_denied",
            "attachment_payload_limit_exceeded",
            "block_mismatch",
            "cannot_reply_to_message",
            "cant_delete_message",
            "cant_update_message",
            "channel_is_archived",
            "channel_not_found",
            "deprecated_endpoint",
            "edit_window_closed",
            "file_type_not_allowed",
            "file_uploads_disabled",
            "files_not_allowed",
            "invalid_arg_name",
            "invalid_arguments",
            "invalid_array_arg",
            "invalid_charset",
            "invalid_form_data",
            "invalid_metadata_format",
            "invalid_metadata_schema",
            "invalid_payload",
            "invalid_post_type",
            "is_archived",
            "is_inactive",
            "markdown_text_conflict",
            "messages_tab_disabled",
            "metadata_too_large",
            "method_deprecated",
            "method_not_supported_for_channel_type",
            "missing_post_type",
            "missing_scope",
            "msg_too_long",
            "no_permission",
            "no_text",
            "partly_sent",
            "posting_to_general_channel_denied",
            "refused",
            "restricted_action",
            "restricted_action_non_threadable_channel",
            "restricted_action_read_only_channel",
            "restricted_action_thread_locked",
            "restricted_action_thread_only_channel",
            "storage_limit_reached",
            "thread_not_found",
            "too_many_attachments",
            "unknown_method",
            "upload_refused",
            "user_not_found",
            "user_not_in_channel",
            "users_not_found",
        }
    ),
}

#: Without it nothing can be delivered to anybody. https://docs.slack.dev/reference/scopes/chat.write
WRITING_SCOPE = "chat:write"
BY_CODE = {code: verdict for verdict, codes in VERDICTS.items() for code in codes}


def classify(answer: Answer, *, is_edit: bool) -> Verdict:
    """
    Return what to do after *answer*.

    An edit may be repeated without harm, so nothing about it is ambiguous.
    """
    if answer.ok:
        return Verdict.DELIVERED
    if answer.retry_after is not None:
        return Verdict.PACED
    if answer.unreachable:
        return Verdict.OUTAGE
    if answer.lost or answer.status >= 500:
        return Verdict.OUTAGE if is_edit else Verdict.AMBIGUOUS
    verdict = verdict_on(answer)
    if verdict is Verdict.AMBIGUOUS and is_edit:
        return Verdict.TRANSIENT
    if verdict is Verdict.REPOST and not is_edit:
        return Verdict.FINAL
    return verdict


def verdict_on(answer: Answer) -> Verdict:
    """
    Return what the table says of Slack's error.

    A token that may not write at all concerns the whole workspace, and so does one of which Slack
    does not say what it lacks. Any other scope is missing for this message only: pausing the lane
    would let one message hold up all others, for auth.test finds nothing wrong with the token.
    """
    needed = str(answer.detail.get("needed") or WRITING_SCOPE)
    if answer.error == "missing_scope" and WRITING_SCOPE in needed.split(","):
        return Verdict.LOCKED_OUT
    return BY_CODE.get(answer.error, Verdict.TRANSIENT)


def is_recognised(answer: Answer) -> bool:
    """Tell whether this error is known, Slack's or our own, so that a new one can be logged."""
    unsaid = answer.lost or answer.unreachable or answer.status >= 500
    return answer.ok or unsaid or answer.error in BY_CODE or answer.error in FIXES


class Waits(StrEnum):
    """How the waits between the attempts of a queue grow."""

    EXPONENTIAL = "exponential"  #: 2 s doubling to 60 s, with full jitter
    FIXED = "fixed"
    LONG = "long"


@dataclass(frozen=True)
class Queue:
    """How urgent the messages of a queue are and how often they are tried."""

    priority: int
    max_attempts: int
    waits: Waits


QUEUES = {
    "slack-message": Queue(10, MAX_TRIES, Waits.EXPONENTIAL),
    "email": Queue(5, 5, Waits.EXPONENTIAL),
    "notification": Queue(5, 3, Waits.FIXED),
    "data-processing": Queue(1, 2, Waits.LONG),
}
DEFAULT_QUEUE = "slack-message"
PRIORITIES = {"CRITICAL": 20, "HIGH": 10, "NORMAL": 5, "LOW": 1}
STEADY_WAITS = {Waits.FIXED: timedelta(seconds=5), Waits.LONG: timedelta(seconds=60)}


def wait_after(queue: str, tries: int, chance: random.Random) -> timedelta:
    """Return how long a message of *queue* waits after its *tries*-th failed attempt."""
    waits = QUEUES[queue].waits if queue in QUEUES else Waits.EXPONENTIAL
    return STEADY_WAITS.get(waits) or backoff(tries, chance)


#: A channel that answers so refuses every message, whatever is in it.
DESTINATION_ERRORS = frozenset(
    {
        "channel_is_archived",
        "channel_not_found",
        "is_archived",
        "is_inactive",
        "messages_tab_disabled",
        "method_not_supported_for_channel_type",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
        "user_not_found",
    }
)
#: So many in a row and a channel is switched off.
DESTINATION_FAILURES = 3


def backoff(tries: int, chance: random.Random) -> timedelta:
    """Return how long to wait after the *tries*-th failed attempt: doubling, with full jitter."""
    doubled = BACKOFF_BASE * float(2 ** min(tries - 1, 9))
    return min(BACKOFF_CAP, doubled) * chance.random()


FIXES = {
    "delivery_failed": "Opsbell itself failed on this message: look for delivery_failed in its "
    "log, then replay.",
    "answer_lost": "The message was taken several times without an answer, and is not found in "
    "the channel: check status.slack.com or the mail server, then replay.",
    "held": "The message may have arrived, and that cannot be looked up: look into the channel or "
    "the inbox, and replay only if the message is missing.",
    "template_error": "The template cannot be drawn with this payload: correct it (the timeline "
    "names the line), then replay.",
    "template_stopped": "The template takes more time or memory than it may, twice now (the "
    "timeline says which): make it or the payload smaller, then replay.",
    "interrupted": "The bot was killed while it delivered this message, each time it tried: look "
    "into its log, and the system's, for why; then replay.",
    "channel_not_found": "The channel does not exist, or is private and the bot is not in it: "
    "type /invite @Opsbell there, then replay.",
    "not_in_channel": "Type /invite @Opsbell in the channel, then replay.",
    "is_archived": "The channel is archived: unarchive it or choose another, then replay.",
    "is_inactive": "The channel is archived: unarchive it or choose another, then replay.",
    "channel_is_archived": "The webhook's channel is archived: unarchive it, or make a webhook for "
    "another channel, then replay.",
    "posting_to_general_channel_denied": "The workspace lets few people post in the webhook's "
    "channel: make a webhook for another one, then replay.",
    "refused": "The other side refuses this message for good (the timeline has its code): check "
    "the destination's address and recipients in opsbell.toml, then replay.",
    "partly_sent": "Some recipients got it and some did not, and a replay reaches all of them "
    "again: correct the destination's recipients in opsbell.toml, or tell those who are missing.",
    "missing_scope": "The app lacks a scope for this message (needed in its timeline): add it "
    "in the app's settings (OAuth & Permissions), install the app again, then replay.",
    "no_permission": "The bot may not write there: type /invite @Opsbell in the channel, "
    "then replay.",
    "messages_tab_disabled": "Turn on the Messages tab in the app's settings (App Home), "
    "then replay.",
    "restricted_action_read_only_channel": "The channel is read-only for the bot: let it post "
    "there, then replay.",
    "files_not_allowed": "The app may not upload files: add the scope files:write (it is in "
    "manifest.json), install the app again, then replay.",
    "user_not_in_channel": "The person is not in the channel, and only its members can be shown "
    "something there: invite them, then replay.",
    "user_not_found": "The person does not exist in this workspace: correct the user id.",
}


def fix_for(error: str) -> str:
    """Return the sentence that says what to do about a final error."""
    return FIXES.get(error, f"This message is refused ({error}): correct it, then replay.")
