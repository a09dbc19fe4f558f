"""Secrets in log lines, also those that were split."""

import pytest

from bot.redaction import MASK, learn
from bot.tasks.line_redaction import REMEMBERED_TASKS, LineRedactor

TOKEN = "xoxb-1234567890-0987654321-aBcDeF"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0YXNrOnQtMSJ9.c2lnbmF0dXJl-x9"
KNOWN = "known-canary-5a1e-of-the-settings"


@pytest.fixture
def redactor():
    learn([KNOWN])
    return LineRedactor()


def told(redactor, *texts, key="t-1"):
    return [line["text"] for line in redactor.redact(key, [{"text": text} for text in texts])]


def test_a_line_is_masked_and_keeps_its_other_fields(redactor):
    """Only its text changes."""
    line = {"text": f"got {TOKEN}!", "level": "info", "at": 5}
    assert redactor.redact("t", [line]) == [{"text": f"got {MASK}!", "level": "info", "at": 5}]


@pytest.mark.parametrize("secret", [TOKEN, JWT, KNOWN])
@pytest.mark.parametrize("is_one_call", [True, False])
def test_a_secret_that_is_split_anywhere_is_masked(redactor, secret, is_one_call):
    """Over the end of a line or of a call: no eight characters of it are left together."""
    for cut in range(12, len(secret) - 2):
        key, texts = cut, (f"before {secret[:cut]}", f"{secret[cut:]} after")
        if is_one_call:
            lines = told(redactor, *texts, key=key)
        else:
            lines = [*told(redactor, texts[0], key=key), *told(redactor, texts[1], key=key)]
        left = "".join(lines)
        assert lines[0].startswith("before "), (cut, lines)
        assert lines[1].endswith(" after"), (cut, lines)
        assert not any(secret[at : at + 8] in left for at in range(len(secret) - 7)), (cut, lines)


def test_the_next_line_is_not_taken_for_more_of_a_token(redactor):
    """A line that ends with a token is followed by an ordinary one."""
    assert told(redactor, f"token {TOKEN}", "Done with it") == [f"token {MASK}", "Done with it"]
    assert told(redactor, f"token {JWT}") == [f"token {MASK}"]
    assert told(redactor, "Next page") == ["Next page"]


def test_a_private_key_is_masked_line_by_line_and_call_by_call(redactor):
    """From its first line to its last, and nothing after it."""
    first = told(redactor, "key:", "-----BEGIN PRIVATE KEY-----", "MIIEvQ==")
    assert first == ["key:", MASK, MASK]
    assert told(redactor, "AAAA", "-----END PRIVATE KEY----- ok", "after") == [
        MASK,
        f"{MASK} ok",
        "after",
    ]


def test_tasks_do_not_mix(redactor):
    """What one task began another does not go on with."""
    told(redactor, "-----BEGIN PRIVATE KEY-----", key="a")
    assert told(redactor, "hello", key="b") == ["hello"]


def test_what_is_remembered_is_bounded(redactor):
    """Old tasks are forgotten; lines of any length are."""
    for number in range(2 * REMEMBERED_TASKS):
        told(redactor, "x" * 10_000, key=number)
    assert len(redactor._tasks) == REMEMBERED_TASKS
    assert max(len(one.text) for one in redactor._tasks.values()) <= 4_000
