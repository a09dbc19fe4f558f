"""The second step of an upload, in which nothing is shared yet: what passes, and what does not."""

import pytest

from bot.messages.error_codes import Verdict
from bot.messages.policy import SlackResponse, classify
from bot.messages.transports.base import File
from bot.messages.transports.http_client import WireResponse
from bot.messages.transports.slack_files import read_brought, upload
from bot.outgoing.web_addresses import is_of_slack

REPORT = File("report.csv", "dealer,rows\nBergmann,12\n")


@pytest.mark.parametrize(
    ("status", "verdict", "error"),
    [
        (200, Verdict.DELIVERED, ""),
        (408, Verdict.OUTAGE, ""),
        (425, Verdict.OUTAGE, ""),
        (429, Verdict.PACED, "rate_limited"),
        (500, Verdict.OUTAGE, ""),
        (503, Verdict.OUTAGE, ""),
        (504, Verdict.OUTAGE, ""),
        (404, Verdict.TRANSIENT, "upload_expired"),
        (410, Verdict.TRANSIENT, "upload_expired"),
        (413, Verdict.FINAL, "file_too_large"),
        (400, Verdict.FINAL, "upload_refused"),
        (403, Verdict.FINAL, "upload_refused"),
        (302, Verdict.FINAL, "upload_refused"),
    ],
)
def test_each_answer_of_the_file_server_has_its_meaning(status, verdict, error):
    """Only what the file itself is refused for ends it; nothing leaves a doubt."""
    answer = read_brought(WireResponse(status, {}, b""))

    assert (classify(answer, is_edit=False), answer.error) == (verdict, error)


@pytest.mark.parametrize(("header", "seconds"), [({b"retry-after": b"2"}, 2.0), ({}, 1.0)])
def test_the_file_servers_wait_is_this_files_alone(header, seconds):
    """Slack's methods have limits of their own: the lane goes on."""
    answer = read_brought(WireResponse(429, header, b""))

    assert (answer.retry_after, answer.is_own_wait) == (seconds, True)


def test_what_the_file_server_says_is_kept_for_the_timeline():
    """Its status and the beginning of its words."""
    answer = read_brought(WireResponse(400, {}, b"Bad name \xff" + b"x" * 1000))

    assert answer.detail["upload_status"] == 400
    assert answer.detail["said"].startswith("Bad name \ufffdxxx")
    assert len(answer.detail["said"]) <= 200


@pytest.mark.parametrize(
    ("address", "is_slacks"),
    [
        *(("https://files.slack.com/upload/v1/a", True), ("https://files.slack-gov.com/a", True)),
        *(("http://127.0.0.1:8000/upload", True), ("https://127.0.0.1:9000/upload", True)),
        *(("http://files.slack.com/a", False), ("https://slack.com.evil.example/a", False)),
        *(("https://evilslack.com/a", False), ("https://files.slack.com@evil.example/a", False)),
        *(("http://169.254.169.254/latest", False), ("http://127.0.0.2/a", False)),
        *(("https://evil.example\\.slack.com/a", False), ("file:///etc/passwd", False)),
        *(("https://evil.example#.slack.com", False), ("None", False), ("", False)),
    ],
)
def test_a_file_goes_to_slack_alone(address, is_slacks):
    """The address for the bytes comes with an answer: only hosts of Slack and its API are taken."""
    assert is_of_slack(address, "http://127.0.0.1:8000/api/") == is_slacks


async def test_an_upload_to_somebody_else_is_refused(ours):
    """Nothing is sent to an address that is not Slack's; the timeline says so."""

    async def ask(_method: str, _arguments: dict[str, object]) -> SlackResponse:
        return SlackResponse(ok=True, detail={"body": {"upload_url": "http://169.254.169.254/"}})

    answer = await upload(ours(), REPORT, ask, 1, refused)

    assert (answer.error, "neither Slack's" in answer.detail["said"]) == ("upload_refused", True)


def refused(address: str) -> None:
    """Return no way, as to any address that is not Slack's."""


@pytest.mark.parametrize("status", [408, 429])
async def test_what_failed_in_passing_is_one_file_in_the_end(slack, playground, ours, status):
    """Nothing was shared by the first try, and nothing refers to it after the second."""
    ts = (await slack.post(ours())).ts
    wanted = ours(message_id="m_2", thread_ts=ts, file=REPORT)
    playground.fail("upload", "http", status=status, retry_after=2)

    first, second = await slack.post(wanted), await slack.post(wanted)

    assert (first.ok, second.ok) == (False, True)
    assert [len(reply["files"]) for reply in playground.replies("ops", ts)] == [1]


async def test_a_timeout_of_the_last_step_is_looked_for(slack, playground, ours):
    """Slack may have shared it all the same."""
    ts = (await slack.post(ours())).ts
    wanted = ours(message_id="m_2", thread_ts=ts, file=REPORT)
    playground.fail("files.completeUploadExternal", "http", status=408, error="request_timeout")

    answer = await slack.post(wanted)

    assert classify(answer, is_edit=False) is Verdict.AMBIGUOUS
    assert (await slack.find(wanted)).ts is None
