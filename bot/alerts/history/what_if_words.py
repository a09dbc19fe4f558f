"""What other rules would have told people, in words and in figures. Pure."""

import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bot.alerts.checking.live_world import COUNTED_FAILURES
from bot.alerts.history.recorder import rules_digest
from bot.alerts.history.replay import AlertStory, tell_counts
from bot.alerts.history.what_if import WhatIf
from bot.alerts.incident_lifecycle import STORM, Tell

_MAX_NAMED = 10
_UNROUTED = "the usual channel"
_TELL_WORDS = {
    Tell.POST: "alerts",
    Tell.DIGEST: "digests",
    Tell.REMIND: "reminders",
    Tell.ESCALATE: "escalations",
    Tell.RECOVER: "recoveries",
}


def lines_of(found: WhatIf) -> Iterator[str]:
    """Yield the comparison as sentences, each a line."""
    if found.candidate.began_at is None:
        yield "no check has been recorded: there is nothing to replay"
        return
    before, after = tell_counts(found.happened), tell_counts(found.candidate.tells)
    yield f"{_messages(before)} → {_counted(_messages(after), 'message')}, {_delay(found)}"
    if before.total() or after.total():
        sorts = [(words, before[tell], after[tell]) for tell, words in _TELL_WORDS.items()]
        yield "  " + ", ".join(f"{words} {old} → {new}" for words, old, new in sorts if old or new)
    critical = [story for story in found.muted if story.is_critical]
    other = len(found.muted) - len(critical)
    yield f"{_counted(len(critical), 'critical')} would have been muted{':' if critical else ''}"
    yield from (f"  {_named_story(story)}" for story in critical[:_MAX_NAMED])
    if len(critical) > _MAX_NAMED:
        yield f"  and {len(critical) - _MAX_NAMED} more"
    if other:
        yield f"{_counted(other, 'other alert')} would have been muted"
    yield from _rerouted(found)
    yield _reproduction(found)
    gaps = (_before_history(found), _beyond_history(found), _not_modelled(found))
    yield from (f"not replayed: {one}" for one in itertools.chain(*gaps))


def summary_of(found: WhatIf) -> str:
    """Return the comparison in one line: `412 → 63 messages, longest delay 40 s, …`."""
    before, after = tell_counts(found.happened), tell_counts(found.candidate.tells)
    longest = found.longest_delay
    critical = sum(story.is_critical for story in found.muted)
    parts = [f"{_messages(before)} → {_counted(_messages(after), 'message')}"]
    if longest is not None:
        parts.append(f"longest delay {_delay_length(longest[0])}")
    if critical:
        parts.append(f"{_counted(critical, 'critical')} would have been muted")
    return ", ".join(parts)


def figures_of(found: WhatIf) -> dict[str, Any]:
    """Return the comparison for programs."""
    before, after = tell_counts(found.happened), tell_counts(found.candidate.tells)
    longest = found.longest_delay
    muted = found.muted
    return {
        "days": found.days,
        "messages_before": _messages(before),
        "messages_after": _messages(after),
        "longest_delay_seconds": longest[0].total_seconds() if longest else 0,
        "criticals_muted": [_named_story(story) for story in muted if story.is_critical],
        "others_muted": sum(not story.is_critical for story in muted),
        "is_reproduced": found.is_reproduced,
    }


def _rerouted(found: WhatIf) -> Iterator[str]:
    """Yield how many of the alerts that would be told would be told in another channel."""
    ours, theirs = found.current_rules, found.candidate_rules
    moves: Counter[tuple[str, str]] = Counter()
    for (group, _), story in found.candidate.stories.items():
        before, after = ours.route_of(group.task), theirs.route_of(group.task)
        is_told = story.told_at is not None and story.told_at >= found.began_at
        if is_told and group.fingerprint != STORM and before != after:
            moves[before or _UNROUTED, after or _UNROUTED] += 1
    for (before, after), count in sorted(moves.items()):
        yield f"{_counted(count, 'alert')} would go to {after} instead of {before}"


def _messages(counted: Counter[Tell]) -> int:
    """Return how many messages people see; one that was withdrawn nobody saw."""
    return sum(counted[tell] for tell in _TELL_WORDS) - counted[Tell.WITHDRAW]


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _delay(found: WhatIf) -> str:
    longest = found.longest_delay
    if longest is None:
        return "none later than it was"
    return f"longest delay {_delay_length(longest[0])} ({_named_story(longest[1])})"


def _delay_length(time: timedelta) -> str:
    seconds = round(time.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _named_story(story: AlertStory) -> str:
    group = story.group
    what = (
        f"several kinds {group.type}"
        if group.fingerprint == STORM
        else f"{group.task} {group.type}"
    )
    label = f" “{story.label}”" if story.label else ""
    return f"{what}{label}, {story.opened_at:%Y-%m-%d %H:%M} UTC, {len(story.keys)} in trouble"


def _reproduction(found: WhatIf) -> str:
    digest = rules_digest(found.current_rules)
    if any(net.rules != digest for net in found.current.nets):
        return (
            "the rules were changed in this time: the first number is what happened, by the rules"
            " of then; delays and muted alerts are compared with the rules in force now"
        )
    if found.is_reproduced:
        return "replaying the rules in force gives exactly what happened"
    again, happened = Counter(found.current.tells), Counter(found.happened)
    count = ((happened - again) + (again - happened)).total()
    where = _counted(count, "place")
    return f"warning: replaying the rules in force differs from what happened in {where}"


def _before_history(found: WhatIf) -> Iterator[str]:
    began_at = found.candidate.began_at
    if began_at is not None and began_at > found.began_at + timedelta(minutes=5):
        yield f"what was before {began_at:%Y-%m-%d %H:%M} UTC: the history begins there"


def _beyond_history(found: WhatIf) -> Iterator[str]:
    """Yield what the candidate looks for and the checks did not."""
    rules, nets = found.candidate_rules, found.candidate.nets
    silence = max((net.silence for net in nets), default=timedelta(0))
    if rules.least_timeout < silence:
        yield f"stuck_after_minutes below {silence / timedelta(minutes=1):g}"
    window = min((net.window for net in nets), default=rules.window)
    if rules.window > window:
        yield f"failed_window_minutes above {window / timedelta(minutes=1):g}"
    scheduled = {kind for kind, _, _ in rules.schedules()}
    for kind in sorted(kind for kind in scheduled if any(kind not in net.kinds for net in nets)):
        yield f"the schedule of {kind}, which had none for some of the time"
    if any(one.alert_after_failures > COUNTED_FAILURES for one in rules.config.tasks.values()):
        yield f"alert_after_failures above {COUNTED_FAILURES}"


def _not_modelled(found: WhatIf) -> Iterator[str]:
    """Yield what a replay cannot do."""
    ours, theirs = found.current_rules.config.alerts, found.candidate_rules.config.alerts
    for name in ("every_minutes", "tables", "also_notify"):
        if getattr(ours, name) != getattr(theirs, name):
            yield f"the change of {name}"
    clicks = found.candidate.skipped_acts - found.current.skipped_acts
    if clicks > 0:
        yield f"{_counted(clicks, 'click')} on alerts that would not have been open"
    if found.candidate.dropped:
        count = _counted(found.candidate.dropped, "trouble")
        yield f"the end of {count} that no alert held: taken as over at once"
