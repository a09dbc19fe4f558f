"""What a person should do about a message that was given up."""

FIXES = {
    "delivery_failed": "Opsbell itself failed on this message: look for delivery_failed in its "
    "log, then replay.",
    "unreachable": "The destination could not be reached, or was busy, at every attempt: "
    "check the connection and status.slack.com, then replay.",
    "answer_lost": "The message was taken several times without an answer, and is not found in "
    "the channel: check status.slack.com or the mail server, then replay.",
    "held": "The message may have arrived, and that cannot be looked up: look into the channel or "
    "the inbox, and replay only if the message is missing.",
    "template_error": "The template cannot be rendered with this payload: correct it (the timeline "
    "names the line), then replay.",
    "template_stopped": "The template takes more time or memory than it may, twice now (the "
    "timeline says which): make it or the payload smaller, then replay.",
    "interrupted": "The bot was killed each time it tried to deliver this message: look for the "
    "reason in its log and the system's, then replay.",
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
    "unexpected_answer": "The webhook took the message but did not say `ok`, so it may have "
    "arrived: look there, and replay only if it is missing.",
    "thread_gone": "The thread is gone because its first message was deleted: send the message "
    "without a thread, or to another one.",
    "cannot_dm_bot": "The recipient is a bot, and bots cannot write to each other: give a channel "
    "or a person, then send it again.",
    "user_disabled": "The person has left the workspace: choose somebody else or a channel, then "
    "send it again.",
    "user_not_visible": "The bot may not see this person: choose somebody else or a channel, then "
    "send it again.",
    "invalid_user_combination": "The person belongs to another organisation and shares no channel "
    "with the bot: give a channel, then send it again.",
    "cant_update_message": "Slack does not let the bot edit this message, because somebody else "
    "wrote it: replay posts a new one that stands for it.",
    "edit_window_closed": "The workspace does not let messages of this age be edited: replay posts "
    "a new one that stands for it, or let apps edit for longer in the workspace's settings.",
    "block_mismatch": "Slack cannot turn the blocks that stand there into these: replay posts a "
    "new message that stands for it.",
    "file_too_large": "The file is larger than Slack takes: send a smaller one, or a link to it.",
    "upload_refused": "Slack's file server refuses the file (the timeline has its answer): "
    "correct its name or content, then replay.",
    "upload_expired": "The address for the upload was gone each time before the file arrived: "
    "check the way to files.slack.com, then replay.",
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
    if error.startswith("http_5"):
        return FIXES["unreachable"]
    return FIXES.get(error, f"This message is refused ({error}): correct it, then replay.")
