"""What other rules would have told, in sentences."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.alerts.configured_rules import Rules
from bot.alerts.history.acts import Act, alert_act
from bot.alerts.history.entries import Net, group_json, trouble_json
from bot.alerts.history.recorder import rules_digest
from bot.alerts.history.replay import replay_checks
from bot.alerts.history.what_if import what_if
from bot.alerts.history.what_if_words import figures_of, lines_of, summary_of
from bot.alerts.incident_lifecycle import Incident, TroubleGroup, TroubleType
from bot.alerts.trouble_queries import Trouble
from bot.config_file import ConfigFile
from tests.bot.tasks.room import ADA, START

BEGAN = START + timedelta(minutes=1)


def rules(**said: Any) -> Rules:
    """Return the rules of a file that says so."""
    return Rules(ConfigFile.model_validate(said))


IN_FORCE = rules(alerts={"severity": {"billing": "critical"}})


def failure(kind: str, number: int) -> Trouble:
    """Return a failed task of a kind."""
    group = TroubleGroup(TroubleType.FAILED, kind, "full")
    return Trouble(group, f"{kind}{number}#1", "disk full", BEGAN, changed_at=BEGAN)


def history(*minutes: list[Trouble], net: Net | None = None, streaks=()):
    """Return checks, one a minute, each with what it found first, as IN_FORCE told of it."""
    net = net or Net(timedelta(minutes=30), timedelta(minutes=30), frozenset(), digest())
    entries: list[tuple[int, dict[str, Any], bool]] = []
    for number, found in enumerate(minutes, 1):
        entry: dict[str, Any] = {
            "at": (BEGAN + number * timedelta(seconds=20)).isoformat(),
            "appeared": [trouble_json(one, is_known=False) for one in found],
            "streaks": dict.fromkeys(streaks, 1),
        }
        if number == 1:
            entry |= {"silences": [], "net": net.as_json()}
        entries.append((number, entry, number == 1))
    for told in replay_checks(entries, IN_FORCE, BEGAN).tells:
        (entry,) = (one for _, one, _ in entries if one["at"] == told.at.isoformat())
        entry.setdefault("tells", []).append([*group_json(told.group), str(told.tell)])
    return entries


def digest() -> str:
    """Return what names the rules in force."""
    return rules_digest(IN_FORCE)


def said_of(entries, candidate: Rules) -> list[str]:
    """Return the sentences of a comparison over a day."""
    end = datetime.fromisoformat(entries[-1][1]["at"])
    return list(lines_of(what_if(entries, IN_FORCE, candidate, BEGAN, end)))


def test_muted_criticals_are_named():
    """A threshold that a critical kind never reached names the alert that it would hide."""
    entries = history(
        [failure("billing", 1)], [failure("import", 1)], streaks=("billing", "import")
    )
    candidate = rules(
        alerts={"severity": {"billing": "critical"}}, tasks={"*": {"alert_after_failures": 2}}
    )

    assert said_of(entries, candidate) == [
        "2 → 0 messages, none later than it was",
        "  alerts 2 → 0",
        "1 critical would have been muted:",
        "  billing failed “disk full”, 2026-11-20 10:01 UTC, 1 in trouble",
        "1 other alert would have been muted",
        "replaying the rules in force gives exactly what happened",
    ]


def test_one_line_sums_up_and_programs_get_the_figures():
    """For the comment on a pull request, and for what writes it."""
    entries = history([failure("billing", 1), failure("import", 2)], streaks=("billing", "import"))
    patient = rules(tasks={"*": {"alert_after_failures": 9}})
    end = datetime.fromisoformat(entries[-1][1]["at"])
    found = what_if(entries, IN_FORCE, patient, BEGAN, end)

    assert summary_of(found) == "2 → 0 messages, 1 critical would have been muted"
    figures = figures_of(found)
    assert (figures["messages_before"], figures["messages_after"]) == (2, 0)
    assert len(figures["criticals_muted"]) == figures["others_muted"] == 1
    assert figures["is_reproduced"]


def test_alerts_that_would_go_elsewhere_are_counted():
    """Another route changes no decision, but where people read of it."""
    entries = history([failure("billing", 1), failure("import", 2), failure("import", 3)])
    routed = rules(alerts={"severity": {"billing": "critical"}, "routes": {"imp*": "C0IMPORTS"}})

    assert "1 alert would go to C0IMPORTS instead of the usual channel" in said_of(entries, routed)


def test_the_longest_delay_is_that_of_one_alert():
    """The second failure in a row came 40 seconds after the first, of which people were told."""
    entries = history([failure("import", 1)], [], [failure("import", 2)], streaks=("import",))
    entries[2][1]["streaks"] = {"import": 2}
    candidate = rules(
        alerts={"severity": {"billing": "critical"}}, tasks={"import": {"alert_after_failures": 2}}
    )

    assert said_of(entries, candidate)[:3] == [
        "1 → 1 message, longest delay 40 s (import failed “disk full”, 2026-11-20 10:01 UTC,"
        " 2 in trouble)",
        "  alerts 1 → 1",
        "0 criticals would have been muted",
    ]


@pytest.mark.parametrize(
    ("said", "gap"),
    [
        ({"alerts": {"stuck_after_minutes": 10}}, "stuck_after_minutes below 30"),
        ({"alerts": {"failed_window_minutes": 60}}, "failed_window_minutes above 30"),
        (
            {"tasks": {"import": {"cron": "0 * * * *"}}},
            "the schedule of import, which had none for some of the time",
        ),
        ({"tasks": {"*": {"alert_after_failures": 21}}}, "alert_after_failures above 20"),
        ({"alerts": {"every_minutes": 5}}, "the change of every_minutes"),
    ],
)
def test_what_was_not_recorded_is_said(said, gap):
    """Rules that look for more than the checks did are not replayed as if they had."""
    assert said_of(history([]), rules(**said))[-1] == f"not replayed: {gap}"


def test_a_click_on_an_alert_that_would_not_be_is_counted():
    """It is left out, and said."""
    entries = history([failure("import", 1)], streaks=("import",))
    trouble = failure("import", 1)
    at = BEGAN + timedelta(minutes=1)
    act = alert_act(Act("acknowledge", ADA), Incident(trouble.group, at, frozenset(), frozenset()))
    entries.append((2, {"at": at.isoformat(), **act}, False))
    candidate = rules(tasks={"import": {"alert_after_failures": 2}})

    gap = "not replayed: 1 click on alerts that would not have been open"
    assert said_of(entries, candidate)[-1] == gap


def test_rules_that_were_changed_meanwhile_are_not_called_reproduced():
    """The history says by which rules each check decided."""
    net = Net(timedelta(minutes=30), timedelta(minutes=30), frozenset(), "others")

    said = said_of(history([failure("import", 1)], net=net), IN_FORCE)
    assert said[3].startswith("the rules were changed in this time")


def test_a_history_that_does_not_reach_back_is_said():
    """Without any there is nothing to replay; else it says where it begins."""
    nothing = what_if([], IN_FORCE, IN_FORCE, BEGAN, BEGAN)
    said = "no check has been recorded: there is nothing to replay"
    assert list(lines_of(nothing)) == [said]

    late = what_if(history([]), IN_FORCE, IN_FORCE, BEGAN - timedelta(days=1), BEGAN)
    assert list(lines_of(late))[-1] == (
        "not replayed: what was before 2026-11-20 10:01 UTC: the history begins there"
    )
