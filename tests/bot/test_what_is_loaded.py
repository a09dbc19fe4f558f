"""What a bot that has nothing to do has no need of, and saves the memory of."""

import subprocess
import sys

HEAVY = [
    *("aio_pika", "aiokafka", "alembic", "apprise", "botocore", "bullmq", "celery"),
    *("cryptography", "duckdb", "faststream", "google.genai", "jwt", "nats", "openai"),
    *("opentelemetry.sdk", "psycopg", "redis", "sqlglot"),
]


def test_a_bot_that_starts_loads_nothing_heavy():
    """Migrations, tokens, other services and PostgreSQL's driver are loaded when needed."""
    look = "import sys, bot.app, bot.cli.run; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, check=True, text=True
    )

    assert [name for name in HEAVY if name in loaded.stdout.split()] == []
