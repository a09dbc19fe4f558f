"""Slack's Web API as a transport: post, upload, edit, look up, join, probe."""

import asyncio
import math
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from bot.messages.error_codes import Verdict
from bot.messages.policy import WRITING_SCOPE, SlackResponse, classify, is_recognised
from bot.messages.transports.base import REPEAT, Found, Outgoing
from bot.messages.transports.http_client import FORM, LostError, UnreachableError, WireResponse
from bot.messages.transports.proxied_http import AnyConnection, open_connection
from bot.messages.transports.responses import read_answer
from bot.messages.transports.slack_files import carries, upload
from bot.outgoing.proxies import NO_PROXIES, Proxies
from bot.outgoing.web_addresses import is_of_slack
from bot.redaction import redact
from bot.tracing.spans import span

#: Marks our messages, so that one whose answer was lost can be found again.
METADATA_TYPE = "opsbell_message"
_TIMEOUT_SECONDS = 10.0
#: Slack recommends no more; half an hour of what one app may post to a channel.
HISTORY_PAGE = 200
HISTORY_PAGES = 10
#: A call may have waited for its turn, and was under way, for so long at the most.
CALL_SECONDS = 600
#: How long a thread that was seen counts as existing, and the maximum number cached.
_THREAD_SEEN_SECONDS = 60.0
_MAX_THREADS_SEEN = 1000
#: Slack's clock and ours may differ a little when we look for our own message.
_CLOCK_SKEW_SECONDS = 60
#: Slack posts to a person's id as to a channel's, but has no history of that name.
_USER_PREFIX = ("U", "W")
#: One of these lets a token write; the last two are those of old apps.
_WRITING_SCOPES = frozenset({WRITING_SCOPE, "chat:write:bot", "bot"})


class SlackTransport:
    """
    Calls Slack over one pool of kept-alive connections.

    The SDK's client is not used for writes: its retry handler posts twice when an answer is lost.
    """

    at_a_time = 50
    takes_overflow = False

    def __init__(
        self,
        api_url: str,
        token: str,
        *,
        timeout_seconds: float = _TIMEOUT_SECONDS,
        wire: AnyConnection | None = None,
        proxies: Proxies = NO_PROXIES,
    ) -> None:
        """*wire* is one to share with other workspaces; without it the transport has its own."""
        who = {"Authorization": f"Bearer {token}"}
        self._wire = wire.sharing(who) if wire else open_connection(api_url, who, proxies)
        self._api_url, self._proxies = api_url, proxies
        self._timeout_seconds = timeout_seconds
        self._threads_seen: dict[tuple[str, str], float] = {}

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

    def _open_upload(self, address: str) -> AnyConnection | None:
        """Return the way to an address that Slack named, unless it leads anywhere else."""
        if not is_of_slack(address, self._api_url):
            return None
        return open_connection(address, {}, self._proxies)

    async def post(self, outgoing: Outgoing) -> SlackResponse:
        """Post a new message with our metadata in it, show it to one person, or upload a file."""
        if outgoing.file:
            if not await self._was_thread_there(outgoing):
                return SlackResponse(error="left_thread")
            return await upload(
                outgoing, outgoing.file, self._ask, self._timeout_seconds, self._open_upload
            )
        arguments = self._content(outgoing)
        arguments |= {"unfurl_links": False, "unfurl_media": False}
        if outgoing.thread_ts:
            arguments["thread_ts"] = outgoing.thread_ts
        if outgoing.seen_by:
            del arguments["metadata"]  # Nobody can read it there.
            shown = await self._call("chat.postEphemeral", arguments | {"user": outgoing.seen_by})
            return replace(shown, ts=None)  # It can be neither edited nor found.
        if outgoing.client_msg_id:
            arguments["client_msg_id"] = outgoing.client_msg_id
        return await self._posted(outgoing, await self._call("chat.postMessage", arguments))

    async def _posted(self, outgoing: Outgoing, answer: SlackResponse) -> SlackResponse:
        """Return what an answer to a post means for it."""
        # A success without the message's place is looked up like a lost answer.
        if answer.ok and not answer.ts:
            return SlackResponse(lost=True)
        if not answer.ok:
            return answer
        if left_thread(answer, outgoing) and await self._is_thread_gone(outgoing, unseen=True):
            return replace(answer, ok=False, error="left_thread", detail={})
        return _as_posted(answer, outgoing)

    async def edit(self, outgoing: Outgoing) -> SlackResponse:
        """Replace text and blocks of a message; repeating it changes nothing."""
        return await self._call("chat.update", self._content(outgoing) | {"ts": outgoing.ts})

    async def delete(self, channel: str, ts: str) -> SlackResponse:
        """Take back a message of ours."""
        return await self._call("chat.delete", {"channel": channel, "ts": ts})

    async def find(self, outgoing: Outgoing) -> Found:
        """Look through the channel's, or the thread's, history for our metadata, or our file."""
        if outgoing.seen_by:
            return Found(readable=False)
        opened = await self._conversation(outgoing.channel)
        if not opened.ok:
            return unseen(opened)
        method = "conversations.replies" if outgoing.thread_ts else "conversations.history"
        arguments: dict[str, Any] = {
            "channel": opened.channel,
            "limit": HISTORY_PAGE,
            "include_all_metadata": "true",
            "oldest": f"{_oldest(outgoing.since):.6f}",
        }
        if outgoing.thread_ts:
            arguments["ts"] = outgoing.thread_ts
        found = await self._search(method, arguments, outgoing)
        if found is not None and found.thread_gone and outgoing.thread_ts:
            del arguments["ts"]
            found = await self._search("conversations.history", arguments, outgoing)
            return replace(found, left_thread=True) if found else Found(readable=False)
        if found is not None:
            return found
        # Too much came after it: look again for what stood there soon after it was called for.
        latest = outgoing.since.timestamp() + CALL_SECONDS
        found = await self._search(method, {**arguments, "latest": f"{latest:.6f}"}, outgoing)
        pages = HISTORY_PAGES + (found.pages if found else HISTORY_PAGES)
        if found is None or (found.ts is None and found.answer.ok):
            return Found(readable=False, pages=pages)
        return replace(found, pages=pages)

    async def _search(
        self, method: str, arguments: dict[str, Any], outgoing: Outgoing
    ) -> Found | None:
        """Look through some pages; None if there are more of them."""
        for page in range(1, HISTORY_PAGES + 1):
            answer = await self._ask(method, arguments)
            if classify(answer, is_edit=True) is Verdict.JOIN:
                # Only members may look. Who was on the way in when the answer got lost goes on in.
                joined = await self.join(outgoing.channel)
                answer = await self._ask(method, arguments) if joined.ok else answer
            if not answer.ok:
                is_gone = answer.error == "thread_not_found"
                return replace(unseen(answer), thread_gone=is_gone, pages=page)
            body = answer.detail["body"]
            messages = body.get("messages") or []
            found = _among(messages, outgoing, arguments["channel"])
            if found is None and "ts" in arguments and _begins_with_tombstone(messages):
                return Found(thread_gone=True, pages=page)
            cursor = (body.get("response_metadata") or {}).get("next_cursor")
            if found or not cursor:
                return replace(found or Found(), pages=page)
            arguments = {**arguments, "cursor": cursor}
        return None

    async def _was_thread_there(self, outgoing: Outgoing) -> bool:
        """
        Tell whether there is no thread to lose, or it still begins with a message.

        An upload would not say. A thread that was there a minute ago is not asked for again.
        """
        if not outgoing.thread_ts:
            return True
        place = (outgoing.channel, outgoing.thread_ts)
        now = asyncio.get_running_loop().time()
        if self._threads_seen.get(place, -math.inf) > now - _THREAD_SEEN_SECONDS:
            return True
        if await self._is_thread_gone(outgoing, unseen=False):
            return False
        if len(self._threads_seen) >= _MAX_THREADS_SEEN:
            self._threads_seen.clear()
        self._threads_seen[place] = now
        return True

    async def _is_thread_gone(self, outgoing: Outgoing, *, unseen: bool) -> bool:
        """Ask whether a thread has lost its first message; *unseen* if that cannot be seen."""
        arguments = {"channel": outgoing.channel, "ts": outgoing.thread_ts, "limit": 1}
        answer = await self._ask("conversations.replies", arguments)
        if answer.error == "thread_not_found":
            return True
        if not answer.ok:
            return unseen
        messages = answer.detail["body"].get("messages") or []
        return not messages or _begins_with_tombstone(messages)

    async def _conversation(self, channel: str) -> SlackResponse:
        """Return where a post to *channel* stands: one to a person is in the message to them."""
        if not channel.startswith(_USER_PREFIX):
            return SlackResponse(ok=True, channel=channel)
        answer = await self._call("conversations.open", {"users": channel})
        if not answer.ok:
            return answer
        return SlackResponse(ok=True, channel=answer.detail["body"]["channel"]["id"])

    async def join(self, channel: str) -> SlackResponse:
        """Enter a public channel; being in it already is fine."""
        return await self._call("conversations.join", {"channel": channel})

    async def probe(self) -> SlackResponse:
        """Ask who we are; a token that may not write is of no use, though Slack says yes."""
        answer = await self._call("auth.test", {})
        scopes = answer.detail.get("scopes")
        if answer.ok and scopes and _WRITING_SCOPES.isdisjoint(scopes.split(",")):
            return SlackResponse(error="missing_scope", detail={"needed": WRITING_SCOPE})
        return answer

    def _content(self, outgoing: Outgoing) -> dict[str, Any]:
        return {
            "channel": outgoing.channel,
            "text": outgoing.rendered.text,
            "blocks": [] if outgoing.text_only else outgoing.rendered.blocks,
            # Without these an edit shows `<!date^…>` as it is written: chat.update's own default
            # is `client`, and it forgets what the post said.
            "parse": "none",
            "link_names": False,
            "metadata": {
                "event_type": METADATA_TYPE,
                "event_payload": {"id": outgoing.message_id, "revision": outgoing.revision},
            },
        }

    async def _call(self, method: str, arguments: dict[str, Any]) -> SlackResponse:
        return await self._traced(method, self._wire.post(method, arguments, self._timeout_seconds))

    async def _ask(self, method: str, arguments: dict[str, Any]) -> SlackResponse:
        """Call a method with a form: only those that write messages are sure to read JSON."""
        content = urlencode(arguments).encode()
        sending = self._wire.send(method, content, FORM, self._timeout_seconds)
        return await self._traced(method, sending)

    async def _traced(self, method: str, sending: Awaitable[WireResponse]) -> SlackResponse:
        with span(method) as calling:
            answer = await self._sent(sending)
            if calling.is_on and not answer.ok:
                calling.fail(_why_failed(answer))
        return answer

    async def _sent(self, sending: Awaitable[WireResponse]) -> SlackResponse:
        try:
            response = await sending
        except UnreachableError:
            return SlackResponse(unreachable=True)
        except LostError:
            return SlackResponse(lost=True)
        headers = response.headers
        wait = headers.get(b"retry-after")
        retry_after = None if wait is None else wait.decode("latin-1")
        answer = read_answer(response.status, retry_after, response.body)
        if answer.ok:
            scopes = headers.get(b"x-oauth-scopes", b"").decode("latin-1")
            answer.detail["scopes"] = scopes.replace(" ", "")
        return answer


def _why_failed(answer: SlackResponse) -> str:
    if answer.error:
        return redact(answer.error)
    return "lost" if answer.lost else f"http_{answer.status}" if answer.status else "unreachable"


def left_thread(answer: SlackResponse, outgoing: Outgoing) -> bool:
    """
    Tell whether a reply seems to stand in the channel.

    Slack posts it there if its thread is gone; the missing `thread_ts` is the only sign.
    """
    message = answer.detail["body"].get("message")
    is_reply = isinstance(message, dict) and outgoing.thread_ts is not None
    return is_reply and not message.get("thread_ts")


def _as_posted(answer: SlackResponse, outgoing: Outgoing) -> SlackResponse:
    """
    Return a yes with what the message in it tells: whether it is this one, or one of before.

    A post that Slack knows by its `client_msg_id` it hands back as it was.
    """
    message = answer.detail["body"].get("message")
    if not isinstance(message, dict):
        return answer
    text = message.get("text")
    is_repeat = REPEAT in outgoing.rendered.text
    told = _revision_in(message, outgoing.message_id)
    is_first = REPEAT not in text if is_repeat and isinstance(text, str) else None
    return replace(answer, revision=told, is_first_copy=is_first)


def _revision_in(message: dict[str, Any], message_id: str) -> int | None:
    """Return the revision that a message of ours shows, by its metadata; None for any other."""
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    if metadata.get("event_type") != METADATA_TYPE or payload.get("id") != message_id:
        return None
    revision = payload.get("revision")
    return revision if isinstance(revision, int) else None


def _begins_with_tombstone(messages: list[dict[str, Any]]) -> bool:
    """Tell whether a thread's first message was deleted."""
    return bool(messages) and messages[0].get("subtype") == "tombstone"


def unseen(answer: SlackResponse) -> Found:
    """Return what a look is worth that Slack refused: ask again, or there is no seeing it."""
    return Found(readable=False) if _is_forbidden(answer) else Found(answer=answer)


def _is_forbidden(answer: SlackResponse) -> bool:
    """Tell whether a history cannot be read now nor later; then asking again cannot help."""
    if answer.error == "missing_scope":
        return True
    verdict = classify(answer, is_edit=True)
    return not is_recognised(answer) or verdict in (Verdict.FINAL, Verdict.JOIN)


def _oldest(since: datetime) -> float:
    return since.timestamp() - _CLOCK_SKEW_SECONDS


def _among(
    messages: list[dict[str, Any]], outgoing: Outgoing, channel: str | None = None
) -> Found | None:
    for message in messages:
        if outgoing.file:
            if carries(message, outgoing.file):
                return Found(ts=message["ts"], revision=outgoing.revision, channel=channel)
            continue
        metadata = message.get("metadata") or {}
        payload = metadata.get("event_payload") or {}
        if metadata.get("event_type") == METADATA_TYPE and payload.get("id") == outgoing.message_id:
            return Found(
                ts=message["ts"], revision=int(payload.get("revision", 0)), channel=channel
            )
    return None
