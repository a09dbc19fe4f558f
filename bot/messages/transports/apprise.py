"""
Apprise as a transport: posts to mail, Teams, push services and a hundred others.

Apprise is synchronous, so each send has a thread. Messages can be neither edited nor looked up.
"""

import asyncio
import mimetypes
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from apprise import (
    Apprise,
    AppriseAsset,
    AppriseAttachment,
    NotifyBase,
    NotifyFormat,
    NotifyType,
    PersistentStoreMode,
)
from apprise.attachment.memory import AttachMemory
from apprise.plugins.email.base import NotifyEmail

from bot.errors import NoTransportError
from bot.messages.policy import SlackResponse
from bot.messages.rendering.plain_text import harmless, plain_text, text_of
from bot.messages.rendering.truncation import truncate
from bot.messages.transports.apprise_errors import answer_of, listen, peer_of
from bot.messages.transports.base import File, Outgoing, not_carried
from bot.messages.transports.post_only import OneWay

T = TypeVar("T")

#: Apprise's own time limits are those of each step; together they end well before this.
_SEND_SECONDS = 60.0
_PROBE_SECONDS = 5.0
#: Too many tries with a wrong password get an account, or our address, locked.
_LOGIN_SECONDS = 300.0
_TITLE_CHARACTERS = 200
_GREETING = b"220"


class AppriseTransport(OneWay):
    """Sends to the one service of an Apprise address; the address is the secret."""

    takes_overflow = True

    def __init__(self, address: str, *, timeout_seconds: float = _SEND_SECONDS) -> None:
        """Raise `NoTransportError` for an address that Apprise does not understand."""
        self._address = address
        self._timeout_seconds = timeout_seconds
        self._locked_until = 0.0
        # Of other services than mail the address alone does not say whom they call.
        self._mail = _mail_server_of(_service_of(address))
        self._peer = self._mail.place if self._mail else None

    def close(self) -> None:
        """Nothing stays open between two sends."""

    async def post(self, outgoing: Outgoing) -> SlackResponse:
        """Send the message as plain text, with its first line as the title."""
        title, body = _words_of(outgoing)
        try:
            answer, peer = await _in_thread(
                lambda: send(self._address, title, body, outgoing.files), self._timeout_seconds
            )
        except TimeoutError:
            return SlackResponse(lost=True)
        self._peer = peer or self._peer
        if answer.error == "login_refused":
            self._locked_until = asyncio.get_running_loop().time() + _LOGIN_SECONDS
        return answer

    async def probe(self) -> SlackResponse:
        """
        Ask whether somebody listens where the last send went, or the mail server is.

        Nobody can be asked whether a password is right without trying it: that is done rarely.
        """
        if asyncio.get_running_loop().time() < self._locked_until:
            return SlackResponse(error="login_refused")
        if self._peer is None:
            return SlackResponse(ok=True)
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                return SlackResponse(ok=await self._is_there(*self._peer))
        except (OSError, UnicodeError):  # TimeoutError is an OSError.
            return SlackResponse(unreachable=True)

    async def _is_there(self, host: str, port: int) -> bool:
        reader, writer = await asyncio.open_connection(host, port)
        try:
            if self._mail and self._mail.greets:
                return (await reader.readline()).startswith(_GREETING)
            return True
        finally:
            writer.close()


def _service_of(address: str) -> NotifyBase:
    """Return Apprise's own object for an address; raise `NoTransportError`."""
    listen()
    asset = AppriseAsset(
        app_id="Opsbell",
        app_desc="Opsbell",
        app_url="",
        storage_mode=PersistentStoreMode.MEMORY,
        http_redirects=False,
    )
    service = Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    if not isinstance(service, NotifyBase):
        raise NoTransportError("address_not_understood")
    return service


def send(
    address: str, title: str, body: str, files: Sequence[File] = ()
) -> tuple[SlackResponse, tuple[str, int] | None]:
    """Send, and return the response and the peer; blocks until it is done."""
    service = _service_of(address)
    account = listen()
    room = max(1, service.body_maxlen - len(title) - 2)
    whole, body = body, truncate(body, room)
    altered = []
    if body != whole:
        altered.append(f"Its text was cut to the {room:,} characters that it takes: send less.")
    if files and not service.attachment_support:
        altered += not_carried(files, "this service")
        files = ()
    took = service.notify(
        title=title,
        body=body,
        notify_type=NotifyType.INFO,
        body_format=NotifyFormat.TEXT,
        attach=_attached_files(files) if files else None,
    )
    if not took:
        return answer_of(account), peer_of(account.error)
    return SlackResponse(ok=True, warnings=altered), peer_of(account.error)


def _attached_files(files: Sequence[File]) -> AppriseAttachment:
    """Return files as Apprise takes them, each of the type that its name says."""
    held = AppriseAttachment()
    memory: Callable[..., AttachMemory] = AttachMemory  # It has no types of its own.
    for file in files:
        kind, _ = mimetypes.guess_type(file.name)
        held.add(memory(file.encoded(), name=file.name, mimetype=kind or "text/plain"))
    return held


def _words_of(outgoing: Outgoing) -> tuple[str, str]:
    """Return title and body of a message, with what had no room in its blocks. Pure."""
    rendered = outgoing.rendered
    text = plain_text(rendered.text)
    title, _, _ = text.strip().partition("\n")
    body = text if outgoing.text_only else text_of(rendered.blocks) or text
    if rendered.overflow:
        body = f"{body}\n\n{harmless(rendered.overflow)}"
    return truncate(title, _TITLE_CHARACTERS), body or title


@dataclass(frozen=True)
class MailServer:
    """Where mails go; it greets in plain words unless it wants to speak TLS first."""

    place: tuple[str, int]
    greets: bool


def _mail_server_of(service: NotifyBase) -> MailServer | None:
    """Return the mail server of a service that is mail."""
    if not isinstance(service, NotifyEmail):
        return None
    place = (service.smtp_host, service.port or 25)
    return MailServer(place, service.secure_mode != "ssl")


async def _in_thread(work: Callable[[], T], seconds: float) -> T:
    """
    Return what *work* returns, or raise what it raises, or `TimeoutError`.

    It runs in a daemon thread, so that a server that hangs does not keep the process from stopping.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type] # without an error there is one

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as raised:  # noqa: BLE001 - passed to the waiting caller
            error = raised
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="apprise", daemon=True).start()
    async with asyncio.timeout(seconds):
        return await done
