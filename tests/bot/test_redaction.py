"""What is masked, and what around it stays readable."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redaction import MASK, learn, redact, redact_json
from tests.patience import within

KEY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj"
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n{KEY}\n-----END RSA PRIVATE KEY-----"

MASKED = [
    ("hello xoxb-1234-5678-abcDEF.", "hello [secret]."),
    ("in_the_name_xapp-1-A0-1234-abc", "in_the_name_[secret]"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.s1gn-ature end", "[secret] end"),
    ("cut eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ", "cut [secret]"),
    ("postgresql://ada:hunter2@db/ops refused", "postgresql://[secret]@db/ops refused"),
    ("redis://:p@ss@db:6379/0", "redis://[secret]@db:6379/0"),
    ("https://x.example/run?token=abc&page=2", "https://x.example/run?token=[secret]&page=2"),
    ("https://hooks.slack.com/services/T0/B0/x1", "https://hooks.slack.com/[secret]"),
    ("Authorization: Bearer abc123def456!", "Authorization: Bearer [secret]!"),
    ("AKIAABCDEFGHIJKLMNOP is wrong", "[secret] is wrong"),
    (f"before\n{PEM}\nafter", "before\n[secret]\nafter"),
    (f"before\n{PEM[:60]}", "before\n[secret]"),
    (f"{KEY}\n{PEM[-70:]}\nafter", "[secret]\nafter"),
    ('password="hunter two" is wrong', 'password="[secret]" is wrong'),
    ("password: hunter2, user: ada", "password: [secret], user: ada"),
    ('{"db_password": "hun\\"ter", "n": 1}', '{"db_password": "[secret]", "n": 1}'),
    ('{"error": "password=\\"hunter2\\" x"}', '{"error": "password=\\"[secret]\\" x"}'),
    ("apiKey: 'abc', x-api-key => abc", "apiKey: '[secret]', x-api-key => [secret]"),
    ("PGPASSWORD=1234 run", "PGPASSWORD=[secret] run"),
    ("run --password hunter2 now", "run --password [secret] now"),
    ("['--token', 'abc', 'x']", "['--token', '[secret]', 'x']"),
    ("AccountKey=abcd==;Endpoint=x", "AccountKey=[secret];Endpoint=x"),
    ("key=a8Kd0sPq81Lm2nB4x done", "key=[secret] done"),
    ('password="cut off', 'password="[secret] off'),
]  # fmt: skip

READABLE = [
    "cat: /etc/passwd: Permission denied",
    "sh: 1: passwd: command not found",
    "/etc/passwd: line 7: bad entry",
    "must start with xoxb-; find it at OAuth & Permissions",
    "Invalid token: expired. The secret is missing, password: required",
    "basic authentication failed, bearer tokens are unsupported",
    "max_tokens=4096 tokens: 5 token_count: 7 token_type=bearer",
    "primary_key=id sort_key: name key: orders/2026.csv monkey=banana",
    "tokenizer=bpe secretary: Jane author: Ben keyboard: qwerty",
    "PWD=/home/ada password={{ payload.x }} token=$TOKEN secret=<secret>",
    "12:30 page 12 of 400: https://example.com/a?page=2&sort=name",
    "https://example.com:8080/a@b/c user@example.com",
    "-----BEGIN CERTIFICATE-----",
]


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_a_secret_is_masked_and_nothing_else(text, expected):
    """What looks like a secret, and what is named like one."""
    assert redact(text) == expected
    assert redact(expected) == expected


@pytest.mark.parametrize("text", READABLE)
def test_ordinary_words_stay(text):
    """Words about secrets are no secrets."""
    assert redact(text) == text


def test_json_is_masked_by_its_names_too():
    """Whatever is called like a secret, however deep, and keys that are secrets."""
    told = {
        "token": "abc",
        "list": ["xoxb-123456", {"api_key": "k", "n": 1}],
        "password": 123456,
        "tokens": ["a"],
        "max_tokens": 5,
        "xoxb-123456": True,
        "properties": {"password": {"type": "string"}},
        "none": None,
    }
    assert redact_json(told) == {
        "token": MASK,
        "list": [MASK, {"api_key": MASK, "n": 1}],
        "password": MASK,
        "tokens": ["a"],
        "max_tokens": 5,
        MASK: True,
        "properties": {"password": {"type": "string"}},
        "none": None,
    }


def test_what_was_learnt_is_masked_in_every_spelling():
    """As it is, as an address quotes it, as JSON escapes it; too short a secret is not learnt."""
    learn(['s3cr/et "word"', "short"])

    assert redact('a s3cr/et "word" b') == f"a {MASK} b"
    assert redact("a s3cr%2Fet%20%22word%22 b") == f"a {MASK} b"
    assert redact(json.dumps('s3cr/et "word"')) == f'"{MASK}"'
    assert redact("short") == "short"


@given(st.text())
def test_masking_twice_is_masking_once(text):
    """What was masked at the door stays as it is behind it."""
    assert redact(redact(text)) == redact(text)


EVIL = [
    *("key=", 'key="', 'key=\\"', "password ", "-----BEGIN ", "-----END ", "eyJ", "eyJa."),
    *("--key ", "://a:", "Bearer ", "xoxb-", "AAAAAAAA\n", "token='$", "a", "password=", "://"),
]


@pytest.mark.parametrize("piece", EVIL)
def test_no_text_keeps_us_long(piece):
    """A megabyte of what a hostile caller thinks of takes as long as a megabyte of anything."""
    text = piece * (1_000_000 // len(piece))
    within(3.0, lambda: redact(text))


def test_an_ordinary_text_costs_microseconds():
    """It is done to every text that comes in."""
    text, numbers = "The quick brown fox finished page 12 of 400 in 3.2 s", itertools.count()

    def thousand() -> None:
        for _ in range(1_000):
            redact(f"{text} {next(numbers)}")

    within(0.02, thousand)
