"""Logs: one event a line, and no secret in any of them, however it got there."""

import json
import logging

import pytest
import structlog

from bot.logs import set_up_logs

pytestmark = pytest.mark.usefixtures("quiet_again")

SECRETS = [
    "xoxb-1234-5678-abcDEF",
    "xoxp-1234-abcDEF",
    "xoxe.xoxp-1-Mi0yLTE",
    "xapp-1-A0-1234-abcdef",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.s1gn-ature",
    "https://hooks.slack.com/services/T0/B0/s3cr3tpart",
    "postgresql://ada:hunter2@127.0.0.1/opsbell",
]
TELLTALES = ["abcDEF", "abcdef", "Mi0yLTE", "s1gn", "s3cr3tpart", "hunter2"]


@pytest.fixture(params=["console", "json"])
def log_format(request):
    """Both formats that LOG_FORMAT knows."""
    return request.param


class BrokenError(Exception):
    """An error whose text is a secret."""


def break_down(text):
    """Fail with this text, which is in a local variable as well."""
    raise BrokenError(text)


def write_everywhere(secret):
    """Log a secret in every place where one has ever been found."""
    logger = structlog.get_logger("opsbell.test")
    logger.info("as_value", token=secret)
    logger.info("in_a_mapping", detail={"nested": [{"deep": secret}], secret: "as a key"})
    logger.info("in_a_sequence", values=[secret, (secret,)])
    logger.info("in_an_object", error=BrokenError(secret))
    event = f"in_the_event_{secret}"
    logger.info(event)
    logging.getLogger("foreign").warning("by the standard library %s", secret)
    try:
        break_down(f"refused {secret}")
    except BrokenError:
        logger.exception("with_a_traceback")
        logging.getLogger("foreign").exception("foreign traceback")


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_is_written(capsys, log_format, secret):
    """Values, nested values, keys, objects, tracebacks and foreign loggers are all blotted out."""
    set_up_logs("debug", log_format)

    write_everywhere(secret)

    written = capsys.readouterr().err
    assert written.count("[secret]") >= 8
    assert not [telltale for telltale in TELLTALES if telltale in written]


def test_local_variables_are_not_written(capsys, log_format):
    """A traceback shows the lines of code, not what the variables held."""

    def fail(private="in-a-frame" + "-only"):
        break_down("plain")

    set_up_logs("debug", log_format)
    try:
        fail()
    except BrokenError:
        structlog.get_logger().exception("with_a_traceback")

    written = capsys.readouterr().err
    assert "BrokenError: plain" in written
    assert "in-a-frame-only" not in written


def test_json_is_one_object_a_line(capsys):
    """Each event is one line that any log reader can parse, tracebacks and newlines included."""
    set_up_logs("info", "json")
    write_everywhere("two\nlines")

    lines = capsys.readouterr().err.splitlines()
    events = [json.loads(line) for line in lines]

    assert len(events) == 8
    assert all({"event", "level", "timestamp"} <= set(event) for event in events)


def test_the_level_is_kept(capsys):
    """What is below LOG_LEVEL is not written, by us or by others."""
    set_up_logs("warning", "json")

    structlog.get_logger("opsbell.test").info("quiet")
    logging.getLogger("foreign").info("quiet")
    structlog.get_logger("opsbell.test").warning("loud")

    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "loud"


@pytest.mark.parametrize("name", ["slack_sdk", "slack_bolt", "apscheduler", "alembic"])
def test_chatty_libraries_speak_only_up(capsys, name):
    """Libraries that log every call are heard from errors on, and not below LOG_LEVEL."""
    set_up_logs("info", "json")
    logging.getLogger(name).info("chatter")
    logging.getLogger(name).error("trouble")

    set_up_logs("critical", "json")
    logging.getLogger(name).error("not now")

    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "trouble"


def test_setting_up_twice_writes_once(capsys):
    """The command line and the bot may both set logs up."""
    set_up_logs("info", "json")
    set_up_logs("info", "json")

    structlog.get_logger().info("once")

    assert len(capsys.readouterr().err.splitlines()) == 1
