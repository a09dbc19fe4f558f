"""
Error codes of Slack, of its webhooks and of our own: what each means for a message.

Sources: the method pages of docs.slack.dev, its page on incoming webhooks, the SDK's source, and
codes seen in practice that no page lists. A code that is missing here is `UNRECOGNISED`: it is
logged so that it gets added, and the lane probes Slack before the failure counts.
"""

from enum import StrEnum


class Verdict(StrEnum):
    """What to do after one call."""

    DELIVERED = "delivered"
    TRANSIENT = "transient"  #: try again later, counted
    PACED = "paced"  #: Slack said wait: not counted, never dead
    OUTAGE = "outage"  #: nothing was done; if a probe fails too, the lane pauses, uncounted
    LOCKED_OUT = "locked_out"  #: the workspace's token or account is refused: the lane pauses
    UNRECOGNISED = "unrecognised"  #: an unknown code: probe first, then two more attempts
    REPOST = "repost"  #: the message is gone from Slack: post it anew
    REPLACE = "replace"  #: the message can no longer be edited: post another one
    NEW_GENERATION = "new_generation"  #: Slack knows this post, but it is gone: post anew
    LEFT_THREAD = "left_thread"  #: the thread's first message is gone: nothing can reply to it
    JOIN = "join"  #: join the public channel once, then try again
    REFUSED_BLOCKS = "refused_blocks"  #: Slack refuses the blocks: go on with less of them
    AMBIGUOUS = "ambiguous"  #: it may have happened: look before posting again
    FINAL = "final"  #: trying again cannot help


#: Refusals that name no way to bring the message there at all.
_FINAL = """
    access_denied alt_txt_too_large as_user_not_supported attachment_payload_limit_exceeded
    cannot_dm_bot cannot_reply_to_message cant_broadcast_message cant_delete_message
    channel_is_archived channel_not_found compliance_exports_prevent_deletion deprecated_endpoint
    file_too_large file_type_not_allowed file_upload_size_restricted
    file_uploads_disabled files_not_allowed insecure_request invalid_arg_name invalid_arguments
    invalid_array_arg invalid_channel invalid_charset invalid_cursor invalid_form_data
    invalid_limit invalid_metadata_format invalid_metadata_schema invalid_payload
    invalid_post_type invalid_thread_ts invalid_ts_latest invalid_ts_oldest
    invalid_user_combination is_archived is_bot is_inactive markdown_text_conflict
    messages_tab_disabled metadata_must_be_sent_from_app metadata_too_large method_deprecated
    method_not_supported_for_channel_type missing_argument missing_post_type missing_scope
    msg_too_long no_dual_broadcast_content_update no_permission no_text no_user not_enough_users
    pagination_not_available partly_sent posting_to_channel_denied
    posting_to_general_channel_denied refused restricted_action
    restricted_action_non_threadable_channel restricted_action_read_only_channel
    restricted_action_thread_locked restricted_action_thread_only_channel
    slack_connect_blocked_file_type slack_connect_canvas_sharing_blocked
    slack_connect_clip_sharing_blocked slack_connect_file_link_sharing_blocked
    slack_connect_file_upload_sharing_blocked slack_connect_lists_sharing_blocked
    snippet_too_large storage_limit_reached thread_gone too_many_attachments too_many_members
    too_many_users unexpected_answer unknown_method unknown_snippet_type unknown_subtype
    upload_refused user_disabled user_is_restricted user_not_found user_not_in_channel
    user_not_visible users_list_not_supplied users_not_found
"""
#: Refusals of the token or the workspace: no message is given up because of them.
_LOCKED_OUT = """
    accesslimited account_inactive action_prohibited address_refused app_access_restricted
    ekm_access_denied enterprise_is_restricted forbidden_team invalid_auth invalid_token
    login_refused message_limit_exceeded no_active_hooks no_service no_team
    not_allowed_token_type not_authed org_login_required team_access_not_granted team_disabled
    team_not_found token_expired token_revoked two_factor_setup_required
"""
_REFUSES_ALL = """
    cannot_dm_bot channel_is_archived channel_not_found invalid_channel is_archived is_inactive
    messages_tab_disabled method_not_supported_for_channel_type not_in_channel
    posting_to_channel_denied restricted_action restricted_action_read_only_channel user_disabled
    user_not_found user_not_visible
"""
VERDICTS: dict[Verdict, frozenset[str]] = {
    verdict: frozenset(codes.split())
    for verdict, codes in {
        Verdict.PACED: "ratelimited rate_limited",
        Verdict.OUTAGE: "service_unavailable",
        Verdict.LOCKED_OUT: _LOCKED_OUT,
        Verdict.REPOST: "message_not_found",
        Verdict.REPLACE: "block_mismatch cant_update_message edit_window_closed",
        Verdict.NEW_GENERATION: "duplicate_channel_not_found duplicate_message_not_found",
        Verdict.LEFT_THREAD: "left_thread thread_not_found",
        Verdict.JOIN: "not_in_channel",
        Verdict.REFUSED_BLOCKS: """
            invalid_attachments invalid_blocks invalid_blocks_format msg_blocks_too_long
        """,
        Verdict.AMBIGUOUS: "fatal_error internal_error request_timeout",
        Verdict.TRANSIENT: """
            external_channel_migrating file_not_found file_update_failed streaming_state_conflict
            team_added_to_org try_later update_failed upload_expired
        """,
        Verdict.FINAL: _FINAL,
    }.items()
}
BY_CODE = {code: verdict for verdict, codes in VERDICTS.items() for code in codes}

#: A channel that answers so refuses every message, whatever is in it.
CHANNEL_ERRORS = frozenset(_REFUSES_ALL.split())
#: After these it is unknown whether the message arrived; only a person can find out.
POSSIBLY_DELIVERED_ERRORS = frozenset({"held", "unexpected_answer"})
