"""
A request of the Web API, read: JSON, form or query, and the token in it.

What is refused and warned of is that of https://docs.slack.dev/apis/web-api
and of the errors and warnings on every method's page.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from aiohttp import web

from slack_playground.errors import SlackError
from slack_playground.state import Record

_JSON = "application/json"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_CHARSETS = ("utf-8", "utf8", "iso-8859-1")
_NAME = re.compile(r"\w{1,100}", re.ASCII)


@dataclass(slots=True)
class Sent:
    """What came: the arguments, the token, and what was wrong or odd about the way."""

    arguments: Record = field(default_factory=dict)
    # The files of a multipart body; their names stand among the arguments.
    files: dict[str, bytes] = field(default_factory=dict)
    token: str | None = None
    error: SlackError | None = None
    # What stands against the call once it is clear that it may be made.
    refusal: SlackError | None = None
    warning: str | None = None
    is_post: bool = True


async def read_request(request: web.Request) -> Sent:
    """
    Read a request; never raises for what stands in it.

    A bearer token counts, or `token` in a form. One inside JSON or in the
    address does not: Slack stopped that for apps made since February 2021.
    """
    sent = Sent({name: one for name, one in request.query.items() if name != "token"})
    sent.is_post = request.method == "POST"
    form: Record = {}
    try:
        if request.can_read_body:
            form = await _read_body(request, sent)
        _check_names(sent.arguments)
    except SlackError as error:
        sent.error = error
    sent.token = form.get("token")
    _read_authorization(sent, request.headers.get("Authorization", ""))
    return sent


async def _read_body(request: web.Request, sent: Sent) -> Record:
    """Add the body's arguments; return those that came as a form."""
    kind, charset = request.content_type, request.charset
    if "Content-Type" not in request.headers:
        raise SlackError("missing_post_type")
    if kind not in (_JSON, *_FORMS, "text/plain"):
        raise SlackError("invalid_post_type")
    if charset is not None and charset.lower() not in _CHARSETS:
        raise SlackError("invalid_charset")
    if (charset is None) is (kind not in _FORMS):
        sent.warning = "missing_charset" if charset is None else "superfluous_charset"
    if kind == _JSON:
        values = _read_json(await request.read(), charset or "utf-8")
        values.pop("token", None)
        sent.arguments.update(values)
        return {}
    form = await _read_form(request, charset or "utf-8", sent)
    sent.arguments.update({name: one for name, one in form.items() if name != "token"})
    return form


async def _read_form(request: web.Request, charset: str, sent: Sent) -> Record:
    if request.content_type != "multipart/form-data":
        text = (await request.read()).decode(charset, "replace")
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        form = await request.post()
    except ValueError:
        raise SlackError("invalid_form_data") from None
    for name, one in form.items():
        if isinstance(one, web.FileField):
            sent.files[name] = one.file.read()
    return {
        name: one if isinstance(one, str) else one.filename
        for name, one in form.items()
        if isinstance(one, str | web.FileField)
    }


def _read_json(body: bytes, charset: str) -> Record:
    try:
        value = json.loads(body.decode(charset) or "{}")
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return value


def _check_names(arguments: Record) -> None:
    for name in arguments:
        if "[" in name:
            raise SlackError("invalid_array_arg")
        if not _NAME.fullmatch(name):
            raise SlackError("invalid_arg_name")


def _read_authorization(sent: Sent, authorization: str) -> None:
    """
    Let the header's bearer token stand before one in a form.

    HTTP Basic is how an app names itself by its client id and secret; they
    become arguments, which is the other way to send them.
    """
    kind, _, value = authorization.partition(" ")
    if kind == "Bearer":
        sent.token = value.strip()
    if kind == "Basic":
        try:
            client_id, _, secret = base64.b64decode(value).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return
        sent.arguments.update(client_id=client_id, client_secret=secret)
