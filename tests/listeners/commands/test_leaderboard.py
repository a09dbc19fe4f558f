"""`/leaderboard` and `/ops leaderboard`, the menu below a board, and App Home."""

import pytest
from sqlmodel import col, select

from bot.messages.models import Message
from tests.listeners.room import OPERATORS, open_room


@pytest.fixture
async def boards(room):
    """The boards of a workspace, with two dealers."""
    scores = [{"dealer": "Bergmann", "score": 71.5}, {"dealer": "<!channel>", "score": 60}]
    await room.services.leaderboards.add("dealers", scores)
    return room.services.leaderboards


async def standing(room):
    """Return the board in #ai-ops once it stands there."""
    found = await room.playground.wait_for(lambda: room.playground.messages("ai-ops"))
    return found[-1]


async def test_a_board_is_shown_to_the_asker_alone(room, boards):
    """The first board if none is named, with every figure as text, and what else there is."""
    await room.playground.run_command("ada", "ops", "/leaderboard")

    told = await room.told("ada")
    assert "1. Bergmann (new): 71.5" in told
    assert "2. &lt;!channel&gt; (new): 60.0" in told
    shown = room.playground.ephemerals("ada", "ops")[0]["blocks"]
    assert [block["type"] for block in shown] == [
        *("header", "section", "data_table", "context", "actions", "rich_text")
    ]
    assert "/leaderboard scorecard" in str(shown[-1])
    assert room.playground.messages("ai-ops") == []


@pytest.mark.parametrize(
    "line", ["/leaderboard post", "/leaderboard dealers post", "/ops leaderboard dealers POST"]
)
async def test_a_board_is_posted_for_all_to_see(room, boards, line):
    """In the leaderboards' channel, with a table, a chart and a menu; who asked is told of."""
    await room.playground.run_command("ben", "ops", line)

    posted = await standing(room)
    assert [block["type"] for block in posted["blocks"]] == [
        *("header", "section", "data_table", "data_visualization", "context", "actions")
    ]
    said = await room.playground.wait_for(lambda: room.playground.messages("ops"))
    assert "<@U0BEN00002> posts the leaderboard `dealers`" in said[-1]["text"]


async def test_samples_edit_what_stands(room, boards, sqlite):
    """The post shows the new leader; there is no second one."""
    await room.playground.run_command("ben", "ops", "/leaderboard dealers post")
    first = await standing(room)
    await boards.add("dealers", [{"dealer": "dealer-7", "score": 90}])
    await boards.tick()

    await room.playground.wait_for(
        lambda: "dealer-7 leads" in str(room.playground.messages("ai-ops"))
    )
    [only] = room.playground.messages("ai-ops")
    assert only["ts"] == first["ts"]


async def test_a_choice_opens_the_history(room, boards):
    """The modal has the figures, also of a name that looks like a mention."""
    await room.playground.run_command("ben", "ops", "/leaderboard dealers post")
    posted = await standing(room)
    chosen = "dealers/<!channel>"
    await room.playground.click("cleo", "ai-ops", posted["ts"], "leaderboard_subject", chosen)

    await room.playground.wait_for(
        lambda: "AI visibility score: 60.0" in str(room.playground.views("cleo"))
    )
    assert "<!channel>" in str(room.playground.views("cleo"))


async def test_a_board_opens_from_app_home(room, boards):
    """Home says who leads; the button opens the week so far."""
    room.playground.open_home("cleo")
    home = await room.playground.wait_for(lambda: room.playground.home("cleo"))
    assert "AI visibility, week" in str(home["blocks"])
    await room.playground.click_in_view("cleo", home["id"], "home_leaderboard")
    await room.playground.wait_for(
        lambda: "/leaderboard dealers" in str(room.playground.views("cleo"))
    )


async def test_only_operators_post(sqlite):
    """Reading is for everybody."""
    async with open_room(sqlite, [OPERATORS]) as room:
        await room.services.leaderboards.add("dealers", [{"dealer": "a", "score": 1}])
        await room.playground.run_command("cleo", "ops", "/leaderboard dealers post")
        await room.playground.run_command("cleo", "ops", "/leaderboard dealers")

        assert "a leads with 1.0" in await room.told("cleo", 2)
        count = sqlite.snapshot(lambda session: len(session.exec(select(col(Message.id))).all()))
        assert count == 0


async def test_a_board_nobody_knows_is_answered_with_the_nearest(room, boards):
    """And an empty one says so."""
    await room.playground.run_command("ada", "ops", "/leaderboard dealer")
    assert "did you mean `dealers`" in await room.told("ada")
    await room.playground.run_command("ada", "ops", "/leaderboard scorecard post")
    assert "no samples" in await room.told("ada", 2)
