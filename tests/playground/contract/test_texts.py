"""
Rule: Slack changes the texts it is given.

Bare addresses become links, and what is no markup is escaped:
https://docs.slack.dev/messaging/formatting-message-text
"""

import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, OPS, Api, section

TEXTS = [
    ("fish & chips", "fish &amp; chips"),
    ("fish &amp; chips &lt;3", "fish &amp; chips &lt;3"),
    ("a < b > c", "a &lt; b &gt; c"),
    ("<b>bold</b>", "&lt;b&gt;bold&lt;/b&gt;"),
    (f"<@{ADA}> <#C1|ops> <!here> <!date^1^{{date}}|then>",) * 2,
    ("<https://example.com|there> <mailto:a@example.com> <tel:+4930|call>",) * 2,
    ("see https://example.com/a?b=1&c=2.", "see <https://example.com/a?b=1&amp;c=2>."),
    ("(https://example.com)", "(<https://example.com>)"),
    ("*https://example.com*", "*<https://example.com>*"),
    ("plain words, 100 %",) * 2,
]


@pytest.mark.parametrize(("sent", "kept"), TEXTS)
async def test_texts_are_kept_as_slack_keeps_them(
    playground: Playground, api: Api, sent: str, kept: str
) -> None:
    """In `text`, in mrkdwn of blocks, when posted, edited, whispered and planned."""
    posted = await api("chat.postMessage", channel=OPS, text=sent, blocks=[section(sent)])
    assert posted["message"]["text"] == kept
    assert posted["message"]["blocks"][0]["text"]["text"] == kept
    edited = await api("chat.update", channel=OPS, ts=posted["ts"], text=sent, parse="none")
    assert edited["text"] == kept
    await api("chat.postEphemeral", channel=OPS, user=ADA, text=sent)
    assert playground.ephemerals("ada", "ops")[-1]["text"] == kept


@pytest.mark.parametrize("more", [{}, {"parse": "client"}])
async def test_an_edit_without_parse_shows_its_markup(api: Api, more: dict[str, str]) -> None:
    """`chat.update` takes a text as typed by somebody, unlike the post before it."""
    posted = await api("chat.postMessage", channel=OPS, text="<!date^1^{date}|then>")

    edited = await api("chat.update", channel=OPS, ts=posted["ts"], text="<@U1> & <b>", **more)

    assert posted["message"]["text"] == "<!date^1^{date}|then>"
    assert edited["text"] == "&lt;@U1&gt; &amp; &lt;b&gt;"


async def test_words_of_attachments_are_kept_alike(api: Api) -> None:
    """The older form of a message holds the same markup."""
    attachment = {"pretext": "a & b", "text": "https://example.com", "footer": "c & d"}
    posted = await api("chat.postMessage", channel=OPS, text="x", attachments=[attachment])
    (kept,) = posted["message"]["attachments"]
    assert (kept["pretext"], kept["text"]) == ("a &amp; b", "<https://example.com>")
    assert kept["footer"] == "c & d"


async def test_verbatim_text_makes_no_links(api: Api) -> None:
    """`verbatim: true` asks for no links; what must be escaped is escaped all the same."""
    block = {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "https://example.com & x", "verbatim": True},
    }
    posted = await api("chat.postMessage", channel=OPS, text="x", blocks=[block])
    assert posted["message"]["blocks"][0]["text"]["text"] == "https://example.com &amp; x"


async def test_plain_text_and_code_values_stay(api: Api) -> None:
    """Labels and values are no markup."""
    button = {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "a",
                "text": {"type": "plain_text", "text": "https://example.com"},
                "value": "a & b",
            }
        ],
    }
    posted = await api("chat.postMessage", channel=OPS, text="x", blocks=[button])
    (kept,) = posted["message"]["blocks"][0]["elements"]
    assert (kept["text"]["text"], kept["value"]) == ("https://example.com", "a & b")
