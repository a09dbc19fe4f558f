"""`opsbell notify`: one message, through the server or a webhook."""

import pytest


def test_a_text_is_sent(run, server):
    """The words are joined; options say where."""
    ended = run("notify", "--channel", "#ops", "Deployed", "v1.2", server=server)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
    (call,) = server.calls
    assert (call.path, call.body) == (
        "/api/messages/request",
        {"channel": "#ops", "templateCode": "text", "payload": {"text": "Deployed v1.2"}},
    )


def test_a_text_is_read_from_standard_input(run, server):
    """`-` sends what comes, without its secrets."""
    run("notify", "-", input=b"line 1\ntoken=abcdefgh1\n", server=server)

    assert server.calls[0].body["payload"] == {"text": "line 1\ntoken=***"}


def test_a_webhook_takes_it_where_there_is_no_server(run, server):
    """The text is a text: nothing in it mentions anybody."""
    ended = run(
        *("notify", "<!channel>", "--", "--odd"),
        environ={"SLACK_WEBHOOK_URL": f"{server.url}/services/x"},
    )

    assert ended.returncode == 0
    (call,) = server.calls
    assert call.body["text"] == "&lt;!channel&gt; --odd"
    assert call.body["blocks"][0]["text"] == {"type": "plain_text", "text": "<!channel> --odd"}


def test_a_server_that_is_away_changes_no_exit_code(run, server, refused_url):
    """It is kept, said on stderr, and sent once by the next command."""
    ended = run("notify", "first", url=refused_url)
    server.mood = 503
    run("notify", "first", server=server)
    server.mood = "ok"
    run("notify", "second", server=server)

    assert ended.returncode == 0
    assert b"a later run tries again" in ended.stderr
    texts = [call.body["payload"]["text"] for call in server.calls]
    assert texts == ["first", "first", "second"]
    assert server.calls[0].key == server.calls[1].key != ""


@pytest.mark.parametrize("words", [[], [" "], ["--loud", "x"]])
def test_wrong_words_are_said(run, server, words):
    """Exit code 2 with the usage; nothing is sent."""
    ended = run("notify", *words, server=server)

    assert (ended.returncode, server.calls) == (2, [])
    assert b"usage: opsbell notify" in ended.stderr


def test_help_is_no_error(run):
    """Each command has its own."""
    for command in ("notify", "task"):
        ended = run(command, "--help")
        assert (ended.returncode, ended.stderr) == (0, b"")
        assert f"usage: opsbell {command}".encode() in ended.stdout
