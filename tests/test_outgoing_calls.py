"""Every place from which the bot can call out stands in docs/outgoing-calls.md, with its guard."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: Calls that open connections, or what makes them.
CALLS = {
    "AsyncApp",
    "AsyncSocketModeHandler",
    "AsyncWebClient",
    "AsyncWebhookClient",
    "ClientSession",
    "WebClient",
    "WebhookClient",
    "create_connection",
    "create_datagram_endpoint",
    "create_engine",
    "create_subprocess_exec",
    "create_subprocess_shell",
    "open_connection",
    "open_unix_connection",
    "posix_spawn",
    "posix_spawnp",
    "sock_connect",
    "ws_connect",
}
#: Packages that call out, whatever of them is used.
DIALLERS = {
    *("aio_pika", "aiokafka", "apprise", "botocore", "bullmq", "celery", "duckdb", "faststream"),
    *("google", "nats", "openai", "opentelemetry", "psycopg", "redis", "requests"),
    *("ftplib", "http.client", "imaplib", "multiprocessing.connection", "poplib", "smtplib"),
    *("socket", "subprocess", "urllib.request", "xmlrpc.client"),
}
#: Packages that call nobody, or only through one of CALLS.
OFFLINE = {
    *("aiohttp", "alembic", "apscheduler", "cronsim", "cryptography", "httptools", "httpx2"),
    *(
        "jinja2",
        "jsonschema",
        "jwt",
        "kombu",
        "markupsafe",
        "orjson",
        "prometheus_client",
        "pydantic",
    ),
    *("pydantic_core", "pydantic_settings", "re2", "referencing", "resvg_py", "slack_bolt"),
    *("slack_sdk", "sqlalchemy", "sqlglot", "sqlmodel", "standardwebhooks", "structlog", "typer"),
    *("urllib3", "uvloop", "yaml", "dotenv"),
}
OURS = {"bot", "listeners", "jobs"}
REQUESTS = {"get", "post", "put", "patch", "delete", "head", "options", "request"}


@cache
def modules() -> list[tuple[str, ast.Module]]:
    paths = [path for room in OURS for path in (ROOT / room).rglob("*.py")]
    return [
        (path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in paths
    ]


def imported(tree: ast.Module) -> Iterator[str]:
    """Every module that is imported for more than its types, also by name and inside functions."""
    skipped = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Call) and called(node) in ("import_module", "__import__"):
            yield from (str(one.value) for one in node.args if isinstance(one, ast.Constant))


def called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def begins(name: str, packages: set[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in packages)


def dials(tree: ast.Module) -> bool:
    names = {called(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return bool(names & CALLS) or any(begins(name, DIALLERS) for name in imported(tree))


def test_every_place_that_calls_out_is_listed():
    """A new place that opens connections is not there before somebody wrote down its guard."""
    page = (ROOT / "docs/outgoing-calls.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`((?:bot|listeners|jobs)/[^`]+\.py)`", page))

    assert listed == {path for path, tree in modules() if dials(tree)}


def test_every_package_is_known_to_call_out_or_not():
    """A new package is classified before it is used; otherwise it could call whom it likes."""
    names = {name for _, tree in modules() for name in imported(tree)}
    packages = {name.partition(".")[0] for name in names} - OURS - set(sys.stdlib_module_names)

    assert {name for name in packages if name not in OFFLINE | DIALLERS} == set()


def test_no_request_follows_a_redirect():
    """A redirect would take what is sent, tokens and all, to whatever address an answer names."""
    careless = [
        f"{path}:{item.context_expr.lineno}"
        for path, tree in modules()
        if begins("aiohttp", set(imported(tree))) and "/demo/" not in path
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncWith)
        for item in node.items
        if isinstance(item.context_expr, ast.Call)
        and called(item.context_expr) in REQUESTS
        and "allow_redirects=False" not in ast.unparse(item.context_expr)
    ]

    assert careless == []
