from slack_playground import HandClock, Playground

from tests.playground.wire import (
    ADA,
    Api,
    Caller,
    actions,
    button,
    modal,
    plain,
    section,
    text_input,
    trigger,
)


async def test_a_trigger_opens_one_modal(playground: Playground, api: Api, app: Caller) -> None:
    """A trigger id works once; a used or invented one has its own error."""
    trigger_id = await trigger(playground, app)
    view = (await api("views.open", trigger_id=trigger_id, view=modal()))["view"]
    assert view["root_view_id"] == view["id"]
    assert view["previous_view_id"] is None
    assert view["hash"]
    assert view["state"]["values"]["name"]["typed"]["value"] is None
    again = await api("views.open", trigger_id=trigger_id, view=modal())
    assert again["error"] == "exchanged_trigger_id"
    invented = await api("views.open", trigger_id="1.2.3", view=modal())
    assert invented["error"] == "invalid_trigger_id"


async def test_a_trigger_lives_three_seconds(
    playground: Playground, api: Api, app: Caller, clock: HandClock
) -> None:
    """After three seconds it has expired."""
    in_time, late = await trigger(playground, app), await trigger(playground, app)
    clock.advance(2.9)
    assert (await api("views.open", trigger_id=in_time, view=modal()))["ok"]
    clock.advance(0.2)
    answer = await api("views.open", trigger_id=late, view=modal())
    assert answer["error"] == "expired_trigger_id"


async def test_a_stack_holds_three(playground: Playground, api: Api, app: Caller) -> None:
    """One open and two pushes; without an open modal there is nothing to push on."""
    unopened = await trigger(playground, app)
    assert (await api("views.push", trigger_id=unopened, view=modal()))["error"] == "not_found"
    first = await trigger(playground, app)
    root = (await api("views.open", trigger_id=first, view=modal()))["view"]["id"]
    answers = [
        await api("views.push", trigger_id=await trigger(playground, app), view=modal())
        for _ in range(3)
    ]
    assert [one.get("error") for one in answers] == [None, None, "push_limit_reached"]
    assert answers[1]["view"]["root_view_id"] == root
    assert len(playground.views("ada")) == 3


async def test_an_update_keeps_what_was_typed(
    playground: Playground, api: Api, app: Caller
) -> None:
    """Values stay where block_id and action_id stay, and are gone elsewhere."""
    opened = await api(
        "views.open",
        trigger_id=await trigger(playground, app),
        view=modal(text_input(), text_input("other"), actions(button())),
    )
    view_id = opened["view"]["id"]
    state = {"name": {"typed": {"value": "kept"}}, "other": {"typed": {"value": "lost"}}}
    await api.page(
        "actions",
        user=ADA,
        container={"type": "view", "view_id": view_id},
        action={"block_id": "acts", "action_id": "retry"},
        state={"values": state},
    )
    answer = await api("views.update", view_id=view_id, view=modal(text_input(), section()))
    values = answer["view"]["state"]["values"]
    assert values == {"name": {"typed": {"type": "plain_text_input", "value": "kept"}}}
    assert answer["view"]["hash"] != opened["view"]["hash"]


async def test_a_stale_hash_is_a_conflict(playground: Playground, api: Api, app: Caller) -> None:
    """views.update with an old hash changes nothing."""
    trigger_id = await trigger(playground, app)
    view = (await api("views.open", trigger_id=trigger_id, view=modal()))["view"]
    sent = {"view_id": view["id"], "hash": view["hash"], "view": modal(title=plain("New"))}
    assert (await api("views.update", **sent))["ok"] is True
    assert (await api("views.update", **sent))["error"] == "hash_conflict"
    gone = await api("views.update", view_id="V0NOWHERE1", view=modal())
    assert gone["error"] == "not_found"


async def test_external_ids_are_unique(playground: Playground, api: Api, app: Caller) -> None:
    """A view can be found by its external id, which no other view may take."""
    trigger_id = await trigger(playground, app)
    opened = await api("views.open", trigger_id=trigger_id, view=modal(external_id="job-1"))
    updated = await api("views.update", external_id="job-1", view=modal(external_id="job-1"))
    assert updated["view"]["id"] == opened["view"]["id"]
    trigger_id = await trigger(playground, app, "ben")
    taken = await api("views.open", trigger_id=trigger_id, view=modal(external_id="job-1"))
    assert taken["error"] == "duplicate_external_id"
    await playground.close_view("ada")
    trigger_id = await trigger(playground, app, "ben")
    free = await api("views.open", trigger_id=trigger_id, view=modal(external_id="job-1"))
    assert free["ok"] is True


async def test_a_broken_view_is_pointed_at(playground: Playground, api: Api, app: Caller) -> None:
    """invalid_arguments names the place under /view, and the trigger is still good."""
    trigger_id = await trigger(playground, app)
    broken = await api("views.open", trigger_id=trigger_id, view=modal(title=plain("x" * 25)))
    assert broken["error"] == "invalid_arguments"
    assert "[json-pointer:/view/title" in broken["response_metadata"]["messages"][0]
    home = await api("views.open", trigger_id=trigger_id, view={"type": "home", "blocks": []})
    assert home["error"] == "invalid_arguments"
    assert (await api("views.open", trigger_id=trigger_id, view=modal()))["ok"] is True


async def test_a_home_is_published_per_person(playground: Playground, api: Api) -> None:
    """Publishing replaces the person's Home, unless the hash is stale."""
    view = {"type": "home", "blocks": [section()]}
    first = (await api("views.publish", user_id=ADA, view=view))["view"]
    second = (await api("views.publish", user_id=ADA, view=view, hash=first["hash"]))["view"]
    assert second["id"] == first["id"]
    stale = await api("views.publish", user_id=ADA, view=view, hash=first["hash"])
    assert stale["error"] == "hash_conflict"
    assert playground.home("ben") is None


async def test_a_home_needs_its_tab() -> None:
    """An app whose manifest has no Home tab cannot publish one."""
    manifest = {"display_information": {"name": "Sample"}}
    async with Playground(manifest=manifest) as playground, Api(playground) as api:
        answer = await api("views.publish", user_id=ADA, view={"type": "home", "blocks": []})
    assert answer["error"] == "not_enabled"
