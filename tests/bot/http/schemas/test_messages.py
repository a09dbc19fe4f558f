"""What a request may say: everything else is refused, by the name of the field."""

import io
import json

import pytest

from bot.messages.models import Message
from tests.bot.http.calling import ONE_DATABASE
from tests.bot.http.order import ORDER
from tests.bot.http.rows import rows

BAD = [
    ({"tenant": "cleo"}, "tenant"),
    ({"tenant": "nobody"}, "tenant"),
    ({"configCode": "unknown"}, "configCode"),
    ({"templateCode": "unknown"}, "templateCode"),
    ({"channel": "#nowhere"}, "channel"),
    ({"channel": None}, "channel"),
    ({"priority": "SOON"}, "priority"),
    ({"priority": True}, "priority"),
    ({"payload": {}}, "payload"),
    ({"payload": {"order": "x"}}, "payload.order"),
    ({"payload": {"order": 1, "items": [{"price": 1}, {"price": -2}]}}, "payload.items[1].price"),
    ({"chanel": "C0"}, "chanel"),
]


@ONE_DATABASE
@pytest.mark.parametrize(("change", "field"), BAD)
async def test_what_is_wrong_is_named(shop, database, change, field):
    """A refused request leaves nothing behind and says where the mistake is, alone and in bulk."""
    one = await shop.post("/api/messages/request", {**ORDER, **change})
    many = await shop.post("/api/messages/request/bulk", [ORDER, {**ORDER, **change}])

    assert (one.status, many.status) == (422, 422)
    assert [field] == [detail["field"] for detail in one.body["details"]]
    assert [f"[1].{field}"] == [detail["field"] for detail in many.body["details"]]
    assert rows(database, Message) == []


@ONE_DATABASE
@pytest.mark.parametrize(
    "at", ["2020-01-01T00:00:00Z", "2026-11-21T10:00:00", "soon", 1795338000, "9999-12-31T00:00Z"]
)
async def test_a_time_that_cannot_be_is_refused(shop, at):
    """In the past, without an offset, no time at all, or beyond all plans."""
    reply = await shop.post("/api/messages/schedule", {"request": ORDER, "scheduledAt": at})

    assert (reply.status, reply.body["details"][0]["field"]) == (422, "scheduledAt")


@ONE_DATABASE
@pytest.mark.parametrize("count", [0, 1001])
async def test_a_bulk_has_its_limits(shop, database, count):
    """1 to 1,000 items, and all or none of them."""
    small = {"channel": "C0OPS", "templateCode": "text", "payload": {"text": "a"}}
    reply = await shop.post("/api/messages/request/bulk", [small] * count)

    assert (reply.status, reply.body["details"][0]["field"]) == (422, "(all)")
    assert rows(database, Message) == []


@ONE_DATABASE
async def test_a_body_over_a_mebibyte_is_refused(shop):
    """413, before anything is looked at."""
    sent = io.BytesIO(json.dumps({**ORDER, "payload": {"x": "y" * (1 << 20)}}).encode())
    headers = {"Content-Type": "application/json"}

    reply = await shop.post("/api/messages/request", headers=headers, data=sent)

    assert reply.status == 413


@ONE_DATABASE
@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"files": [{"name": "a/b", "content": "x"}]}, "files[0].name"),
        ({"files": [{"name": "a", "content": ""}]}, "files[0].content"),
        ({"files": [{"name": "a", "content": "x" * 200_001}]}, "files[0].content"),
        ({"files": [{"name": str(n), "content": "x"} for n in range(6)]}, "files"),
        ({"files": [{"name": "a", "content": "x"}] * 2}, "files"),
        ({"user": "ben"}, "user"),
        ({"user": "U0BEN", "files": [{"name": "a", "content": "x"}]}, "files"),
    ],
)
async def test_files_and_persons_that_cannot_be(shop, more, field):
    """Too many, too large, nameless, twice the same, or for somebody who is no user id."""
    reply = await shop.post("/api/messages/request", {**ORDER, **more})

    assert (422, field) == (reply.status, reply.body["details"][0]["field"])
