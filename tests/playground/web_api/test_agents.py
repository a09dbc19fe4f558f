import pytest
from slack_playground import HandClock, Playground

from tests.playground.wire import OPS, Api


async def test_a_status_clears_itself(playground: Playground, api: Api, clock: HandClock) -> None:
    """After two minutes, or at once with an empty one."""
    ts = playground.write("ada", "ops", "why?").answer["message"]["ts"]
    place = {"channel_id": OPS, "thread_ts": ts}
    for end in ("time", "empty"):
        assert (await api("assistant.threads.setStatus", status="thinking", **place))["ok"]
        (status,) = (await api.read("state"))["statuses"]
        assert (status["text"], status["thread_ts"]) == ("thinking", ts)
        if end == "time":
            clock.advance(120)
        else:
            await api("assistant.threads.setStatus", status="", **place)
        await playground.wait_for(lambda: not playground.state.statuses)


async def test_what_a_status_refuses(api: Api) -> None:
    """Threads that are none and eleven loading messages."""
    sent = {"channel_id": OPS, "thread_ts": "1.000001", "status": "x"}
    assert (await api("assistant.threads.setStatus", **sent))["error"] == "invalid_thread_ts"
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    many = {**sent, "thread_ts": ts, "loading_messages": ["x"] * 11}
    assert (await api("assistant.threads.setStatus", **many))["error"] == "invalid_arguments"


@pytest.mark.parametrize("scope", ["chat:write", "assistant:write"])
async def test_either_scope_shows_a_status(scope: str) -> None:
    """The older one of assistants still counts beside that of messages."""
    async with Playground(seed={"scopes": [scope]}) as playground, Api(playground) as api:
        ts = playground.write("ada", "ops", "why?").answer["message"]["ts"]
        place = {"channel_id": OPS, "thread_ts": ts}
        answer = await api("assistant.threads.setStatus", status="thinking", **place)
    assert answer["ok"] is True


async def test_a_session_has_a_status_and_a_title(api: Api) -> None:
    """Once it has a status it can be renamed."""
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    place = {"channel_id": OPS, "thread_ts": ts}
    early = await api("agents.sessions.rename", title="Import", **place)
    assert early["error"] == "session_not_found"
    wrong = await api("agents.sessions.setStatus", status="asleep", **place)
    assert wrong["error"] == "invalid_status"
    nowhere = await api("agents.sessions.setStatus", status="active", channel_id=OPS)
    assert nowhere["error"] == "thread_ts_required"
    set_ = await api("agents.sessions.setStatus", status="processing", **place)
    assert (set_["status"], set_["agent_status"]) == ("processing", "processing")
    assert (await api("agents.sessions.rename", title="Import", **place))["title"] == "Import"


async def test_sessions_are_for_agents() -> None:
    """A manifest without agent_view has none."""
    manifest = {
        "display_information": {"name": "X"},
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
    }
    async with Playground(manifest=manifest) as playground, Api(playground) as api:
        answer = await api("agents.sessions.setStatus", status="active", channel_id=OPS)
    assert answer["error"] == "feature_disabled"
