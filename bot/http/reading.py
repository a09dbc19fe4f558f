"""The API's description: OpenAPI for programs, a page for people."""

from pathlib import Path

from jinja2 import Environment

from bot.http.call import Answer, Call
from bot.http.openapi import describe_api, operations_by_tag

PAGE = Path(__file__).with_name("docs.html")
# The page brings its style along and needs nothing else, so nothing else may run or load.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


async def show_openapi(call: Call) -> Answer:
    """Return the description as an OpenAPI 3.1 document."""
    return Answer(describe_api(call.routes, call.services.settings.public_url))


async def show_docs(call: Call) -> Answer:
    """Return the description as a page."""
    document = describe_api(call.routes, call.services.settings.public_url)
    environment = Environment(autoescape=True)
    page = environment.from_string(PAGE.read_text(encoding="utf-8")).render(
        document=document,
        tags=operations_by_tag(document),
        schemas=document["components"]["schemas"],
    )
    return Answer(page, headers={"Content-Security-Policy": POLICY}, content_type="text/html")
