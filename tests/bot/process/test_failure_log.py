"""A loop whose database is away does not flood the log."""

import sqlite3

import pytest
from sqlalchemy import exc
from structlog.testing import capture_logs

from bot.process.failure_log import FailureLogger, database_reason


def fail(log, error):
    try:
        raise error
    except type(error):
        log.exception()


def test_the_same_failure_is_logged_once_a_minute():
    """With how often it came in between; another kind is logged at once."""
    now = [0.0]
    log = FailureLogger("job_failed", now=lambda: now[0], job="sweep_lanes")
    away = exc.OperationalError("SELECT 'secret'", {}, sqlite3.OperationalError("disk is full\nx"))
    with capture_logs() as logs:
        for _ in range(3):
            fail(log, away)
        fail(log, KeyError("x"))
        now[0] = 60.0
        fail(log, away)
        fail(log, away)

    told = {"event": "job_failed", "log_level": "error", "job": "sweep_lanes"}
    full = {**told, "reason": "disk is full"}
    assert [{**one, "exc_info": None} for one in logs] == [
        {**full, "exc_info": None},
        {**told, "reason": "KeyError", "exc_info": None},
        {**full, "repeated": 2, "exc_info": None},
    ]
    assert [type(one.get("exc_info")) for one in logs] == [type(None), KeyError, type(None)]


@pytest.mark.parametrize("error", [sqlite3.OperationalError(""), exc.TimeoutError()])
def test_an_error_without_words_has_its_name(error):
    """No line of the log is empty."""
    assert database_reason(error) == type(error).__name__
