"""The endpoints of leaderboards: samples in, rankings out."""

import pytest

from bot.errors import FieldProblem
from tests.bot.http.calling import ONE_DATABASE, token_for

BOARD = "/api/leaderboards/dealers"
SCOPES = ("leaderboards:read", "leaderboards:write")
CSV = {"Content-Type": "text/csv; charset=utf-8"}


@pytest.fixture
def board(client):
    """A caller who may send samples; it is Friday of week 47."""
    client.token = token_for("default", *SCOPES)
    return client


def fields(reply):
    """Return the places that a refusal names."""
    return [FieldProblem(one["field"], one["message"]).field for one in reply.body["details"]]


async def test_samples_are_ranked(board):
    """Sent as JSON and as CSV, answered in the contract's shape."""
    sent = [{"dealer": "a", "score": 71.5, "revenueAtRisk": 1200}, {"subject": "b", "score": 60}]
    taken = await board.post(f"{BOARD}/samples", sent)
    earlier = "dealer,at,score\na,2026-11-13T10:00:00Z,70\nc,2026-11-13,99\n"
    also = await board.call("POST", f"{BOARD}/samples", data=earlier, headers=CSV)
    shown = await board.get(BOARD)

    assert (taken.status, taken.body) == (200, {"accepted": 2})
    assert (also.status, also.body) == (200, {"accepted": 2})
    assert shown.body == {
        "name": "dealers",
        "week": "2026-W47",
        "generated_at": "2026-11-20T10:00:00+00:00",
        "columns": [
            {"name": "score", "label": "AI visibility score", "format": "0.0", "better": "high"},
            {
                "name": "revenue_at_risk",
                "label": "Revenue at risk",
                "format": "$0",
                "better": "low",
            },
        ],
        "rows": [
            {
                "rank": 1,
                "previous_rank": 2,
                "subject": "a",
                "values": {"score": 71.5, "revenue_at_risk": 1200.0},
                "trend": {"value": 1.5, "percent": 2.1},
                "is_new": False,
            },
            {
                "rank": 2,
                "previous_rank": None,
                "subject": "b",
                "values": {"score": 60.0, "revenue_at_risk": None},
                "trend": None,
                "is_new": True,
            },
        ],
        "missing": ["c"],
    }
    assert (await board.get(f"{BOARD}?week=2026-W46")).body["rows"][0]["subject"] == "c"


@ONE_DATABASE
@pytest.mark.parametrize("week", ["2027-W53", "2026-W54", "last", "2026-47"])
async def test_a_week_that_does_not_exist_is_422(board, week):
    """With the field's name."""
    reply = await board.get(f"{BOARD}?week={week}")

    assert (reply.status, fields(reply)) == (422, ["week"])


async def test_nothing_is_taken_of_a_call_with_a_wrong_sample(board):
    """422 with the place of every problem, in JSON and in CSV."""
    good = {"dealer": "a", "score": 1}
    json = await board.post(f"{BOARD}/samples", [good, {"dealer": "b", "score": "x"}, {}, good])
    data = b"dealer,score\na,1\n\nb,NaN\n"
    csv = await board.call("POST", f"{BOARD}/samples", data=data, headers=CSV)
    latin = await board.call(
        "POST", f"{BOARD}/samples", data="dealer,score\nMüller,1\n".encode("latin-1"), headers=CSV
    )

    assert (json.status, fields(json)) == (422, ["[1].score", "[2].subject", "[3].subject"])
    assert (csv.status, fields(csv)) == (422, ["line 4, score"])
    assert (latin.status, fields(latin)) == (422, ["line 2"])
    assert (await board.get(BOARD)).body["rows"] == []


@ONE_DATABASE
@pytest.mark.parametrize(
    ("body", "status"), [([], 422), ({"dealer": "a"}, 400), ([1], 422), ([[1]], 422)]
)
async def test_samples_are_a_list_of_objects(board, body, status):
    """Anything else is refused before it is looked at."""
    assert (await board.post(f"{BOARD}/samples", body)).status == status


@ONE_DATABASE
async def test_another_type_than_json_and_csv_is_415(board):
    """Also CSV in another encoding than UTF-8; other endpoints take no CSV."""
    replies = [
        await board.call("POST", path, data="dealer,score\na,1\n", headers={"Content-Type": kind})
        for path, kind in (
            (f"{BOARD}/samples", "text/plain"),
            (f"{BOARD}/samples", "text/csv; charset=utf-16"),
            (f"{BOARD}/post", "text/csv"),
        )
    ]

    assert [reply.status for reply in replies] == [415, 415, 415]


async def test_a_board_is_posted_once(board, surroundings):
    """202 with the week, the channel and the message; again the same message."""
    empty = await board.post(f"{BOARD}/post")
    await board.post(f"{BOARD}/samples", [{"dealer": "a", "score": 1}])
    first = await board.post(f"{BOARD}/post")
    second = await board.post(f"{BOARD}/post")

    assert (empty.status, empty.body["error"]) == (409, "conflict")
    assert first.status == 202
    assert first.body == {**second.body, "week": "2026-W47", "channel": "C0AIOPS003"}
    assert surroundings.woken == ["T1", "T1"]


async def test_a_key_makes_a_call_happen_once(board):
    """An idempotency key works for CSV too."""
    headers = {**CSV, "Idempotency-Key": "k1"}
    send = {"data": "dealer,score\na,1\n", "headers": headers}
    first = await board.call("POST", f"{BOARD}/samples", **send)
    second = await board.call("POST", f"{BOARD}/samples", **send)
    other = await board.call(
        "POST", f"{BOARD}/samples", data="dealer,score\nb,1\n", headers=headers
    )

    assert (first.body, second.body) == ({"accepted": 1}, {"accepted": 1})
    assert second.headers["Idempotent-Replayed"] == "true"
    assert other.status == 409


async def test_boards_are_the_tenant_defaults(board):
    """Another tenant is answered as if there were no such board."""
    foreign = token_for("cleo", *SCOPES)
    replies = [
        await board.get(BOARD, token=foreign),
        await board.post(f"{BOARD}/samples", [{"dealer": "a", "score": 1}], token=foreign),
        await board.post(f"{BOARD}/post", token=foreign),
        await board.get("/api/leaderboards/dealer"),
    ]

    assert [reply.status for reply in replies] == [404, 404, 404, 404]


@ONE_DATABASE
async def test_reading_needs_the_scope(board):
    """Writing implies reading; tasks' scopes do not help."""
    assert (await board.get(BOARD, token=token_for("default", "leaderboards:write"))).status == 200
    assert (await board.get(BOARD, token=token_for("default", "tasks:write"))).status == 403
    reading = token_for("default", "leaderboards:read")
    assert (await board.post(f"{BOARD}/post", token=reading)).status == 403
