"""Posting through an incoming webhook: on the playground, and where anything may come back."""

from dataclasses import replace

import pytest

from bot.messages.error_codes import Verdict
from bot.messages.policy import classify
from bot.messages.transports.base import File
from bot.messages.transports.webhook import WebhookTransport
from tests.bot.messages.transports.odd import HANG_UP, SECTION, outgoing, said

BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
LINK = {**BUTTON, "action_id": "look", "url": "https://ada.example/"}


def drawn(*blocks):
    """Return a message of these blocks."""
    message = outgoing()
    return outgoing(rendered=message.rendered.__class__("Ada's task", list(blocks), None))


@pytest.fixture
def webhook(playground):
    """A transport into the playground's #ops."""
    transport = WebhookTransport(playground.webhook("ops"))
    yield transport
    transport.close()


@pytest.fixture
def oddly(odd):
    """A transport to the odd server."""
    transport = WebhookTransport(f"http://127.0.0.1:{odd.port}/services/T/B/x")
    yield transport
    transport.close()


async def test_a_post_stands_in_the_webhooks_channel(webhook, playground):
    """Text and blocks arrive; where it stands nobody says."""
    answer = await webhook.post(outgoing(channel="anything"))

    (message,) = playground.messages("ops")
    assert (answer.ok, answer.ts) == (True, None)
    assert (
        message["text"],
        [block["type"] for block in message["blocks"]],
    ) == ("Ada's task", ["section"])


async def test_a_change_is_a_new_post(webhook, playground):
    """What was posted stays; a webhook edits nothing."""
    await webhook.post(outgoing())
    await webhook.edit(outgoing(revision=2))

    assert len(playground.messages("ops")) == 2


async def test_nothing_can_be_looked_up(webhook):
    """Whether a post without an answer arrived cannot be known."""
    assert not (await webhook.find(outgoing())).readable


async def test_controls_that_nobody_hears_are_left_out(playground):
    """Of the buttons only the links stay, and a row that is empty then goes."""
    transport = WebhookTransport(playground.webhook("ops"), is_mute=True)
    rows = [{"type": "actions", "elements": row} for row in ([BUTTON, LINK], [BUTTON])]

    answer = await transport.post(drawn(SECTION, *rows))
    untouched = await transport.post(drawn(SECTION))
    transport.close()

    message, _ = playground.messages("ops")
    assert "nobody hears" in answer.warnings[0]
    assert not untouched.warnings
    assert [block["type"] for block in message["blocks"]] == ["section", "actions"]
    assert [one["action_id"] for one in message["blocks"][1]["elements"]] == ["look"]


async def test_a_webhook_says_which_files_it_did_not_bring(webhook, playground):
    """The message stands there without them."""
    answer = await webhook.post(replace(outgoing(), files=[File("report.csv", "a,b\n")]))

    assert len(playground.messages("ops")) == 1
    assert answer.warnings[0].startswith("Not sent: report.csv, for a webhook takes no files")


async def test_a_webhook_of_another_app_keeps_its_controls(webhook, playground):
    """Whoever made the webhook may hear the clicks."""
    await webhook.post(drawn({"type": "actions", "elements": [BUTTON]}))

    assert len(playground.messages("ops")[0]["blocks"][0]["elements"]) == 1


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (said(404, b"no_service"), Verdict.LOCKED_OUT),
        (said(403, b"action_prohibited"), Verdict.LOCKED_OUT),
        (said(410, b"channel_is_archived"), Verdict.FINAL),
        (said(404, b"channel_not_found"), Verdict.FINAL),
        (said(400, b"invalid_payload"), Verdict.FINAL),
        (said(400, b"invalid_blocks"), Verdict.REFUSED_BLOCKS),
        (said(400, b"<html>Who are you?</html>"), Verdict.FINAL),
        (said(400, b"never_heard_of"), Verdict.UNRECOGNISED),
        (said(400, b'{"ok": false, "error": "missing_variable"}'), Verdict.FINAL),
        (said(404, b'{"ok": false, "error": "no_service"}'), Verdict.LOCKED_OUT),
        (said(302, b""), Verdict.FINAL),
        (said(429, b"rate_limited", wait=7), Verdict.PACED),
        (said(503, b"down"), Verdict.AMBIGUOUS),
        (said(200, b"<html>Welcome</html>"), Verdict.FINAL),
        (said(200, b'{"ok":true}'), Verdict.FINAL),
        (said(200, b""), Verdict.FINAL),
        (said(202, b"ok"), Verdict.FINAL),
        (said(204, b""), Verdict.FINAL),
        (HANG_UP, Verdict.AMBIGUOUS),
    ],
)
async def test_every_answer_has_its_meaning(odd, oddly, answer, verdict):
    """Words, statuses and silence mean what they mean everywhere else."""
    odd.says = [answer]

    assert verdict is classify(await oddly.post(outgoing()), is_edit=False)


async def test_a_webhook_that_is_away_was_not_reached(odd):
    """A refused connection carries nothing: the post may be repeated without harm."""
    transport = WebhookTransport("http://127.0.0.1:9/services/T/B/x")

    assert (await transport.post(outgoing())).unreachable
    assert not (await transport.probe()).ok


async def test_a_probe_posts_nothing(webhook, playground):
    """A webhook is asked with a message without words, which it refuses."""
    assert (await webhook.probe()).ok
    assert playground.messages("ops") == []


async def test_a_probe_notices_that_the_webhook_was_revoked(playground):
    """An address that is gone is not well only because something answers."""
    transport = WebhookTransport(playground.webhook("ops") + "x")

    assert (await transport.probe()).error == "no_service"
    transport.close()


async def test_an_archived_channel_does_not_stop_the_probe(webhook, playground):
    """That refuses messages one by one, and somebody is told of each."""
    playground.channel("ops").is_archived = True

    assert (await webhook.probe()).ok
    assert (await webhook.post(outgoing())).error == "channel_is_archived"


@pytest.mark.parametrize(
    ("answer", "said_in_timeline"),
    [
        (said(200, b'{"ok":true}'), '{"ok":true}'),
        (said(202, b"<html>Thanks</html>"), "<html>Thanks</html>"),
        (said(400, b'{"ok":false,"error":"missing_variable"}'), "missing_variable"),
        (said(400, b"never_heard_of"), "never_heard_of"),
        (said(400, b"[1]"), "[1]"),
    ],
)
async def test_what_was_answered_is_kept_for_the_timeline(odd, oddly, answer, said_in_timeline):
    """Whoever looks for the reason finds the other side's own words."""
    odd.says = [answer]

    assert (await oddly.post(outgoing())).detail["said"] == said_in_timeline


async def test_a_probe_is_nothing_that_somebody_could_act_upon(odd, oddly):
    """It is a GET without a body, whatever listens there."""
    odd.says = [said(405, b"")]

    assert (await oddly.probe()).ok
    assert odd.heads[-1].startswith("GET /services/T/B/x HTTP/1.1")
