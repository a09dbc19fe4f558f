"""The room of leaderboards, wired together once at the start."""

from collections.abc import Callable, Mapping

from bot.clock import Clock
from bot.config_file import ConfigFile
from bot.config_sections.leaderboards import Leaderboard
from bot.db import Database
from bot.errors import InvalidError
from bot.leaderboards.boards import boards_of
from bot.leaderboards.feeds import Feed, TasksFeed
from bot.leaderboards.scorecard import ScorecardFeed
from bot.leaderboards.service import Leaderboards
from bot.leaderboards.source_feeds import MetricFeed, QueryFeed
from bot.messages.destinations import is_destination
from bot.messages.rendering.renderer import Renderer
from bot.metrics.catalog import Metrics
from bot.settings import Settings
from bot.sources.registry import Sources
from bot.workspaces.directory import Directory

#: Where boards are posted if nothing says where, and the bot is in a channel of this name.
_USUAL_CHANNEL = "#ai-ops"


def feeds_of(
    boards: Mapping[str, Leaderboard], database: Database, config: ConfigFile, sources: Sources
) -> dict[str, Feed]:
    """Return what measures the boards that nobody sends samples for."""
    metrics = Metrics(config.metrics, config.sources)
    feeds: dict[str, Feed] = {}
    for name, board in boards.items():
        if board.tasks:
            feeds[name] = TasksFeed(database, config)
        elif board.scorecard:
            feeds[name] = ScorecardFeed(database)
        elif board.query:
            feeds[name] = QueryFeed(board, sources)
        elif board.metric:
            feeds[name] = MetricFeed(board, sources, metrics)
    return feeds


def open_leaderboards(
    settings: Settings,
    database: Database,
    clock: Clock,
    directory: Directory,
    renderer: Renderer,
    sources: Sources,
    *,
    home: str,
    wake: Callable[[str], None],
) -> Leaderboards:
    """Build the service of the boards; *home* is the workspace that they are posted in."""
    boards = boards_of(settings.config)
    feeds = feeds_of(boards, database, settings.config, sources)

    async def channel_of(board: Leaderboard) -> str:
        default = settings.slack_default_channel
        if is_destination(home):
            return default or home
        wanted = board.channel or settings.slack_leaderboard_channel
        try:
            return await directory.channel_id(wanted or _USUAL_CHANNEL)
        except InvalidError:
            if wanted:
                return wanted  # The dead letter will say what is wrong with it.
        if default is None:
            raise InvalidError("No channel for leaderboards: set SLACK_LEADERBOARD_CHANNEL.")
        return await directory.channel_id(default)

    return Leaderboards(
        database,
        clock,
        boards,
        feeds,
        renderer,
        home=home,
        channel_of=channel_of,
        wake=wake,
    )
