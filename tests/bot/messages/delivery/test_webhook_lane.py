"""A lane to a webhook that says yes in other words, or is a workflow: it is started once."""

import asyncio

import pytest

from bot.messages.models import MessageState
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.transports.webhook import WebhookTransport
from tests.bot.messages.delivery.test_threads import in_state
from tests.bot.messages.transports.odd import OddServer, said


@pytest.fixture
async def odd():
    """A server of which a test decides every byte."""
    server = OddServer()
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    yield server
    listening.close()


@pytest.fixture
async def hook(rig, odd):
    """A lane to that server; return a function that asks for a message there."""
    rig.team = "to:hook"
    transport = WebhookTransport(f"http://127.0.0.1:{odd.port}/services/T/B/x")
    rig.lanes.open("to:hook", transport, Pacing(unlimited=True))
    yield rig.put
    transport.close()


@pytest.mark.parametrize(
    "answer",
    [
        said(200, b'{"ok":true}'),
        said(200, b"<html>Welcome</html>"),
        said(200, b""),
        said(202, b"accepted"),
    ],
)
async def test_an_unexpected_yes_is_never_repeated(rig, odd, hook, answer):
    """It may have been a yes: one post, no probe with a body, and a person decides."""
    odd.says = [answer]

    row = await in_state(rig, await hook("hello"), MessageState.DEAD)

    assert (row.error, row.possibly_delivered, row.tries) == ("unexpected_answer", True, 1)
    assert len(odd.requests) == 1


async def test_a_json_refusal_is_one_too(rig, odd, hook):
    """A workflow that lacks a variable refuses each message, and is asked once for each."""
    odd.says = [said(400, b'{"ok":false,"error":"missing_variable"}')]

    row = await in_state(rig, await hook("hello"), MessageState.DEAD)

    assert (row.error, row.possibly_delivered) == ("refused", False)
    assert len(odd.requests) == 1


async def test_a_broken_connection_is_followed_by_questions_without_a_body(rig, odd, hook):
    """Whether somebody is there is asked with GET; what was posted says that it may be a repeat."""
    odd.says = [b"", said(400, b"invalid_payload"), said(200, b"ok")]

    row = await in_state(rig, await hook("hello"))

    assert row.possibly_delivered
    assert [head.split(" ")[0] for head in odd.heads] == ["POST", "GET", "POST"]
