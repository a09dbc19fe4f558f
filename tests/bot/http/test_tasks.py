"""The endpoints by which people and programs ask for tasks."""


async def test_a_new_task_is_announced_in_the_default_channel(client):
    """
    A task needs no more than its kind.
    """
    reply = await client.post("/api/tasks", {"task": "backfill"})

    assert 201 == reply.status
    assert {
        "taskId": reply.body["taskId"],
        "status": "queued",
        "messageId": reply.body["messageId"],
        "channel": "C0DEFAULT",
        "ts": None,
    } == reply.body
    assert reply.body["messageId"].startswith("m_")
