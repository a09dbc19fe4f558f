from slack_playground import Playground

from tests.playground.wire import ADA, Api, Caller, section


async def test_opening_the_home_tells_the_app(
    playground: Playground, api: Api, app: Caller
) -> None:
    """The first time without a view, afterwards with the published one."""
    assert playground.open_home("ada").answer == {"view": None}
    await playground.wait_for(lambda: app.events("app_home_opened"))
    (event,) = app.events("app_home_opened")
    assert (event["user"], event["tab"]) == (ADA, "home")
    assert event["channel"] == playground.im("ada").id
    assert "view" not in event
    await api("views.publish", user_id=ADA, view={"type": "home", "blocks": [section()]})
    assert playground.open_home("ada").answer["view"]["type"] == "home"
    await playground.wait_for(lambda: len(app.events("app_home_opened")) == 2)
    assert app.events("app_home_opened")[1]["view"]["blocks"][0]["type"] == "section"


async def test_a_published_home_is_seen_at_once(playground: Playground, api: Api) -> None:
    """An open page gets it, and only that person's."""
    with playground.workspace.feed.listen(ADA) as ada:
        view = {"type": "home", "blocks": [section()]}
        await api("views.publish", user_id=ADA, view=view)
        event = ada.queue.get_nowait()
    assert event["type"] == "home"
    assert event["view"]["blocks"][0]["text"]["_html"]
