"""dnd.*, team.*, auth.teams.list and chat.meMessage."""

import pytest
from slack_playground import HandClock, Playground

from tests.playground.wire import ADA, BEN, OPS, Api


async def test_somebody_is_not_to_be_disturbed(
    playground: Playground, api: Api, clock: HandClock
) -> None:
    """For as many minutes as they say, or until they end it; a bot cannot say so."""
    never = {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    ada = Api(playground, playground.user_token)
    async with ada:
        now = int(clock.now())
        started = await ada("dnd.setSnooze", num_minutes=5)
        assert (started["snooze_endtime"] - now, started["snooze_remaining"]) == (300, 300)
        assert (await api("dnd.info", user=ADA))["snooze_enabled"] is True
        assert await api("dnd.info", user=BEN) == {"ok": True, **never, "snooze_enabled": False}
        clock.advance(300)
        assert (await ada("dnd.endSnooze"))["error"] == "snooze_not_active"
        await ada("dnd.setSnooze", num_minutes=5)
        assert (await ada("dnd.endSnooze"))["snooze_enabled"] is False
        assert (await ada("dnd.setSnooze"))["error"] == "missing_duration"
        assert (await ada("dnd.setSnooze", num_minutes=0))["error"] == "snooze_failed"
    assert (await api("dnd.setSnooze", num_minutes=5))["error"] == "not_allowed_token_type"


@pytest.mark.parametrize(
    ("users", "error"), [("", "missing_users"), (",".join([ADA] * 51), "too_many_users")]
)
async def test_quiet_hours_of_several(api: Api, users: str, error: str) -> None:
    """Of at most fifty people; strangers are left out."""
    assert list((await api("dnd.teamInfo", users=f"{ADA},U0NOBODY00"))["users"]) == [ADA]
    assert (await api("dnd.teamInfo", users=users))["error"] == error


async def test_the_team_is_told(playground: Playground, api: Api) -> None:
    """What it is called, what it allows, what it pays for."""
    team = {"id": playground.state.team_id, "name": playground.state.team_name}
    assert (await api("auth.teams.list"))["teams"] == [team]
    assert (await api("team.preferences.list"))["msg_edit_window_mins"] == -1
    assert (await api("team.billing.info"))["plan"] == "plus"
    assert (await api("team.profile.get"))["profile"] == {"fields": [], "sections": []}


async def test_the_app_says_what_it_does(playground: Playground, api: Api) -> None:
    """As `/me` does; with blanks alone it does nothing."""
    ts = (await api("chat.meMessage", channel=OPS, text="cooks soup"))["ts"]
    message = playground.message("ops", ts)
    assert (message["subtype"], message["text"]) == ("me_message", "cooks soup")
    assert (await api("chat.meMessage", channel=OPS, text=" "))["error"] == "no_text"
