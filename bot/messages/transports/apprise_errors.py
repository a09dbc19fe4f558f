"""
Finds out from Apprise's log why a send failed.

`notify` only returns True or False. The cause is in the log record, and in the exception that is
being handled when it is logged: a log handler runs at that moment. The records stay here because
they may contain addresses and tokens.
"""

import logging
import re
import smtplib
import socket
import ssl
import sys
from contextvars import ContextVar
from dataclasses import dataclass
from traceback import walk_tb
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.messages.policy import SlackResponse

_STATUS = re.compile(r"error=(\d{3})\b|was refused: (\d{3})\b")
#: How long to wait after "too many requests" where nothing says how long.
_PACED_SECONDS = 30.0
#: https://www.rfc-editor.org/rfc/rfc4954#section-6: who sends is not let in.
_LOGIN_CODES = frozenset({530, 534, 535, 538})
#: The server is about to go away, before it took anything.
_CLOSING_CODE = 421


@dataclass
class _Account:
    """What was logged during one send."""

    error: BaseException | None = None
    code: int = 0  # of HTTP, or of SMTP if `is_mail`
    is_mail: bool = False
    somebody_got_it: bool = False


_account: ContextVar[_Account | None] = ContextVar("account", default=None)


class _Witness(logging.Handler):
    """Notes what is logged while somebody listens, and passes nothing on."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what tells the cause."""
        account = _account.get()
        if account is None:
            return
        error = sys.exc_info()[1]
        account.error = error or account.error
        message = record.getMessage()
        code = _STATUS.search(message)
        if code and record.levelno >= logging.WARNING:
            account.code = int(code[1] or code[2])
            account.is_mail = bool(code[2])
        if record.levelno == logging.INFO and message.startswith("Sent "):
            account.somebody_got_it = True


def listen() -> _Account:
    """Begin a new account of what is logged in this thread from now on."""
    account = _Account()
    _account.set(account)
    logger = logging.getLogger("apprise")
    if not any(isinstance(one, _Witness) for one in logger.handlers):
        logger.addHandler(_Witness())
        # Its lines name recipients and addresses: they are for us alone.
        logger.propagate = False
        logger.setLevel(logging.DEBUG)
    return account


def answer_of(account: _Account) -> SlackResponse:
    """Return why a send failed; if that is unknown, the response counts as lost."""
    if account.somebody_got_it:
        return SlackResponse(error="partly_sent")
    if isinstance(account.error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in account.error.recipients.values()]
        return _of_mail(next((code for code in codes if code < 500), max(codes, default=550)))
    if isinstance(account.error, smtplib.SMTPResponseException):
        return _of_mail(account.error.smtp_code)
    if account.code:
        return _of_mail(account.code) if account.is_mail else _of_status(account.code)
    if isinstance(account.error, smtplib.SMTPNotSupportedError):
        return SlackResponse(error="login_refused")
    if account.error is not None and _is_certainly_not_sent(account.error):
        return SlackResponse(unreachable=True)
    return SlackResponse(lost=True)


def _of_mail(code: int) -> SlackResponse:
    """Return what a mail server's code means: 4xx is temporary, 5xx permanent."""
    detail = {"code": code}
    if code in _LOGIN_CODES:
        return SlackResponse(error="login_refused", detail=detail)
    if code == _CLOSING_CODE:
        return SlackResponse(unreachable=True, detail=detail)
    return SlackResponse(error="try_later" if code < 500 else "refused", detail=detail)


def _of_status(status: int) -> SlackResponse:
    """Return what an HTTP status means to a client that always calls the same address."""
    detail = {"code": status}
    if status >= 500:
        return SlackResponse(status=status, detail=detail)
    if status == 429:
        return SlackResponse(error="rate_limited", status=status, retry_after=_PACED_SECONDS)
    words = {401: "login_refused", 403: "login_refused", 407: "login_refused"}
    words |= dict.fromkeys((404, 405, 410), "address_refused")
    words |= {408: "try_later", 425: "try_later"}
    return SlackResponse(error=words.get(status, "refused"), status=status, detail=detail)


def _is_certainly_not_sent(error: BaseException) -> bool:
    """Tell whether an exception was raised before anything could have been accepted."""
    if isinstance(error, requests.exceptions.ConnectionError):
        return _is_before_http(error)
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return True
    # Until a mail is handed over, a server has taken nothing of it.
    if _mail_steps(error):
        return "data" not in _mail_steps(error)
    return isinstance(error, ConnectionRefusedError | socket.gaierror | ssl.SSLError)


def _is_before_http(error: requests.exceptions.ConnectionError) -> bool:
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError):
        return True
    reason = error.args[0] if error.args else None
    if isinstance(reason, MaxRetryError):
        reason = reason.reason
    return isinstance(reason, NewConnectionError)


def _mail_steps(error: BaseException) -> set[str]:
    """Return the functions of the mail client in which an exception came up."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    return {one.f_code.co_name for one in frames if one.f_globals.get("__name__") == "smtplib"}


def peer_of(error: BaseException | None) -> tuple[str, int] | None:
    """Return whom an HTTP send wanted to reach, unless a proxy stands between."""
    request = getattr(error, "request", None)
    url = getattr(request, "url", None)
    if not url or requests.utils.get_environ_proxies(url):
        return None
    parts = urlsplit(url)
    usual = 443 if parts.scheme == "https" else 80
    return (parts.hostname, parts.port or usual) if parts.hostname else None
