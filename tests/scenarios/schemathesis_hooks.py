"""
What schemathesis cannot read in the description: which channels, templates, … this bot knows.

Loaded by schemathesis itself. The description gives such texts a `format` of their own.
"""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
import schemathesis
from hypothesis import strategies as st
from standardwebhooks import Webhook

from bot.http.pagination import write_cursor

NOW = datetime.now(UTC)
IDS = [f"known-{number}" for number in range(20)]
SECRET = os.environ.get("CALLBACK_SECRET", "")


def _later(hours: int) -> str:
    return (NOW + timedelta(days=1, hours=hours)).isoformat(timespec="seconds")


def _report_place() -> st.SearchStrategy[str]:
    return st.just(os.environ.get("REPORT_ID", "r_unknown"))


KNOWN = {
    "report-id": _report_place(),
    "execution-id": st.just(os.environ.get("EXECUTION_ID", "x_unknown")),
    "report-query": st.sampled_from(["select count(*) as total from tasks", "SELECT 1 AS one"]),
    "report-owner": st.just("test"),
    "source-name": st.just("opsbell"),
    "send-if": st.sampled_from(["rows > 0", "rows = 1"]),
    "cron": st.sampled_from(["0 9 * * 1-5", "@daily"]),
    "time-zone": st.sampled_from(["Europe/Berlin", "UTC"]),
    "slack-person": st.just(os.environ.get("PERSON_ID", "U0ADA00001")),
    "slack-channel": st.sampled_from(["C0OPS00002", "#ops"]),
    "slack-team": st.just("T0PLAYGRND"),
    "board-name": st.just("dealers"),
    "webhook-name": st.just("prefect"),
    "iso-week": st.integers(1, 52).map("2026-W{:02}".format),
    "slack-bot-token": st.just(os.environ.get("BOT_TOKEN", "")),
    "template-code": st.just("described"),
    "sender-code": st.just("described"),
    "code": st.just("described"),
    "task-id": st.sampled_from(IDS),
    "message-id": st.sampled_from(IDS),
    "tenant": st.just("default"),
    "workspace": st.just("T0PLAYGRND"),
    "file-name": st.uuids().map("{}.csv".format),
    "runner": st.just("orchestrator"),
    "cursor": st.integers(0, 10**6).map(lambda number: write_cursor(NOW, str(number))),
    "uri": st.integers(0).map("https://logs.example.com/{}".format),
    "future-date-time": st.integers(0, 10_000).map(_later),
}
for _name, _strategy in KNOWN.items():
    schemathesis.openapi.format(_name, _strategy)


class _Signature(requests.auth.AuthBase):
    """Signs what is sent, as an orchestrator does that has no token."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        text = body.decode() if isinstance(body, bytes) else str(body)
        at = datetime.now(UTC)
        request.headers["webhook-id"] = "msg_1"
        request.headers["webhook-timestamp"] = str(int(at.timestamp()))
        request.headers["webhook-signature"] = Webhook(SECRET).sign("msg_1", at, text)
        return request


if SECRET:

    @schemathesis.hook
    def before_call(_context: Any, _case: Any, kwargs: dict[str, Any]) -> None:
        """Sign every call."""
        kwargs["auth"] = _Signature()
