"""Templates over HTTP: versions, previews, and what is refused when it is saved."""

import asyncio

import pytest

from tests.bot.http.calling import ONE_DATABASE, token_for

SHIPPED = {"body": '{"text": "Order {{ order }} has shipped"}'}


@pytest.fixture
async def shop(client):
    """A caller whose tenant has a template."""
    client.token = token_for("default", "messages:read", "templates:write")
    assert (await client.call("PUT", "/api/templates/shipped", SHIPPED)).status == 201
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
        ('{"text": "{{ ' + "(" * 3000 + "1" + ")" * 3000 + ' }}"}', "nested too deeply"),
        ('{"text": "' + "{% for a in b %}" * 30 + "{% endfor %}" * 30 + '"}', "too many"),
        ('{"text": "{{ a|marquee }}"}', "No filter named 'marquee'."),
        (
            {"blocks": [{"type": "divider", "block_id": "a"}] * 2},
            "/blocks/1/block_id: another block is called `a` too",
        ),
    ],
)
async def test_a_template_that_draws_no_message_is_refused(shop, body, said):
    """When saved and when previewed, with the place of the mistake."""
    saved = await shop.call("PUT", "/api/templates/broken", {"body": body})
    preview = await shop.post("/api/templates/shipped/preview", {"body": body, "payload": {}})

    assert (saved.status, preview.status) == (422, 422)
    assert saved.body["details"][0]["field"] == "body"
    assert said in saved.body["message"]
    assert (await shop.get("/api/templates/broken")).status == 404


@ONE_DATABASE
@pytest.mark.parametrize("body", ["", "x" * 200_001, 5])
async def test_a_body_of_another_kind_or_size_is_one_mistake(shop, body):
    """The path is `body`, without the names of the types that were tried."""
    reply = await shop.call("PUT", "/api/templates/broken", {"body": body})

    assert reply.status == 422
    assert [one["field"] for one in reply.body["details"]] == ["body"]


@ONE_DATABASE
async def test_a_slow_template_keeps_nobody_waiting(shop):
    """
    It may use up its time; others are answered meanwhile.

    Tried a few times: a busy machine may take longer for the others than the template may take.
    """
    step = "{{ (range(1000)|list + range(1000)|list)|map('upper')|join|length }}" * 4
    slow = {
        "body": f'{{"text": "{{% for i in range(1000) %}}{step}{{% endfor %}}"}}',
        "payload": {},
    }
    were_first: list[bool] = []
    while len(were_first) < 10 and not any(were_first):
        preview = asyncio.create_task(shop.post("/api/templates/shipped/preview", slow))
        await asyncio.sleep(0.02)
        assert (await shop.get("/api/templates/shipped")).status == 200
        were_first.append(not preview.done())
        assert "longer than" in (await preview).body["message"]

    assert any(were_first)


@ONE_DATABASE
@pytest.mark.parametrize(
    "schema",
    [
        {"type": "nonsense"},
        {"$ref": "http://127.0.0.1:1/schema.json"},
        {"properties": {"a": {"pattern": "(?=a)b"}}},
    ],
)
async def test_a_dangerous_schema_is_refused(shop, schema):
    """It is no JSON Schema, would fetch something, or might never end."""
    reply = await shop.call("PUT", "/api/templates/x", {"body": '{"text": "a"}', "schema": schema})

    assert reply.status == 422
    assert reply.body["details"][0]["field"].startswith("schema")


@ONE_DATABASE
async def test_a_pattern_that_cannot_be_used_says_why(shop):
    """Patterns are RE2's; what it does not know is named with its place."""
    schema = {"properties": {"a": {"pattern": "(?<!x)y"}}}
    reply = await shop.call("PUT", "/api/templates/x", {"body": '{"text": "a"}', "schema": schema})

    (problem,) = reply.body["details"]
    assert problem["field"] == "schema.properties.a.pattern"
    assert "neither look-around nor references back" in problem["message"]


@ONE_DATABASE
@pytest.mark.parametrize(
    ("schema", "value", "status"),
    [
        ({"multipleOf": 0.1}, 10**400, 200),
        ({"multipleOf": 0.1}, 0.35, 422),
        ({"pattern": "^a*a*a*a*b$"}, "a" * 30_000, 422),
        ({"uniqueItems": True}, [{"k": number} for number in range(1_500)], 200),
        ({"minimum": 10**400}, 1.5, 422),
        ({"const": 10**400}, 1e308, 422),
    ],
)
async def test_no_payload_is_too_much_for_a_schema(shop, schema, value, status):
    """Long texts, long lists and long numbers are validated like others; nothing is a 500."""
    whole = {"body": '{"text": "t"}', "schema": {"properties": {"a": schema}}}
    assert (await shop.call("PUT", "/api/templates/shipped", whole)).status == 201

    reply = await shop.post("/api/templates/shipped/preview", {"payload": {"a": value}})

    assert reply.status == status


@ONE_DATABASE
async def test_a_button_of_ours_is_refused(shop):
    """People would retry tasks with a click on words that a tenant has written."""
    button = {"type": "button", "action_id": "task_retry", "value": "t_1"}
    body = {
        "text": "t",
        "blocks": [
            {
                "type": "actions",
                "elements": [{**button, "text": {"type": "plain_text", "text": "Go"}}],
            }
        ],
    }
    saved = await shop.call("PUT", "/api/templates/broken", {"body": body})
    preview = await shop.post("/api/templates/shipped/preview", {"body": body, "payload": {}})

    assert (saved.status, preview.status) == (422, 422)
    assert [one["field"] for one in saved.body["details"]] == ["body"]
    assert "`task_retry` is the id of a button of Opsbell's own" in saved.body["message"]


@ONE_DATABASE
async def test_a_template_that_takes_too_much_is_refused(shop):
    """It stops a worker, not the bot, and is told what it took."""
    text = "x" * 90_000
    body = f"{{% set s = '{text}' %}}{{% set l = [{'s, ' * 9_000}] %}}" + '{"text": "{{ l }}"}'

    reply = await shop.call("PUT", "/api/templates/broken", {"body": body})

    assert reply.status == 422
    assert "it took more than 256 MB of memory" in reply.body["message"]


async def test_templates_have_versions(shop):
    """The same content is the same version; a preview draws the newest and sends nothing."""
    same = await shop.call("PUT", "/api/templates/shipped", SHIPPED)
    newer = await shop.call(
        "PUT", "/api/templates/shipped", {"body": '{"text": "Off: {{ order }}"}'}
    )
    preview = await shop.post("/api/templates/shipped/preview", {"payload": {"order": 7}})

    assert [(one.status, one.body["version"]) for one in (same, newer)] == [(200, 1), (201, 2)]
    assert preview.body["text"] == "Off: 7"
    assert preview.body["warnings"] == []


async def test_many_may_store_the_same_code_at_once(shop):
    """Each gets a version of its own, and of senders the last one stands."""
    bodies = [{"body": f'{{"text": "{number}"}}'} for number in range(8)]
    stored = [shop.call("PUT", "/api/templates/new", body) for body in bodies]
    kept = [shop.call("PUT", "/api/senders/new", {"priority": n}) for n in range(1, 9)]

    replies = await asyncio.gather(*stored, *kept)

    assert {200, 201} == {reply.status for reply in replies}
    assert set(range(1, 9)) == {reply.body["version"] for reply in replies[:8]}
