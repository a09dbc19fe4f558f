"""Secrets are masked, and the words around them stay readable."""

import subprocess
import sys

import pytest
from opsbell.values.masking import LineMasker, mask

from tests.client.conftest import CLIENT

KEY = "\n".join(
    ["-----BEGIN RSA PRIVATE KEY-----", *["A" * 64] * 3, "abc=", "-----END RSA PRIVATE KEY-----"]
)
MASKED_KEY = "-----BEGIN RSA PRIVATE KEY-----\n***\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("password=hunter2 host=db", "password=*** host=db"),
        ("user=ada,password=hunter2,host=db", "user=ada,password=***,host=db"),
        ("password=p@ss,w0rd! next", "password=*** next"),
        ("DB_PASSWORD: hunter2 is used", "DB_PASSWORD: *** is used"),
        ("pwd=hunter2 PWD=/home/ada", "pwd=*** PWD=/home/ada"),
        ("db_pass=hunter2 pass=10 fail=2", "db_pass=*** pass=10 fail=2"),
        ('{"password": "sword\\"fish", "host": "db"}', '{"password": "***", "host": "db"}'),
        ('{\\"password\\": \\"hunter2\\", \\"n\\": 1}', '{\\"password\\": \\"***\\", \\"n\\": 1}'),
        ("{'api_key': 'abc', 'key': 'value'}", "{'api_key': '***', 'key': 'value'}"),
        ("secretKey => 'abc'", "secretKey => '***'"),
        ("client_secret: abcdefgh1", "client_secret: ***"),
        ("aws_secret_access_key = wJalrXUtn/K7MDENG", "aws_secret_access_key = ***"),
        ('export API_KEY="a b c" done', 'export API_KEY="***" done'),
        ("connect(password=hunter2)", "connect(password=***)"),
        ("--password hunter2 --host db", "--password *** --host db"),
        ("--token=abc123 --verbose", "--token=*** --verbose"),
        ("Authorization: Bearer abc.def-123 was refused", "Authorization: Bearer *** was refused"),
        ("Authorization: Basic YWRhOnB3 was refused", "Authorization: Basic *** was refused"),
        ("X-Api-Key: abcdefgh1 sent", "X-Api-Key: *** sent"),
        ("{'Authorization': 'token ab1'}", "{'Authorization': 'token ***'}"),
        ("PGPASSWORD=x psql", "PGPASSWORD=*** psql"),
        ("<db:password>hunter2</db:password>", "<db:password>***</db:password>"),
        ("KEY_TOKEN=-----BEGIN PRIVATE KEY-----", "KEY_TOKEN=-----BEGIN PRIVATE KEY-----"),
        ("Cookie: session=abc; b=c", "Cookie: ***"),
        ("curl -u ada:hunter2 https://x", "curl -u ada:*** https://x"),
        ("GET /x?token=abc&sig=def%3D&page=2", "GET /x?token=***&sig=***&page=2"),
        ("postgres://ada:hunter2@db:5432/shop is down", "postgres://ada:***@db:5432/shop is down"),
        ("postgres://ada:p@ss/w0rd@db/shop", "postgres://ada:***@db/shop"),
        ("redis://:pw@host/0", "redis://:***@host/0"),
        ("amqp://a:b@h1,amqp://c:d@h2", "amqp://a:***@h1,amqp://c:***@h2"),
        ("https://0123456789abcdef0123@sentry.example/1", "https://***@sentry.example/1"),
        ("AccountKey=abc+/==;EndpointSuffix=x", "AccountKey=***;EndpointSuffix=x"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_d end", "jwt *** end"),
        (
            "https://hooks.slack.com/services/T0/B0/XX posted",
            "https://hooks.slack.com/services/*** posted",
        ),
        ("bot ghp_" + "a1" * 18 + " pushed", "bot *** pushed"),
        ("xoxb-123-456-abcdef and AKIAIOSFODNN7EXAMPLE", "*** and ***"),
        ("sk-ant-api03-abcdefghijklmnop, npm_" + "a" * 36, "***, ***"),
        (f"before\n{KEY}\nafter words", f"before\n{MASKED_KEY}\nafter words"),
        (f'"key": "{KEY}"'.replace("\n", "\\n"), f'"key": "{MASKED_KEY}"'.replace("\n", "\\n")),
        (KEY[:150], MASKED_KEY[:35]),
        (KEY[60:] + "\nafter", "***\n-----END RSA PRIVATE KEY-----\nafter"),
    ],
)
def test_secrets_are_masked(text, masked):
    """By the name before them or by their looks, and once is enough."""
    assert mask(text) == masked
    assert mask(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "password: must be 8 characters",
        "token expired: please log in",
        "token: expired",
        "Unexpected token: }",
        "SyntaxError: Unexpected token < in JSON",
        "tokens=512 max_tokens: 512 token_count=5",
        "Bearer authentication failed",
        "Authorization: required",
        "password = None, token=null",
        "secret: ${SECRET} password=$PASSWORD",
        "sort_key=created_at primary key: id",
        "http://host:8080/path?mail=ada@example.com",
        "ssh://git@github.com/x.git git@github.com:org/repo",
        "docker run -u 1000:1000 image",
        "Access denied for user 'root' (using password: YES)",
        "10:00:00 passed 12, failed 0, key=value",
        "cat: /etc/passwd: Permission denied",
        "sh: 1: passwd: command not found",
        "/etc/passwd: line 7: bad entry",
        "<Key>photos/2026/a.jpg</Key>",
    ],
)
def test_other_words_stay(text):
    """Prose, counts, names and addresses without secrets are as they were."""
    assert mask(text) == text


def test_a_key_in_several_lines_is_masked_line_by_line():
    """Between its first and last line nothing of it gets through; other lines do."""
    masker = LineMasker()
    lines = ["before", *KEY.splitlines(), "A" * 64]
    lines.insert(3, "12:00 another stream says hello")

    assert [masker.mask(line) for line in lines] == [
        "before",
        "-----BEGIN RSA PRIVATE KEY-----",
        "***",
        "12:00 another stream says hello",
        "***",
        "***",
        "***",
        "-----END RSA PRIVATE KEY-----",
        "A" * 64,
    ]


def test_secret_variables_of_the_process_are_known():
    """The values of its secret variables are masked wherever they stand; common words are not."""
    environ = {
        "PYTHONPATH": str(CLIENT),
        "DB_PASSWORD": "Sw0rd-fish",
        "PGPASSWORD": "postgres",
        "SORT_KEY": "created-At-1",
        "SHORT_TOKEN": "a1",
    }
    text = "Sw0rd-fish postgres created-At-1 a1"
    code = f"from opsbell.values.masking import mask; print(mask({text!r}))"

    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, check=True, text=True
    )

    assert done.stdout == "*** postgres created-At-1 a1\n"


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "token",
        "://a:",
        "-----BEGIN A-----",
        "password='",
        '\\"',
        "--a",
        "eyJ",
        "password=(",
        "x,",
    ],
)
def test_hostile_texts_are_masked_quickly(unit):
    """Sixteen thousand characters without an end cost milliseconds, not minutes."""
    assert len(mask(unit * (16_000 // len(unit)))) > 0
