import pytest
from slack_playground import Playground
from slack_playground.people.writing import as_slack_writes

from tests.playground.wire import ADA


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("a & b < c", "a &amp; b &lt; c"),
        ("hi @ada, @nobody", "hi <@U0ADA00001>, @nobody"),
        ("ada@example.com", "ada@example.com"),
        ("see #ops", "see <#C0OPS00002|ops>"),
        ("<@U0ADA00001> and <!here>", "<@U0ADA00001> and <!here>"),
        ("https://a.example/x?y=1&z=2 .", "<https://a.example/x?y=1&amp;z=2> ."),
        ("<https://a.example|a>", "<https://a.example|a>"),
    ],
)
async def test_typed_text_becomes_slacks_notation(
    playground: Playground, typed: str, written: str
) -> None:
    """Names, links and the three special characters are written as Slack writes them."""
    assert as_slack_writes(playground.state, typed) == written


async def test_a_message_of_a_person_is_rich_text(playground: Playground) -> None:
    """Slack keeps what people type as rich text beside the text."""
    message = playground.write("ada", "ops", "hi @ben & co").answer["message"]
    (section,) = message["blocks"][0]["elements"]
    assert section["elements"] == [
        {"type": "text", "text": "hi "},
        {"type": "user", "user_id": "U0BEN00002"},
        {"type": "text", "text": " & co"},
    ]
    assert (message["user"], "bot_id" in message) == (ADA, False)


async def test_a_person_replies_in_a_thread(playground: Playground) -> None:
    """A reply to a reply stands in the same thread."""
    ts = playground.write("ada", "ops", "p").answer["message"]["ts"]
    reply = playground.write("ben", "ops", "r", thread_ts=ts).answer["message"]["ts"]
    playground.write("ada", "ops", "rr", thread_ts=reply)
    assert [one["text"] for one in playground.replies("ops", ts)] == ["r", "rr"]
    assert playground.message("ops", ts)["reply_users"] == ["U0BEN00002", ADA]
    assert playground.write("ada", "ops", "r", thread_ts="1.000001").error == "thread_not_found"


async def test_nobody_writes_nothing_or_into_an_archive(playground: Playground) -> None:
    """Both are refused."""
    assert playground.write("ada", "ops", "  ").error == "no_text"
    assert playground.write("ada", "old-news", "x").error == "is_archived"
