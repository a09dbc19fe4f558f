import pytest
from slack_playground import Playground
from slack_playground.people.writing import as_slack_writes

from tests.playground.wire import ADA


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("a & b < c", "a &amp; b &lt; c"),
        ("hi @ada, @nobody", "hi <@U0ADA00001>, @nobody"),
        ("@Ada: ask @ben. (@CLEO)", "<@U0ADA00001>: ask <@U0BEN00002>. (<@U0CLEO0003>)"),
        ("@ada-lab @adam @ben.x @ada@b", "@ada-lab @adam @ben.x @ada@b"),
        ("@here and @channel!", "<!here> and <!channel>!"),
        ("ada@example.com", "ada@example.com"),
        ("see #ops", "see <#C0OPS00002|ops>"),
        ("see #Ops, not #ops-x.", "see <#C0OPS00002|ops>, not #ops-x."),
        ("<@U0ADA00001> and <!here>", "<@U0ADA00001> and <!here>"),
        ("https://a.example/x?y=1&z=2 .", "<https://a.example/x?y=1&amp;z=2> ."),
        (
            "@ada https://a.example/?q=@ada @ben",
            "<@U0ADA00001> <https://a.example/?q=@ada> <@U0BEN00002>",
        ),
        ("<https://a.example|a>", "<https://a.example|a>"),
    ],
)
async def test_typed_text_becomes_slacks_notation(
    playground: Playground, typed: str, written: str
) -> None:
    """Names, links and the three special characters are written as Slack writes them."""
    assert as_slack_writes(playground.state, typed) == written


@pytest.mark.parametrize("typed", ["@Ops Bell, hello", "@ops bell, hello", "@opsbell, hello"])
async def test_the_name_of_the_app_is_a_mention(playground: Playground, typed: str) -> None:
    """The app is mentioned by its display name, blanks and all, and by its handle."""
    bot = playground.state.users[playground.state.bot_user_id]
    bot.name, bot.real_name = "opsbell", "Ops Bell"
    assert as_slack_writes(playground.state, typed) == f"<@{bot.id}>, hello"


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
