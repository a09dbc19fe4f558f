"""Templates over HTTP: versions, previews, and what is refused when it is saved."""

import pytest

from tests.bot.http.calling import ONE_DATABASE, token_for

SHIPPED = {"body": '{"text": "Order {{ order }} has shipped"}'}


@pytest.fixture
async def shop(client):
    """A caller whose tenant has a template."""
    client.token = token_for("default", "messages:read", "templates:write")
    assert 201 == (await client.call("PUT", "/api/templates/shipped", SHIPPED)).status
    return client


@ONE_DATABASE
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"text": "{% if %}"}', "line 1"),
        ('{"text": "a"\n"b"}', "line 2"),
        ('{"text": "", "blocks": []}', "neither text nor blocks"),
        ('{"text": "a", "blocks": [{"type": "marquee"}]}', "/blocks/0"),
        (
            {"blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "a"}}]},
            "/blocks/0/text",
        ),
        ("{% for a in range(9) recursive %}{% endfor %}", "line 1"),
    ],
)
async def test_a_template_that_draws_no_message_is_refused(shop, body, said):
    """When saved and when previewed, with the place of the mistake."""
    saved = await shop.call("PUT", "/api/templates/broken", {"body": body})
    preview = await shop.post("/api/templates/shipped/preview", {"body": body, "payload": {}})

    assert (422, 422) == (saved.status, preview.status)
    assert "body" == saved.body["details"][0]["field"]
    assert said in saved.body["message"]
    assert 404 == (await shop.get("/api/templates/broken")).status


@ONE_DATABASE
@pytest.mark.parametrize(
    "schema",
    [
        {"type": "nonsense"},
        {"$ref": "http://127.0.0.1:1/schema.json"},
        {"properties": {"a": {"pattern": "(a+)+$"}}},
    ],
)
async def test_a_dangerous_schema_is_refused(shop, schema):
    """It is no JSON Schema, would fetch something, or might never end."""
    reply = await shop.call("PUT", "/api/templates/x", {"body": '{"text": "a"}', "schema": schema})

    assert 422 == reply.status
    assert reply.body["details"][0]["field"].startswith("schema")


async def test_templates_have_versions(shop):
    """The same content is the same version; a preview draws the newest and sends nothing."""
    same = await shop.call("PUT", "/api/templates/shipped", SHIPPED)
    newer = await shop.call(
        "PUT", "/api/templates/shipped", {"body": '{"text": "Off: {{ order }}"}'}
    )
    preview = await shop.post("/api/templates/shipped/preview", {"payload": {"order": 7}})

    assert [(200, 1), (201, 2)] == [(one.status, one.body["version"]) for one in (same, newer)]
    assert "Off: 7" == preview.body["text"]
