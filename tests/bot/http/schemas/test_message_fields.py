"""Values of requests for messages: each refusal has one path and says what is right."""

import pytest

from tests.bot.http.calling import ONE_DATABASE, token_for

PLAIN = {"channel": "C0OPS00002", "templateCode": "text", "payload": {"text": "a"}}


@pytest.fixture
async def shop(client):
    """A caller who may send."""
    client.token = token_for("default", "messages:write")
    return client


@ONE_DATABASE
@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"user": "ada"}, "user", "like U0123456789"),
        ({"files": [{"name": "a/b", "content": "x"}]}, "files[0].name", "like report.csv"),
        ({"files": [{"name": "a", "content": ""}]}, "files[0].content", "at least 1 character"),
        ({"templateCode": "a b"}, "templateCode", "letters, digits"),
        ({"payload": [1]}, "payload", "`payload`: must be an object."),
        ({"channel": 5}, "channel", "`channel`: must be a text."),
        ({"files": {}}, "files", "`files`: must be a list."),
        ({"chanel": "#ops"}, "chanel", "did you mean `channel`?"),
        ({"channel": "#nowhere"}, "channel", "`channel`: I am in no channel called #nowhere."),
        ({"tenant": "cleo"}, "tenant", "`tenant`: this token speaks for `default` only."),
        ({"payload": {"text": " \n\t "}}, "payload.text", "must not be blank"),
    ],
)
async def test_a_wrong_value_is_refused_in_words(shop, change, field, said):
    """No regular expression is quoted, and lists are counted as in the rest of a path."""
    one = await shop.post("/api/messages/request", {**PLAIN, **change})
    many = await shop.post("/api/messages/request/bulk", [PLAIN, {**PLAIN, **change}])

    assert one.status == 422
    assert [field] == [detail["field"] for detail in one.body["details"]]
    assert [f"[1].{field}"] == [detail["field"] for detail in many.body["details"]]
    assert said in one.body["message"]
    assert "pattern" not in one.body["message"]
    assert "?." not in one.body["message"]


@ONE_DATABASE
@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2027-02-30T09:00:00+01:00", "day is out of range for month."),
        ("2027-01-01T24:00:00Z", "hour must be in 0..23."),
        ("2027-01-01T09:00:00+25:00", "an offset is below 24 hours."),
        ("soon", "e.g. 2026-11-20T09:00:00+01:00."),
    ],
)
async def test_a_time_that_does_not_exist_says_why(shop, at, said):
    """It was once said of February 30 that it must be ISO 8601, which it is."""
    reply = await shop.post("/api/messages/schedule", {"request": PLAIN, "scheduledAt": at})

    assert reply.status == 422
    assert reply.body["message"].endswith(said)


@ONE_DATABASE
async def test_a_time_in_small_letters_is_read(shop):
    """RFC 3339 allows them."""
    body = {"request": PLAIN, "scheduledAt": "2026-11-21t10:00:00z"}

    assert (await shop.post("/api/messages/schedule", body)).status == 202


@ONE_DATABASE
async def test_an_item_that_is_no_object_is_named_by_its_number(shop):
    """Its path is `[1]` alone."""
    reply = await shop.post("/api/messages/request/bulk", [PLAIN, 5])

    assert reply.body["details"] == [{"field": "[1]", "message": "must be an object"}]


async def test_a_key_holds_at_both_addresses(shop):
    """Whoever repeats a request under the other prefix is answered as the first time."""
    key = {"Idempotency-Key": "k-1"}
    first = await shop.post("/api/messages/request", PLAIN, headers=key)
    second = await shop.post("/core-slack-worker/messages/request", PLAIN, headers=key)

    assert (first.status, second.status) == (202, 202)
    assert first.body == second.body
