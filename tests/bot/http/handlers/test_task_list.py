"""The list of tasks: pages and filters."""

import pytest

from tests.bot.http.calling import ONE_DATABASE


async def test_tasks_are_listed_page_by_page(client, clock):
    """
    The cursor leads through all of them, the newest change first, each once.
    """
    for number in range(5):
        await client.post("/api/tasks", {"task": "backfill", "taskId": f"b-{number}"})
        clock.pass_by(seconds=number % 2)  # Some change at the same time.

    seen, cursor = [], ""
    while cursor is not None:
        page = (await client.get(f"/api/tasks?limit=2&cursor={cursor}")).body
        seen.append([task["taskId"] for task in page["tasks"]])
        cursor = page["nextCursor"]

    assert seen == [["b-4", "b-3"], ["b-2", "b-1"], ["b-0"]]


async def test_a_list_is_filtered_by_all_that_is_given(client, clock):
    """
    Status, kind, subject and both times narrow the list.
    """
    await client.post("/api/tasks", {"task": "old", "taskId": "o", "subject": "7"})
    clock.pass_by(minutes=90)
    await client.post("/api/tasks", {"task": "new", "taskId": "n", "status": "failed"})

    async def listed(query):
        return [task["taskId"] for task in (await client.get(f"/api/tasks?{query}")).body["tasks"]]

    assert await listed("status=failed") == ["n"]
    assert await listed("task=old&dealer=7") == ["o"]
    assert await listed("task=old&status=failed") == []
    assert await listed("since_minutes=60") == ["n"]
    assert await listed("stuckMinutes=60") == ["o"]
    assert await listed("status=&limit=100") == ["n", "o"]


@ONE_DATABASE
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=exploded", "status"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("since_minutes=-1", "since_minutes"),
        ("stuck_minutes=1e309", "stuck_minutes"),
        ("stuckMinutes=nan", "stuckMinutes"),
        ("colour=red", "colour"),
        ("status=failed&status=queued", "status"),
        ("cursor=nonsense", "cursor"),
        ("cursor=bnVsbA", "cursor"),
        ("cursor=WyIyMDI2LTExLTIwVDEwOjAwOjAwIiwgImEiXQ", "cursor"),
    ],
)
async def test_a_wrong_filter_is_refused_by_its_name(client, query, field):
    """
    Queries are checked like bodies; a cursor of somebody's own making is no cursor.
    """
    reply = await client.get(f"/api/tasks?{query}")

    assert (422, [field]) == (reply.status, [item["field"] for item in reply.body["details"]])
