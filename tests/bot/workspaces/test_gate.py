"""Who may use the bot: members of the house; guests if they are named; partners never."""

import pytest
from slack_playground.state import User
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import ForbiddenError, UnavailableError
from bot.workspaces.gate import (
    PEOPLE_KEPT_SECONDS,
    PEOPLE_KEPT_WITHOUT_SLACK_SECONDS,
    Gate,
    House,
    Membership,
    Visitor,
    membership_of,
)

HOME, ADA, BEN, CLEO = "T0PLAYGRND", "U0ADA00001", "U0BEN00002", "U0CLEO0003"
PARTNER, ORG = "T9PARTNER", "E0ORG"
HOUSE = House(HOME, "Acme")


class HandClock:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def hand_clock() -> HandClock:
    return HandClock()


@pytest.fixture
def gate(playground, hand_clock) -> Gate:
    playground.state.users[BEN].is_restricted = True
    playground.state.users[CLEO].is_ultra_restricted = True
    playground.state.users["U9PARTNER1"] = User("U9PARTNER1", "pat", "Pat", team_id=PARTNER)
    client = AsyncWebClient(token=playground.bot_token, base_url=playground.api_url)
    return Gate(client, HOUSE, {CLEO}, monotonic=hand_clock)


async def test_a_member_passes(gate, playground):
    """Whatever the payload leaves out; Slack is asked once in five minutes."""
    for visitor in (Visitor(ADA), Visitor(ADA, HOME), Visitor(ADA, HOME, HOME)):
        await gate.require_insider(visitor)

    assert len(playground.calls("users.info")) == 1


@pytest.mark.parametrize(
    "visitor",
    [Visitor(ADA, PARTNER), Visitor(ADA, None, PARTNER), Visitor(ADA, None, PARTNER, ORG)],
)
async def test_an_id_that_we_know_is_not_believed_of_another_workspace(gate, playground, visitor):
    """Somebody of another workspace may have the id of a member: our users.info is not asked."""
    with pytest.raises(ForbiddenError, match="Only members"):
        await gate.require_insider(visitor)

    assert playground.calls("users.info") == []


async def test_a_guest_is_refused_unless_the_settings_name_them(gate):
    """Single- and multi-channel guests alike; a contractor may be an operator."""
    with pytest.raises(ForbiddenError, match=r"Guests cannot use me: ask a full member of \*Acme"):
        await gate.require_insider(Visitor(BEN, HOME))

    await gate.require_insider(Visitor(CLEO, HOME))


@pytest.mark.parametrize(
    "visitor",
    [
        Visitor("U9PARTNER1", PARTNER, HOME),
        Visitor("U9PARTNER1", PARTNER, PARTNER),
        Visitor("U9PARTNER1", None, HOME),
        Visitor("U9PARTNER1"),
    ],
)
async def test_a_partner_is_refused_whatever_the_payload_says(gate, visitor):
    """Which team Slack names for the click of somebody in a shared channel is not documented."""
    with pytest.raises(ForbiddenError, match=r"Only members of \*Acme\* can use me"):
        await gate.require_insider(visitor)


@pytest.mark.parametrize("fault", [{"error": "ratelimited"}, {"kind": "http", "status": 503}])
async def test_while_slack_does_not_tell_nobody_new_passes(gate, playground, hand_clock, fault):
    """Who was known within the hour passes; everybody else is asked to try again."""
    await gate.require_insider(Visitor(ADA, HOME))
    playground.fail("users.info", **{"count": 20, **fault})
    hand_clock.at += PEOPLE_KEPT_WITHOUT_SLACK_SECONDS - 1
    await gate.require_insider(Visitor(ADA, HOME))
    hand_clock.at += 1

    for visitor in (Visitor(ADA, HOME), Visitor(BEN, HOME)):
        with pytest.raises(UnavailableError, match="Try again"):
            await gate.require_insider(visitor)


async def test_what_slack_says_is_asked_again_after_five_minutes(gate, playground, hand_clock):
    """Somebody who has become a guest is one soon."""
    await gate.require_insider(Visitor(ADA, HOME))
    playground.state.users[ADA].is_restricted = True
    hand_clock.at += PEOPLE_KEPT_SECONDS

    with pytest.raises(ForbiddenError, match="Guests"):
        await gate.require_insider(Visitor(ADA, HOME))


@pytest.mark.parametrize("fault", [{"error": "missing_scope"}, {"error": "unknown_method"}])
async def test_without_the_scope_the_payload_decides(gate, playground, fault):
    """Guests look like members then; partners are still refused."""
    playground.fail("users.info", **{"count": 20, **fault})

    await gate.require_insider(Visitor(BEN, HOME))
    await gate.require_insider(Visitor(ADA, None, HOME))
    for visitor in (Visitor("U9PARTNER1", PARTNER, HOME), Visitor("U9PARTNER1", None, PARTNER)):
        with pytest.raises(ForbiddenError, match="Only members of"):
            await gate.require_insider(visitor)


@pytest.mark.parametrize(
    ("user", "visitor", "expected"),
    [
        ({"team_id": HOME}, Visitor(ADA), Membership.MEMBER),
        ({"team_id": HOME, "deleted": True}, Visitor(ADA, HOME), Membership.OUTSIDER),
        ({"team_id": HOME, "is_stranger": True}, Visitor(ADA, HOME), Membership.OUTSIDER),
        ({"team_id": PARTNER}, Visitor(ADA, HOME), Membership.OUTSIDER),
        ({"team_id": "T2", "enterprise_user": {"teams": [HOME]}}, Visitor(ADA), Membership.MEMBER),
        (
            {"team_id": "T2", "enterprise_user": {"enterprise_id": ORG, "teams": ["T2"]}},
            Visitor(ADA, "T2", "T2", ORG),
            Membership.MEMBER,
        ),
        (
            {"team_id": "T2", "enterprise_user": {"enterprise_id": ORG}, "is_restricted": True},
            Visitor(ADA, "T2", "T2", ORG),
            Membership.GUEST,
        ),
        (
            {"team_id": PARTNER, "enterprise_user": {"enterprise_id": "E9OTHER"}},
            Visitor(ADA, PARTNER, HOME, ORG),
            Membership.OUTSIDER,
        ),
        # Two tenants' workspaces have somebody of this id: the record is of the other one.
        ({"team_id": HOME}, Visitor(ADA, PARTNER), Membership.OUTSIDER),
        (
            {"team_id": HOME, "enterprise_user": {"enterprise_id": ORG, "teams": [HOME, "T2"]}},
            Visitor(ADA, PARTNER, PARTNER),
            Membership.OUTSIDER,
        ),
        (
            {"team_id": HOME, "enterprise_user": {"enterprise_id": ORG, "teams": [HOME, "T2"]}},
            Visitor(ADA, "T2", None, ORG),
            Membership.MEMBER,
        ),
        (
            {"team_id": HOME, "enterprise_user": {"enterprise_id": ORG, "teams": [HOME]}},
            Visitor(ADA, ORG, None, ORG),
            Membership.MEMBER,
        ),
        # The payload's organisation is that of the channel, where a partner is, too.
        ({}, Visitor(ADA, PARTNER, "T2", ORG), Membership.OUTSIDER),
        ({}, Visitor(ADA, "T2", "T2", ORG), Membership.MEMBER),
        ({}, Visitor(ADA, "T2", None, ORG), Membership.OUTSIDER),
        ({"team_id": ORG}, Visitor(ADA), Membership.MEMBER),
        ({}, Visitor(ADA, None, "T2", ORG), Membership.MEMBER),
        ({}, Visitor(ADA, None, "T2", None), Membership.OUTSIDER),
    ],
)
def test_an_organisation_is_one_house(user, visitor, expected):
    """On Enterprise Grid colleagues of other workspaces belong to it, partners do not."""
    assert membership_of(user, visitor, House(HOME, "Acme", ORG)) == expected
