"""What other rules would have told people: the history replayed twice, compared. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.alerts.configured_rules import Rules
from bot.alerts.history.replay import (
    AlertStory,
    Replayed,
    Told,
    recorded_tells,
    replay_checks,
)


@dataclass(frozen=True)
class WhatIf:
    """A candidate's replay beside what really happened and the replay of the rules in force."""

    days: float
    began_at: datetime  # of what is compared
    happened: Sequence[Told]
    current: Replayed
    candidate: Replayed
    current_rules: Rules
    candidate_rules: Rules

    @property
    def is_reproduced(self) -> bool:
        """Tell whether the rules in force, replayed, give exactly what happened."""
        return Counter(self.happened) == Counter(self.current.tells)

    @property
    def longest_delay(self) -> tuple[timedelta, AlertStory] | None:
        """Return by how much later an alert would have been told at most; None if none is."""
        told = self.candidate.first_told
        late = [
            (told[group.type, key] - story.told_at, story)
            for (group, _), story in self.current.stories.items()
            for key in story.keys
            if story.told_at is not None and (group.type, key) in told
            if self.current.first_told[group.type, key] == story.told_at >= self.began_at
        ]
        longest = max(late, key=lambda one: one[0], default=None)
        return longest if longest is not None and longest[0] > timedelta(0) else None

    @property
    def muted(self) -> list[AlertStory]:
        """Return the alerts that people were told of, and would not have been told of at all."""
        told = self.candidate.first_told
        return [
            story
            for (group, _), story in self.current.stories.items()
            if story.told_at is not None and story.told_at >= self.began_at and story.keys
            if not any((group.type, key) in told for key in story.keys)
        ]


def what_if(
    entries: Sequence[tuple[int, dict[str, object], bool]],
    current: Rules,
    candidate: Rules,
    since: datetime,
    now: datetime,
) -> WhatIf:
    """Replay by both rules what happened since then; *entries* begin with a base."""
    return WhatIf(
        (now - since) / timedelta(days=1),
        since,
        recorded_tells(entries, since),
        replay_checks(entries, current, since),
        replay_checks(entries, candidate, since),
        current,
        candidate,
    )
