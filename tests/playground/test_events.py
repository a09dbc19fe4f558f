import asyncio

import pytest
from slack_playground import HandClock, Playground

from tests.patience import PATIENCE_SECONDS
from tests.playground.conftest import be_patient
from tests.playground.wire import ADA, OPS, Api, Caller, connect


async def test_an_event_is_wrapped(playground: Playground, app: Caller) -> None:
    """Bolt routes on the event_callback wrapper and its authorizations."""
    playground.open_home("ada")
    await playground.wait_for(lambda: app.payloads)
    (body,) = app.payloads
    state = playground.state
    assert body["type"] == "event_callback"
    assert (body["team_id"], body["api_app_id"]) == (state.team_id, state.app_id)
    assert body["authorizations"][0]["user_id"] == state.bot_user_id
    assert body["event"]["type"] == "app_home_opened"
    assert body["event_id"].startswith("Ev")


@pytest.mark.usefixtures("impatient")
async def test_an_event_nobody_takes_comes_again(playground: Playground, app: Caller) -> None:
    """Three retries with the same event_id and a reason, then no more."""
    app.is_silent = True
    playground.open_home("ada")
    await playground.wait_for(lambda: len(app.envelopes) == 4)
    tries = [(one["retry_attempt"], one["retry_reason"]) for one in app.envelopes]
    assert tries == [(0, ""), (1, "timeout"), (2, "timeout"), (3, "timeout")]
    assert len({one["payload"]["event_id"] for one in app.envelopes}) == 1


@pytest.mark.usefixtures("impatient")
async def test_an_acknowledged_event_does_not_come_again(
    playground: Playground, app: Caller
) -> None:
    """The first acknowledgement ends it, also on a retry."""
    app.is_silent = True
    playground.open_home("ada")
    await playground.wait_for(lambda: app.envelopes)
    app.is_silent = False
    be_patient(playground)
    await playground.wait_for(lambda: "acknowledged" in outcomes(playground))
    await asyncio.sleep(0.1)  # The next retry would come sooner.
    *unanswered, last = outcomes(playground)
    assert (set(unanswered), last) == ({"timeout"}, "acknowledged")


def outcomes(playground: Playground) -> list[str]:
    """Return what became of each delivery of an event."""
    return [one.outcome for one in playground.envelopes("events_api")]


async def test_an_event_without_a_socket_comes_as_a_retry() -> None:
    """What happens while no socket is open is delivered later, marked as a retry."""
    async with Playground(limits="off") as playground, Api(playground) as api:
        async with connect(api):
            pass
        await playground.wait_for(lambda: not playground.connected)
        playground.open_home("ada")
        await playground.wait_for(lambda: len(playground.envelopes()) == 2)
        async with connect(api) as app:
            playground.advance(60)
            await playground.wait_for(lambda: app.envelopes)
            assert app.envelopes[0]["retry_attempt"] == 2


async def test_only_subscribed_events_are_sent() -> None:
    """With a manifest, the app gets the events it names and no others."""
    manifest = {
        "display_information": {"name": "Sample"},
        "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}},
    }
    async with (
        Playground(manifest=manifest) as playground,
        Api(playground) as api,
        connect(api) as app,
    ):
        playground.open_home("ada")
        playground.write("ada", "ops", "hello @sample")
        await playground.wait_for(lambda: app.events("app_mention"))
        assert [one["event"]["type"] for one in app.payloads] == ["app_mention"]


async def test_a_mention_reaches_the_app(playground: Playground, app: Caller) -> None:
    """Naming the bot in a channel it is in sends app_mention and message."""
    playground.write("ada", "ops", "hi @sample")
    await playground.wait_for(lambda: len(app.payloads) == 2)
    (mention,) = app.events("app_mention")
    (message,) = app.events("message")
    assert mention["text"] == f"hi <@{playground.state.bot_user_id}>"
    assert (mention["user"], mention["channel"]) == (ADA, OPS)
    assert message["channel_type"] == "channel"


async def test_the_app_hears_only_where_it_is(playground: Playground, app: Caller) -> None:
    """A channel without the bot sends it nothing; its direct messages do, without a mention."""
    playground.write("ada", "random", "hi @sample")
    playground.im("ada")
    playground.write("ada", playground.im("ada").id, "hi @sample")
    await playground.wait_for(lambda: app.payloads)
    (event,) = [one["event"] for one in app.payloads]
    assert (event["type"], event["channel_type"]) == ("message", "im")


async def test_edits_and_deletions_are_events(playground: Playground, api: Api) -> None:
    """message_changed and message_deleted carry what stood there before."""
    async with connect(api) as app:
        ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
        await api("chat.update", channel=OPS, ts=ts, text="y")
        await api("chat.delete", channel=OPS, ts=ts)
        await playground.wait_for(lambda: len(app.events("message")) == 3)
    by_kind = {event.get("subtype"): event for event in app.events("message")}
    assert by_kind[None]["bot_id"] == playground.state.bot_id
    assert by_kind["message_changed"]["previous_message"]["text"] == "x"
    assert by_kind["message_deleted"]["deleted_ts"] == ts


async def test_too_many_events_are_only_counted(clock: HandClock) -> None:
    """Of the third in an hour the app hears `app_rate_limited`, once a minute, until it is over."""
    settings = {"limits": "slack", "events_per_hour": 2, "ack_seconds": PATIENCE_SECONDS}
    async with (
        Playground(clock=clock, **settings) as playground,
        Api(playground) as api,
        connect(api) as app,
    ):
        for text in "abcd":
            playground.write("ada", "ops", text)
        await playground.wait_for(lambda: len(app.payloads) == 3)
        clock.advance(60)
        playground.write("ada", "ops", "e")
        await playground.wait_for(lambda: len(app.payloads) == 4)
        clock.advance(3600)
        playground.write("ada", "ops", "f")
        await playground.wait_for(lambda: len(app.payloads) == 5)
    assert sorted(event["text"] for event in app.events("message")) == ["a", "b", "f"]
    limited = [one for one in app.payloads if one["type"] == "app_rate_limited"]
    minutes = sorted(one["minute_rate_limited"] for one in limited)
    assert [minute - minutes[0] for minute in minutes] == [0, 60]
    assert {one["team_id"] for one in limited} == {playground.state.team_id}
