"""What a task's news are, and at which addresses they arrive."""

import pytest
from opsbell.feed import CREATE, HEARTBEAT, LINES, UPDATE, Feed, Request, in_address
from opsbell.settings import Target

TARGET = Target("http://opsbell.example", "a-token", replays=True)


def running(task_id="t_1"):
    """A task that the server knows."""
    return Feed(TARGET, {"taskId": task_id}, None, 15.0)


def due(feed, now):
    request = feed.next_request(now)
    assert isinstance(request, Request)
    return request


@pytest.mark.parametrize(
    ("task_id", "segment"),
    [
        ("t_0-9.~", "t_0-9.~"),
        ("media/2026/11/clip-7.mov", "media%2F2026%2F11%2Fclip-7.mov"),
        ("scheduled__2026-11-20T00:00:00+00:00", "scheduled__2026-11-20T00%3A00%3A00%2B00%3A00"),
        ("a&b<c>d", "a%26b%3Cc%3Ed"),
        ("50%25", "50%2525"),
        ("x?y#z", "x%3Fy%23z"),
        ("//double", "%2F%2Fdouble"),
        ("a/../b", "a%2F..%2Fb"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("a b\r\nHost: evil", "a%20b%0D%0AHost%3A%20evil"),
        ("全é", "%E5%85%A8%C3%A9"),
        ("\udcff", "%FF"),
    ],
)
def test_an_id_is_one_segment_of_an_address(task_id, segment):
    """Everything but unreserved characters is percent-encoded."""
    feed = running(task_id)
    feed.delivered(due(feed, 0.0), 0.0)

    assert in_address(task_id) == segment
    assert due(feed, 20.0).path == f"/api/tasks/{segment}/heartbeat"


def test_a_heartbeat_that_leads_nowhere_becomes_an_update():
    """A job whose address a proxy in between does not understand is not taken for lost."""
    feed = running("..")
    feed.delivered(due(feed, 0.0), 0.0)
    heartbeat = due(feed, 20.0)
    assert heartbeat.kind == HEARTBEAT
    feed.refused(heartbeat, 20.0, 404)

    update = due(feed, 40.0)

    assert (update.kind, update.path) == (UPDATE, "/api/slack/update")
    assert update.body == {"taskId": "..", "status": "running", "seq": 2}
    feed.delivered(update, 40.0)
    assert feed.next_request(41.0) is None
    assert due(feed, 60.0).body["seq"] == 3


@pytest.mark.parametrize(("status", "said"), [(422, 1), (413, 1), (404, 0), (405, 0)])
def test_refused_lines_are_dropped(status, said):
    """Later ones are sent all the same, unless there is nowhere to send them."""
    feed = running()
    feed.delivered(due(feed, 0.0), 0.0)
    feed.say({"level": "info", "text": "one", "at": ""})
    lines = due(feed, 1.0)
    assert lines.kind == LINES

    feed.refused(lines, 1.0, status)
    feed.say({"level": "info", "text": "two", "at": ""})

    request = feed.next_request(3.0)
    assert (1 if request and request.kind == LINES else 0) == said


def test_lines_are_sent_as_a_reader_sees_them():
    """Without colours and secrets, also those that stand in several lines."""
    feed = running()
    feed.delivered(due(feed, 0.0), 0.0)
    for text in (
        "\x1b[31mpass\x1b[0mword=hunter2",
        "-----BEGIN PRIVATE KEY-----",
        "A" * 64,
        "-----END PRIVATE KEY-----",
    ):
        feed.say({"level": "info", "text": text, "at": ""})

    assert [line["text"] for line in due(feed, 1.0).body["lines"]] == [
        "password=***",
        "-----BEGIN PRIVATE KEY-----",
        "***",
        "-----END PRIVATE KEY-----",
    ]


def test_a_task_that_is_refused_is_not_mentioned_again():
    """There is nobody to tell about it."""
    feed = Feed(TARGET, {"taskId": "t_1"}, {"taskId": "t_1"}, 15.0)
    create = due(feed, 0.0)
    assert create.kind == CREATE

    feed.refused(create, 0.0, 422)

    assert feed.over
    assert feed.next_request(20.0) is None
