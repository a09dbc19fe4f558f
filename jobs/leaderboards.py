"""Leaderboards that are due, and posts whose samples came late."""

from bot.leaderboards.service import Leaderboards


async def post_leaderboards(leaderboards: Leaderboards) -> None:
    """Post what is due, and bring open posts up to date."""
    await leaderboards.tick()
