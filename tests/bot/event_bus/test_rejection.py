"""What becomes of a request that fails."""

import json
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from bot.errors import ConflictError, FieldProblem, InvalidError, UnavailableError
from bot.event_bus.rejection import (
    FailureVerdict,
    delay_before,
    judge,
    reason_of,
    rejected,
    without_its_end,
)
from bot.http.errors import not_json

AWAY = OperationalError("SELECT 'secret'", {}, Exception("locked"))
LONG, SHORT = timedelta(days=3), timedelta(seconds=3)


@pytest.mark.parametrize(
    ("error", "tries", "waited", "verdict"),
    [
        (AWAY, 10_000, LONG, "retry"),
        (TimeoutError(), 10_000, LONG, "retry"),
        (UnavailableError("Slack is away."), 5, SHORT, "retry"),
        (UnavailableError("Slack is away."), 5, LONG, "reject"),
        (InvalidError("No."), 1, SHORT, "reject"),
        (ConflictError("No."), 1, SHORT, "reject"),
        (not_json("no"), 1, SHORT, "reject"),
        (KeyError("a fault of ours"), 4, SHORT, "retry"),
        (KeyError("a fault of ours"), 5, SHORT, "reject"),
    ],
)
def test_what_may_pass_is_tried_again(error, tries, waited, verdict):
    """A database that is away for as long as it is; nothing else for ever."""
    assert judge(error, tries, waited) == FailureVerdict(verdict)


def test_the_delay_grows_and_stays_bounded():
    """Below every broker's patience."""
    assert [delay_before(tries) for tries in (1, 2, 5, 6, 10_000)] == [0.5, 1.0, 8.0, 8.0, 8.0]


def test_a_dead_letter_is_the_message_with_the_reason():
    """Attributes stay; what would tell the broker something does not; all headers are ASCII."""
    error = InvalidError("Für nichts.\n", [FieldProblem("data.payload", "must be “x”")])
    headers = {
        "content-type": "application/json",
        "ce-id": "1",
        "ce-source": "/sh\nop",
        "nats-expected-stream": "other",
    }
    letter = rejected(b"{}", headers, error)

    assert (letter.body, letter.content_type) == (b"{}", "application/json")
    assert letter.headers == {
        "ce-id": "1",
        "opsbell-error": "invalid",
        "opsbell-message": r"F\u00fcr nichts.\n",
        "opsbell-fields": json.dumps([{"field": "data.payload", "message": "must be “x”"}]),
    }
    assert rejected(b"{}", headers, error).id == letter.id
    assert rejected(b"[]", headers, error).id != letter.id


def test_a_fault_of_ours_does_not_say_what_it_was():
    """That is in the log."""
    letter = rejected(b"{}", {}, KeyError("secret"))

    assert letter.headers["opsbell-error"] == "internal"
    assert "secret" not in str(letter)


def test_a_dead_letter_that_is_too_large_loses_its_end():
    """And says so."""
    letter = without_its_end(rejected(b"0123456789", {}, InvalidError("No.")))

    assert letter.body == b"01234"
    assert letter.headers["opsbell-truncated"] == "true"


def test_the_log_has_no_statement_of_the_database():
    """Its parameters may be anything."""
    assert reason_of(AWAY, InvalidError) == "OperationalError"
    assert reason_of(InvalidError("No."), InvalidError) == "No."
