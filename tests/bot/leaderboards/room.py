"""Leaderboards over a real database, with a clock that is set by hand."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from bot.clock import Clock
from bot.config_file import ConfigFile
from bot.config_sections.leaderboards import Leaderboard
from bot.db import Database
from bot.leaderboards.boards import boards_of
from bot.leaderboards.models import LeaderboardPost
from bot.leaderboards.service import Leaderboards
from bot.leaderboards.wiring import feeds_of
from bot.messages.models import Message
from bot.messages.rendering.renderer import Renderer
from bot.sources.registry import Sources

TEMPLATES = Path(__file__).parents[3] / "templates"
#: Friday of week 47, noon in New York.
START = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
AI_OPS = "C0AIOPS003"


class HandClock:
    """A clock that is set by hand."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **units: float) -> None:
        self.at += timedelta(**units)


async def ai_ops(_board: Leaderboard) -> str:
    """Every board is posted to #ai-ops."""
    return AI_OPS


def wake_nobody(_workspace_id: str) -> None:
    """No lane is running."""


def make_boards(
    database: Database,
    clock: Clock,
    config: ConfigFile | None = None,
    *,
    wake: Callable[[str], None] = wake_nobody,
    home: str = "T1",
) -> Leaderboards:
    """Return the boards of *config*, and the two that are there without it."""
    config = config or ConfigFile()
    boards = boards_of(config)
    sources = Sources(config.sources, database_url=str(database.url), clock=clock)
    feeds = feeds_of(boards, database, config, sources)
    return Leaderboards(
        database, clock, boards, feeds, Renderer(TEMPLATES), home=home, channel_of=ai_ops, wake=wake
    )


def board(**changes: object) -> Leaderboard:
    """Return the dealers' board with some settings changed."""
    usual = {
        "title": "AI visibility",
        "subject": "dealer",
        "samples": True,
        "rank_by": "score",
        "timezone": "America/New_York",
        "columns": [
            {"name": "score", "label": "AI visibility score", "format": "0.0"},
            {"name": "revenue_at_risk", "format": "$0", "better": "low"},
        ],
    }
    return Leaderboard.model_validate({**usual, **changes})


def configured(**boards: Mapping[str, object]) -> ConfigFile:
    """Return a configuration with these boards."""
    return ConfigFile(leaderboards={name: board(**changes) for name, changes in boards.items()})


def posts(database: Database) -> list[LeaderboardPost]:
    """Return the posts there are, oldest week first."""

    def work(session: Session) -> list[LeaderboardPost]:
        order = (col(LeaderboardPost.week), col(LeaderboardPost.is_closing))
        return list(session.exec(select(LeaderboardPost).order_by(*order)).all())

    return database.snapshot(work)


def messages(database: Database) -> list[Message]:
    """Return the dealers' boards that were asked for, the first first."""

    def work(session: Session) -> list[Message]:
        found = session.exec(select(Message).order_by(col(Message.created_at))).all()
        return [one for one in found if str(one.context.get("title")).startswith("AI visibility")]

    return database.snapshot(work)
