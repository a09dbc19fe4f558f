"""What the environment says, and what is done where it says nonsense."""

import pytest
from opsbell.settings import (
    EXIT_SECONDS,
    LONGEST_SECONDS,
    exit_seconds,
    heartbeat_seconds,
    read_target,
    spool_folder,
    take_assignment,
)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("30", 30.0),
        ("0", 0.0),
        ("-1", 0.0),
        ("nan", 0.0),
        ("inf", LONGEST_SECONDS),
        ("", EXIT_SECONDS),
        ("soon", EXIT_SECONDS),
    ],
)
def test_an_exit_waits_for_a_number_of_seconds(said, seconds):
    """What is no number is as good as nothing; no number makes the exit fail or last for ever."""
    assert seconds == exit_seconds({"OPSBELL_EXIT_SECONDS": said})


def test_heartbeats_leave_the_server_time():
    """Ten a second are the most, whatever is asked for."""
    assert heartbeat_seconds({"OPSBELL_HEARTBEAT_SECONDS": "0"}) == 0.1


def noted(capfd):
    return capfd.readouterr().err.splitlines()


@pytest.fixture(autouse=True)
def debug(monkeypatch):
    monkeypatch.setenv("OPSBELL_DEBUG", "1")


@pytest.mark.parametrize("quote", ['"{}"', "'{}'", "`{}`", "“{}”", ' "{}" ', '" {} "'])
def test_quotation_marks_around_a_value_are_left_out(capfd, quote):
    """Docker's --env-file keeps them; the values are used without, and that is said."""
    target = read_target(
        {
            "OPSBELL_URL": quote.format("http://127.0.0.1:8000/bell"),
            "OPSBELL_TOKEN": quote.format("eyJ.a.b"),
        }
    )

    assert target is not None
    assert (target.origin, target.prefix, target.token) == (
        "http://127.0.0.1:8000",
        "/bell",
        "eyJ.a.b",
    )
    assert noted(capfd) == [
        "opsbell: OPSBELL_URL stands in quotation marks; they are left out",
        "opsbell: OPSBELL_TOKEN stands in quotation marks; they are left out",
    ]


@pytest.mark.parametrize(
    ("url", "token", "notes"),
    [
        ("", "", ["silent: OPSBELL_URL and OPSBELL_TOKEN are not set"]),
        ("http://a", "", ["silent: OPSBELL_TOKEN is not set"]),
        ("", "t", ["silent: OPSBELL_URL is not set"]),
        ("http://a", '""', ["OPSBELL_TOKEN stands in quotation marks", "OPSBELL_TOKEN is empty"]),
        ("ftp://ada:hunter2@a", "t", ["OPSBELL_URL must look like https://host[:port][/path]"]),
        ('"http://a', "t", ["OPSBELL_URL has a quotation mark at one end"]),
        ("http://a", "hunter2'", ["OPSBELL_TOKEN has a quotation mark at one end"]),
        ("http://a", "hunter2 hunter2", ["OPSBELL_TOKEN must be one word of ASCII characters"]),
    ],
)
def test_what_cannot_be_used_is_named(capfd, url, token, notes):
    """URL and token have sentences of their own, which never hold the value."""
    assert read_target({"OPSBELL_URL": url, "OPSBELL_TOKEN": token}) is None

    said = noted(capfd)
    for note in notes:
        assert any(line.startswith(f"opsbell: {note}") for line in said), said
    assert "hunter2" not in "".join(said)


@pytest.mark.parametrize("value", ["1", '"1"', "'true'", "on"])
def test_debug_may_stand_in_quotation_marks(monkeypatch, capfd, value):
    """Whoever asks why nothing comes is not met with silence."""
    monkeypatch.setenv("OPSBELL_DEBUG", value)
    read_target({})

    assert noted(capfd) == ["opsbell: silent: OPSBELL_URL and OPSBELL_TOKEN are not set"]


def test_other_variables_may_stand_in_quotation_marks():
    """Numbers and folders are read without them."""
    environ = {"OPSBELL_EXIT_SECONDS": '"3"', "OPSBELL_SPOOL": "'/tmp/spool'"}

    assert (exit_seconds(environ), spool_folder(environ)) == (3.0, "/tmp/spool")


@pytest.mark.parametrize(
    ("url", "prefix", "update_path"),
    [
        ("http://a/api/slack/update", "", "/api/slack/update"),
        ('"http://a/bell/api/slack/update"', "/bell", "/bell/api/slack/update"),
        ("http://a/hooks/callback", "", "/hooks/callback"),
        ("http://a", "", "/"),
    ],
)
def test_a_callbacks_address_says_where_the_server_is(url, prefix, update_path):
    """Behind a path prefix heartbeats and lines go there, too."""
    assignment = take_assignment(
        {
            "OPSBELL_TASK_ID": '"media/7"',
            "OPSBELL_ATTEMPT": "'2'",
            "OPSBELL_CALLBACK_URL": url,
            "OPSBELL_CALLBACK_TOKEN": '"t"',
        }
    )

    assert assignment is not None
    assert (assignment.task_id, assignment.attempt) == ("media/7", 2)
    target = assignment.target
    assert (target.prefix, target.update_path, target.token) == (prefix, update_path, "t")
