"""Words for a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.errors import ConflictError
from listeners.wording import ANSWER_CHARACTERS, as_mrkdwn, words_for


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("by <@U0ADA00001> in <#C0OPS00002>", "by <@U0ADA00001> in <#C0OPS00002>"),
        ("ask <!subteam^S0OPERATOR>", "ask <!subteam^S0OPERATOR>"),
        ("<!channel> <!here>", "&lt;!channel&gt; &lt;!here&gt;"),
        ("<https://evil.example.com|ok>", "&lt;https://evil.example.com|ok&gt;"),
        ("a & b <kind>", "a &amp; b &lt;kind&gt;"),
        ("port 1:100:8 of `svc:fire:eu`", "port 1\ua789100:8 of `svc:fire:eu`"),
        ("<@WORKER> and <#CHANNEL>", "&lt;@WORKER&gt; and &lt;#CHANNEL&gt;"),
    ],
)
def test_only_mentions_by_id_keep_their_brackets(sentence: str, expected: str) -> None:
    """Neither a broadcast nor a link can come out of a sentence with data in it."""
    assert expected == as_mrkdwn(sentence)


@given(st.text())
def test_no_text_calls_a_channel_or_links(text: str) -> None:
    """Whatever is typed, brackets that remain are those of a mention by id."""
    words = as_mrkdwn(text)
    assert "<!channel" not in words
    assert "<http" not in words


def test_an_error_for_people_is_its_own_sentence() -> None:
    """Nothing is logged: it is no failure of ours."""
    with capture_logs() as logs:
        assert words_for(ConflictError("Too late.")) == "Too late."
    assert logs == []


def test_an_unexpected_error_is_logged_under_what_the_person_is_told() -> None:
    """The reference leads from the person's screen to the trace, and nothing else does."""
    with capture_logs() as logs:
        words = words_for(LookupError("secret"), kind="/ops")
    (line,) = logs
    assert line["event"] == "listener_failed"
    assert f"`{line['reference']}`" in words
    assert "secret" not in words


def test_a_long_error_is_cut() -> None:
    """Slack takes three thousand characters in a section."""
    assert len(words_for(ConflictError("x" * 10_000))) <= ANSWER_CHARACTERS
