"""The boards there are: those of `opsbell.toml`, and two that are there without it."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.config_file import ConfigFile
from bot.config_sections.leaderboards import Leaderboard, LeaderboardColumn

DEALERS = Leaderboard(
    title="AI visibility",
    subject="dealer",
    samples=True,
    rank_by="score",
    schedule="mon 09:00",
    timezone="America/New_York",
    columns=[
        LeaderboardColumn(name="score", label="AI visibility score", format="0.0"),
        LeaderboardColumn(
            name="revenue_at_risk", label="Revenue at risk", format="$0", better="low"
        ),
    ],
)
_SCORECARD = Leaderboard(
    title="Opsbell's scorecard",
    subject="kind",
    scorecard=True,
    rank_by="messages",
    schedule="mon 09:00",
    timezone="America/New_York",
    columns=[
        LeaderboardColumn(name="messages", label="Posts and edits"),
        LeaderboardColumn(
            name="freshness_p50", label="Freshness p50", format="0.00 s", better="low"
        ),
        LeaderboardColumn(
            name="freshness_p95", label="Freshness p95", format="0.00 s", better="low"
        ),
        LeaderboardColumn(name="late", label="Late", better="low"),
        LeaderboardColumn(name="lost", label="Lost", better="low"),
        LeaderboardColumn(name="doubled", label="Maybe doubled", better="low"),
        LeaderboardColumn(name="dead_letters", label="Dead letters", better="low"),
        LeaderboardColumn(name="edits", label="Edits", better="low"),
        LeaderboardColumn(name="edit_budget", label="Busiest minute", format="0 %", better="low"),
        LeaderboardColumn(name="alerts_acknowledged", label="Alerts acknowledged"),
        LeaderboardColumn(name="alerts_ignored", label="Alerts ignored", better="low"),
        LeaderboardColumn(name="alerts_gone_early", label="Alerts gone in 5 min", better="low"),
    ],
)
_STOCK: Mapping[str, Leaderboard] = MappingProxyType({"dealers": DEALERS, "scorecard": _SCORECARD})


def boards_of(config: ConfigFile) -> dict[str, Leaderboard]:
    """Return the boards by name, the configured ones first; they replace stock ones."""
    return {
        **config.leaderboards,
        **{k: v for k, v in _STOCK.items() if k not in config.leaderboards},
    }
