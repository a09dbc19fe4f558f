import pytest
from slack_playground import Playground
from slack_playground.conversations.messages import post

from tests.playground.wire import BOARD, OPS, RANDOM, Api


async def post_many(api: Api, count: int) -> list[str]:
    return [
        (await api("chat.postMessage", channel=OPS, text=str(number)))["ts"]
        for number in range(count)
    ]


async def test_history_is_newest_first_in_pages(api: Api) -> None:
    """Cursors lead from the newest to the oldest without gap or repetition."""
    stamps = await post_many(api, 5)
    found: list[str] = []
    cursor = ""
    while True:
        answer = await api("conversations.history", channel=OPS, limit=2, cursor=cursor)
        found += [message["ts"] for message in answer["messages"]]
        if not answer["has_more"]:
            break
        cursor = answer["response_metadata"]["next_cursor"]
    assert found == stamps[::-1]


async def test_history_has_a_span(api: Api) -> None:
    """`oldest` and `latest` leave out their own messages unless inclusive."""
    stamps = await post_many(api, 4)

    async def texts(**span: object) -> list[str]:
        answer = await api("conversations.history", channel=OPS, **span)
        return [message["text"] for message in answer["messages"]]

    assert await texts(oldest=stamps[1]) == ["3", "2"]
    assert await texts(latest=stamps[1]) == ["0"]
    assert await texts(oldest=stamps[1], latest=stamps[2], inclusive=True) == ["2", "1"]
    before = str(int(stamps[0].partition(".")[0]) - 1)
    assert await texts(oldest=before) == ["3", "2", "1", "0"]


async def test_replies_are_not_in_the_channel(api: Api) -> None:
    """History shows the parent with its counts; the replies come from conversations.replies."""
    (ts,) = await post_many(api, 1)
    reply = (await api("chat.postMessage", channel=OPS, text="r", thread_ts=ts))["ts"]
    (parent,) = (await api("conversations.history", channel=OPS))["messages"]
    assert (parent["reply_count"], parent["thread_ts"]) == (1, ts)
    for asked in (ts, reply):
        thread = await api("conversations.replies", channel=OPS, ts=asked)
        assert [message["ts"] for message in thread["messages"]] == [ts, reply]
    missing = await api("conversations.replies", channel=OPS, ts="1.000001")
    assert missing["error"] == "thread_not_found"


async def test_long_threads_have_pages(api: Api) -> None:
    """Every page starts with the parent, as Slack's do."""
    (ts,) = await post_many(api, 1)
    for text in "abc":
        await api("chat.postMessage", channel=OPS, text=text, thread_ts=ts)
    first = await api("conversations.replies", channel=OPS, ts=ts, limit=2)
    assert [message["text"] for message in first["messages"]] == ["0", "a", "b"]
    cursor = first["response_metadata"]["next_cursor"]
    rest = await api("conversations.replies", channel=OPS, ts=ts, limit=2, cursor=cursor)
    assert [message["text"] for message in rest["messages"]] == ["0", "c"]
    assert rest["has_more"] is False


async def test_metadata_is_told_on_request(api: Api) -> None:
    """The payload comes only with include_all_metadata."""
    metadata = {"event_type": "task", "event_payload": {"id": "1"}}
    await api("chat.postMessage", channel=OPS, text="x", metadata=metadata)
    (short,) = (await api("conversations.history", channel=OPS))["messages"]
    assert short["metadata"] == {"event_type": "task"}
    answer = await api("conversations.history", channel=OPS, include_all_metadata=True)
    assert answer["messages"][0]["metadata"] == metadata


@pytest.mark.parametrize(
    ("channel", "error"),
    [(RANDOM, "not_in_channel"), (BOARD, "channel_not_found")],
)
async def test_history_is_for_members(api: Api, channel: str, error: str) -> None:
    """The bot reads only where it is."""
    assert (await api("conversations.history", channel=channel))["error"] == error


async def test_history_needs_its_scope() -> None:
    """Without channels:history nothing is told, and the scope is named."""
    seed = {"scopes": ["chat:write", "groups:history"]}
    async with Playground(seed=seed) as playground, Api(playground) as api:
        answer = await api("conversations.history", channel=OPS)
    assert (answer["error"], answer["needed"]) == ("missing_scope", "channels:history")


async def test_a_page_has_999_messages_at_most(playground: Playground, api: Api) -> None:
    """Whoever asks for more gets 999 and a cursor to the rest."""
    for _ in range(1001):
        post(playground.workspace, playground.channel("ops"), {"text": "x"})
    answer = await api("conversations.history", channel=OPS, limit=5000)
    assert (len(answer["messages"]), answer["has_more"]) == (999, True)
    cursor = answer["response_metadata"]["next_cursor"]
    rest = await api("conversations.history", channel=OPS, limit=5000, cursor=cursor)
    assert (len(rest["messages"]), rest["has_more"]) == (2, False)
