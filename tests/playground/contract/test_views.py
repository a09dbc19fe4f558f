"""Rule: a trigger id lives three seconds and opens once; views have hashes, a stack and a state."""

from typing import Any

from slack_playground import HandClock, Playground

from tests.playground.wire import ADA, Api, Caller, modal, text_input, trigger


def fresh_trigger(playground: Playground) -> str:
    return playground.workspace.triggers.issue(playground.state, ADA)


async def opened(playground: Playground, api: Api, **fields: Any) -> dict[str, Any]:
    answer = await api("views.open", trigger_id=fresh_trigger(playground), view=modal(**fields))
    view: dict[str, Any] = answer["view"]
    return view


async def test_a_trigger_expires(playground: Playground, api: Api, clock: HandClock) -> None:
    """Three seconds after the click it is too late."""
    for seconds, error in ((3.0, None), (3.01, "expired_trigger_id")):
        trigger_id = fresh_trigger(playground)
        clock.advance(seconds)
        answer = await api("views.open", trigger_id=trigger_id, view=modal())
        assert answer.get("error") == error


async def test_a_trigger_opens_once(playground: Playground, api: Api, app: Caller) -> None:
    """A second use is exchanged_trigger_id, a made-up one invalid_trigger_id."""
    trigger_id = await trigger(playground, app)
    answers = [await api("views.open", trigger_id=trigger_id, view=modal()) for _ in range(2)]
    assert [one.get("error") for one in answers] == [None, "exchanged_trigger_id"]
    strange = await api("views.open", trigger_id="1.2.x", view=modal())
    assert strange["error"] == "invalid_trigger_id"


async def test_three_modals_are_the_most(playground: Playground, api: Api) -> None:
    """Two may be pushed on the first; all know the root and the one below."""
    root = await opened(playground, api)
    pushed = [
        await api("views.push", trigger_id=fresh_trigger(playground), view=modal())
        for _ in range(3)
    ]
    assert [one.get("error") for one in pushed] == [None, None, "push_limit_reached"]
    assert pushed[0]["view"]["previous_view_id"] == root["id"]
    assert pushed[1]["view"]["previous_view_id"] == pushed[0]["view"]["id"]
    assert pushed[1]["view"]["root_view_id"] == root["id"]


async def test_an_old_hash_is_a_conflict(playground: Playground, api: Api) -> None:
    """Each update makes a new hash; an update with the old one is refused."""
    view = await opened(playground, api)
    sent = {"view_id": view["id"], "view": modal(), "hash": view["hash"]}
    first = await api("views.update", **sent)
    assert first["view"]["hash"] != view["hash"]
    assert (await api("views.update", **sent))["error"] == "hash_conflict"


async def test_a_home_has_a_hash_too(api: Api) -> None:
    """views.publish refuses the hash of an older Home."""
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = (await api("views.publish", user_id=ADA, view=home))["view"]["hash"]
    assert (await api("views.publish", user_id=ADA, view=home, hash=first))["ok"] is True
    stale = await api("views.publish", user_id=ADA, view=home, hash=first)
    assert stale["error"] == "hash_conflict"


async def test_an_external_id_is_unique(playground: Playground, api: Api) -> None:
    """It names one view of the workspace, and leads to it."""
    await opened(playground, api, external_id="form-1")
    again = await api(
        "views.push", trigger_id=fresh_trigger(playground), view=modal(external_id="form-1")
    )
    assert again["error"] == "duplicate_external_id"
    assert (await api("views.update", external_id="form-1", view=modal()))["ok"] is True


async def test_values_stay_where_both_ids_stay(playground: Playground, api: Api) -> None:
    """What was typed survives an update with equal block_id and action_id, else it is gone."""
    view = await opened(playground, api)
    playground.workspace.state.views[view["id"]].values["name"]["typed"]["value"] = "Schema"
    same = await api("views.update", view_id=view["id"], view=modal(text_input()))
    assert same["view"]["state"]["values"]["name"]["typed"]["value"] == "Schema"
    other = await api("views.update", view_id=view["id"], view=modal(text_input("other")))
    assert other["view"]["state"]["values"]["other"]["typed"]["value"] is None
